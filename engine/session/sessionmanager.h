// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "protocol/methods.h"
#include "sandbox/sandboxprovider.h"
#include "session/execsession.h"
#include "session/jobregistry.h"
#include "session/sessionstore.h"
#include "session/terminalhub.h"
#include "session/workspaceopener.h"

#include <functional>

namespace capsule {

struct AgentProfile;
class ImageStore;

/// What sessions are made with. Everything outlives the manager.
struct SessionParts {
    QList<SandboxProvider *> providers; ///< the first is the default; never empty
    std::function<Result<AgentProfile>(const QString &agentId)> findAgent;
    ImageStore *images = nullptr;
    OpenWorkspace openWorkspace;
    JobRegistry *jobs = nullptr;
    SessionStore *store = nullptr;
    TerminalHub::Options terminals;
};

/// The sessions of this engine, and the only way to change one. Whoever names a session says its id, a
/// unique prefix of it, or its name. Every change bumps the revision, is saved, and is signalled as the
/// whole SessionInfo. At start, and when a provider answers again, what the store says is brought in line
/// with what the provider lists. Lives on the engine's event loop.
class SessionManager : public QObject
{
    Q_OBJECT
public:
    static constexpr int maxSessions = 50;
    static constexpr int maxTerminals = 32; ///< of one session

    /// Reads the store and begins to reconcile.
    explicit SessionManager(SessionParts parts, QObject *parent = nullptr);
    ~SessionManager() override;

    std::vector<SessionInfo> list() const; ///< oldest first
    Result<SessionInfo> get(const QString &idOrName) const; ///< NotFound; Conflict when a prefix fits several
    int runningCount() const;

    Result<api::SessionCreateResult> create(const api::SessionCreateParams &params);
    Result<SessionInfo> rename(const QString &idOrName, const QString &name);
    Async<SessionInfo> start(const QString &idOrName);
    Async<SessionInfo> stop(const QString &idOrName);
    /// Cancels its launch first when that still runs. The session stays when its sandbox could not be removed.
    Async<void> remove(const QString &idOrName);
    Async<void> stopAll(); ///< every running session; the first error, when all have answered

    Async<TerminalInfo> openTerminal(const api::TerminalOpenParams &params);
    /// The channel is ready to begin(). NotFound. The sink outlives it.
    Result<std::unique_ptr<ViewerChannel>> attachTerminal(const api::TerminalAttachParams &params, ChannelSink &sink);
    Result<void> closeTerminal(const QString &terminalId);
    /// The command has been started. Wrap it: `ExecSession(channel, sink)`, then begin().
    Async<std::shared_ptr<ExecChannel>> startExec(const api::ExecParams &params);

    /// What could not be kept: a damaged store that was put aside, a store that cannot be written.
    QStringList notices() const;

signals:
    void sessionChanged(const capsule::SessionInfo &session);
    void sessionRemoved(const QString &id);
    void reconciled(); ///< all providers that answer have been compared with

private:
    Async<SessionInfo> settled(const QString &id, Async<void> action); ///< the session after the action

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace capsule
