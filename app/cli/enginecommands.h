// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTimer>

namespace capsule::cli {

/// `engine status`, and `engine start`, which starts it first.
class EngineStatusCommand : public Command
{
    Q_OBJECT
public:
    enum class Start { No, Yes };
    EngineStatusCommand(const CommandLine &line, Start start)
        : Command(line)
        , m_start(start)
    {
    }
    void run() override;

private:
    void print(const api::EngineStatusResult &status) const;

    Start m_start;
};

/// `engine stop`: ends when the process has.
class EngineStopCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;

private:
    void waitForEnd(qint64 pid);

    QTimer m_look;
    QElapsedTimer m_waited;
};

/// `engine logs`: reads the file; the engine need not run.
class EngineLogsCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;

private:
    void print(const QByteArray &lines) const;
    void follow();

    QFile m_file;
    QTimer m_look;
};

/// The last `count` lines of a text. Pure.
QByteArray lastLines(const QByteArray &text, int count);

} // namespace capsule::cli
