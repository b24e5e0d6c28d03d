// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "sandbox/terminalchannel.h"

#include <QMap>

#include <memory>

namespace capsule {

/// What to make. Everything is decided by the caller; a provider fills in no defaults but the hardening
/// that every sandbox gets (DESIGN, Security rules).
struct SandboxSpec {
    QString sessionId; ///< also kept in the sandbox, as label capsule.session
    QString name;      ///< for humans who look at the provider; the provider makes it unique
    QString image;
    QStringList environment; ///< "NAME=value"; never secrets
    Limits limits;           ///< all set
    Privileges privileges = Privileges::Locked;
    QMap<QString, QString> labels;
};

/// A sandbox as the provider sees it now.
struct SandboxInfo {
    QString id;
    QString sessionId; ///< from the label; empty when it was not made for a session
    QString name;
    QString image;
    bool running = false;
    QMap<QString, QString> labels;

    bool operator==(const SandboxInfo &) const = default;
};

/// What happened to a sandbox, asked for or not.
struct SandboxEvent {
    enum class Kind { Started, Died, Removed };
    QString sandboxId;
    QString sessionId;
    Kind kind = Kind::Died;
    std::optional<int> exitCode;
    bool outOfMemory = false;
};

struct CommandSpec {
    QStringList argv; ///< never empty
    QStringList environment;
    QString workingDirectory; ///< empty: the workspace
    TerminalSize size;        ///< terminals only; in force before the program's first read where the provider can
};

/// A tree to copy into a sandbox as a plain, uncompressed tar stream. Pull-based and sequential; reading
/// never blocks long; at the end `error` tells whether the stream is whole.
class TreeSource;

/// Makes sandboxes in one place. One object per place, on the engine's event loop. All calls answer
/// asynchronously and none throws; Unavailable means that the place does not answer, ProviderFailed that
/// it refused, with its words in `detail`. Calls about one sandbox may overlap; the provider orders them.
class SandboxProvider : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    virtual QString id() const = 0; ///< "container", "fake"; stored with sessions

    /// Any time. Asks the place afresh; never fails, an unreachable place is `available == false`.
    virtual QFuture<ProviderStatus> probe() = 0;

    /// -> created, not running. The image must be there: NotFound otherwise. On failure nothing is left.
    virtual Async<QString> create(const SandboxSpec &spec) = 0;
    /// Created, not yet started: nothing hostile runs that could move paths under the copy. Puts the tree
    /// into the workspace, owned by the sandbox's user.
    virtual Async<void> copyIn(const QString &sandboxId, std::shared_ptr<TreeSource> tree) = 0;
    /// Created or stopped -> running. Success when it runs already.
    virtual Async<void> start(const QString &sandboxId) = 0;
    /// Running -> stopped: TERM, a grace of a few seconds, KILL. Success when it is stopped already.
    virtual Async<void> stop(const QString &sandboxId) = 0;
    /// Running -> frozen with its memory kept, and back. Unsupported unless capabilities().pause.
    virtual Async<void> pause(const QString &sandboxId) = 0;
    virtual Async<void> resume(const QString &sandboxId) = 0;
    /// Any state. Answers with the name of an image of the file system. Unsupported unless capabilities().snapshot.
    virtual Async<QString> snapshot(const QString &sandboxId, const QString &imageName) = 0;
    /// Any state -> gone. Success when it is gone already.
    virtual Async<void> remove(const QString &sandboxId) = 0;
    /// Every sandbox that Capsule made here, of whatever engine process (label capsule.managed=true).
    virtual Async<QList<SandboxInfo>> list() = 0;

    /// Running. Each resolves when the program has been started.
    virtual Async<std::shared_ptr<TerminalChannel>> openTerminal(const QString &sandboxId, const CommandSpec &command) = 0;
    virtual Async<std::shared_ptr<ExecChannel>> openExec(const QString &sandboxId, const CommandSpec &command) = 0;

    virtual Capabilities capabilities() const = 0;

signals:
    void sandboxChanged(const capsule::SandboxEvent &event);
    /// The place answers (again) or does not any more; after `true` the manager reconciles with list().
    void availabilityChanged(bool available);
};

} // namespace capsule
