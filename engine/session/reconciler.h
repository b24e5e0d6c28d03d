// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sessionactions.h"

#include <functional>

namespace capsule {

struct AgentProfile;

/// Brings the sessions in line with what the providers list: at start and whenever a provider answers again.
/// What somebody is at work on, or what changed while the list was under way, is left alone. Sandboxes of
/// sessions that nobody remembers are adopted. Part of SessionManager.
class Reconciler : public QObject
{
    Q_OBJECT
public:
    using FindAgent = std::function<Result<AgentProfile>(const QString &agentId)>;

    Reconciler(SessionTable &table, SessionActions &actions, QList<SandboxProvider *> providers, FindAgent findAgent, QObject *parent = nullptr);

    void run(); ///< runs again afterwards when it is at work

signals:
    void finished(); ///< every provider has answered, or cannot

private:
    using Stamps = QHash<QString, int>;

    void compare(SandboxProvider &provider, const Stamps &stamps, const QList<SandboxInfo> &sandboxes);
    void settleOne(SandboxProvider &provider, SessionEntry &entry, const SandboxInfo *found);
    void removeLeftover(SandboxProvider &provider, const QString &sandboxId, const QString &sessionId);
    void adopt(SandboxProvider &provider, const SandboxInfo &sandbox);
    void oneDone();

    SessionTable &m_table;
    SessionActions &m_actions;
    QList<SandboxProvider *> m_providers;
    FindAgent m_findAgent;
    qsizetype m_waiting = 0; ///< providers that have not answered yet
    bool m_again = false;
};

} // namespace capsule
