// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

namespace capsule::docker {

class HijackedStream;

enum class ExecTerminal { None, Tty };

struct ExecOptions {
    QStringList command{};
    QStringList environment{}; ///< "NAME=value"
    QString workingDirectory{};
    QString user{};            ///< "developer", "1000:1000"; empty: the container's
    ExecTerminal terminal = ExecTerminal::None;
    bool attachInput = true;
};

struct ExecState {
    bool running = false;
    int exitCode = -1; ///< -1 while running
    int pid = 0;       ///< on the engine's machine; 0 with Podman
};

/// Prepares a command in a running container; Conflict when it is paused or stopped. The id is for the calls below.
Async<QString> createExec(Client &client, const QString &container, const ExecOptions &options);

/// Starts it and hands over its standard streams; `terminal` as it was created. Closing the stream does **not** end
/// the process. The stream belongs to `parent`.
HijackedStream *startExec(Client &client, const QString &exec, ExecTerminal terminal, QObject *parent);

Async<ExecState> inspectExec(Client &client, const QString &exec);

/// Only after the stream's started(): before it Docker blocks for ten seconds and fails.
Async<void> resizeExec(Client &client, const QString &exec, int columns, int rows);

} // namespace capsule::docker
