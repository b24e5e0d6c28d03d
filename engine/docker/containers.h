// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

/// The Engine API's container calls. `id` is an id or a name. Where nothing else is said the errors are
/// NotFound (no such container), Conflict (wrong state), Unavailable (no engine), ProviderFailed (the rest).
namespace capsule::docker {

class HijackedStream;
class HttpStream;

struct CreatedContainer {
    QString id{};
    QStringList warnings{}; ///< what the engine ignored
};

struct WaitResult {
    int exitCode = 0;
    QString error{};
};

/// `body` as POST /containers/create takes it. AlreadyExists when the name is taken; NotFound when the image
/// is missing.
Async<CreatedContainer> createContainer(Client &client, const QString &name, const QJsonObject &body);
Async<void> startContainer(Client &client, const QString &id);                  ///< running already is success
Async<void> stopContainer(Client &client, const QString &id, std::chrono::seconds grace); ///< stopped already is success
Async<void> killContainer(Client &client, const QString &id, const QString &signal = QStringLiteral("KILL"));
Async<void> pauseContainer(Client &client, const QString &id);
Async<void> unpauseContainer(Client &client, const QString &id);
Async<void> renameContainer(Client &client, const QString &id, const QString &name); ///< AlreadyExists: name taken
Async<void> updateContainer(Client &client, const QString &id, const QJsonObject &resources); ///< Podman: NotFound

enum class RemoveVolumes { No, Yes };
Async<void> removeContainer(Client &client, const QString &id, RemoveVolumes volumes); ///< kills a running one

Async<QJsonObject> inspectContainer(Client &client, const QString &id);
/// All states, in the API's short form. Each label is "key" or "key=value"; all must match.
Async<QJsonArray> listContainers(Client &client, const QStringList &labels);
Async<QJsonObject> containerTop(Client &client, const QString &id); ///< {"Titles": [...], "Processes": [[...]]}

/// Resolves when the container is no longer running, however long that takes.
Async<WaitResult> waitContainer(Client &client, const QString &id);

struct CommitOptions {
    QString repository{};
    QString tag{};
    QString comment{};
    QStringList changes{}; ///< Dockerfile instructions: CMD, ENV, LABEL, ...
    bool pause = true;
};
Async<QString> commitContainer(Client &client, const QString &id, const CommitOptions &options); ///< the image's id

/// Writes a plain tar into the container below `path`: feed the returned stream with write() and endBody(), or
/// with sendFrom(); its finished() is the answer. Never hand it a compressed archive: engines run a
/// decompressor for those (CVE-2026-41567). The stream belongs to `parent`.
HttpStream *putArchive(Client &client, const QString &id, const QString &path, QObject *parent);

/// Reads `path` of the container as a plain tar: the stream's data() signal. The stream belongs to `parent`.
HttpStream *getArchive(Client &client, const QString &id, const QString &path, QObject *parent);

/// The standard streams of the container's first process. `tty` as the container was created.
HijackedStream *attachContainer(Client &client, const QString &id, bool tty, QObject *parent);

} // namespace capsule::docker
