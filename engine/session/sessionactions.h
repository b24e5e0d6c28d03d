// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "sandbox/sandboxprovider.h"
#include "session/sessionterminals.h"
#include "session/sessiontable.h"

namespace capsule {

class Busy;

/// What happens to a session that exists: asked for (start, stop, remove) or not (its sandbox died). Each
/// action moves the state before it asks the provider, and settles it with the answer; one that was
/// overtaken by another leaves the state alone. Part of SessionManager.
class SessionActions : public QObject
{
    Q_OBJECT
public:
    SessionActions(SessionTable &table, SessionTerminals &terminals, QList<SandboxProvider *> providers, QObject *parent = nullptr);

    Async<void> start(const QString &sessionId);
    Async<void> stop(const QString &sessionId);
    /// Also carries on a removal that an earlier engine began.
    Async<void> remove(const QString &sessionId);

    void onSandboxEvent(const SandboxEvent &event);
    /// Its sandbox stopped or vanished: the session moves, its terminals are lost with the same reason.
    void lose(SessionEntry &entry, SessionEvent event, const QString &message, ErrorCode code = ErrorCode::Unavailable);

    /// Nobody is at work on it any more; doubts when its sandbox ended meanwhile.
    void released(SessionEntry &entry);

    SandboxProvider *provider(const QString &id) const; ///< null when there is none
    Result<SandboxProvider *> providerOf(const SessionEntry &entry) const;

signals:
    void doubtful(); ///< a session may not be what its state says: compare with the providers

private:
    friend class Busy;
    struct Steps; ///< the coroutines, kept out of this header

    SessionEntry *inState(const QString &sessionId, SessionState state) const;

    SessionTable &m_table;
    SessionTerminals &m_terminals;
    QList<SandboxProvider *> m_providers;
};

} // namespace capsule
