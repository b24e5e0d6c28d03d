// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/engineclient.h"
#include "client/enginestarter.h"

#include <QTimer>

namespace capsule {

class SessionModel;

/// The desktop's side of the engine: starts it where none runs, keeps the connection, and keeps what every
/// window shows (sessions, agents, providers) as the engine last told it. Owns the client. GUI thread.
class EngineLink : public QObject
{
    Q_OBJECT
public:
    enum class State {
        Starting,  ///< looking for the engine, or starting it, for the first time
        Connected,
        Waiting,   ///< lost; the client tries again by itself
        Stopped,   ///< the engine ended of its own will, or could not be started: it is not started again unasked
    };

    explicit EngineLink(SessionModel *sessions, QObject *parent = nullptr);
    ~EngineLink() override;

    void start();
    void reconnect();   ///< at once, starting the engine where none runs
    void refreshProviders();
    void refreshAgents();

    EngineClient &client() { return m_client; }
    State state() const { return m_state; }
    bool isConnected() const { return m_state == State::Connected; }
    /// For the bar across the window; changes each second while Waiting. Empty while Connected.
    QString sentence() const;
    QString detail() const;
    const std::vector<AgentInfo> &agents() const { return m_agents; }
    const std::vector<AgentProblem> &agentProblems() const { return m_agentProblems; }
    const AgentInfo *findAgent(const QString &id) const;
    /// Why no session can run now: no provider answers. Empty while one does, or while it is not known yet.
    const std::optional<ErrorInfo> &providerProblem() const { return m_providerProblem; }
    bool canSudo() const { return m_canSudo; }

signals:
    void stateChanged();
    void sentenceChanged();
    void sessionsLoaded(); ///< after every (re)connection, when the model holds the engine's list
    void agentsChanged();
    void providersChanged();

private:
    void ensureEngine();
    void onClientState(EngineClient::State state);
    void load();
    void setState(State state, const Error &error = {});

    SessionModel *m_sessions;
    EngineClient m_client;
    EngineStarter m_starter;
    State m_state = State::Starting;
    Error m_error;
    bool m_ensuring = false;
    bool m_stopping = false; ///< the engine said that it ends
    int m_failures = 0;      ///< waits in a row
    QTimer m_countdown;
    std::vector<AgentInfo> m_agents;
    std::vector<AgentProblem> m_agentProblems;
    std::optional<ErrorInfo> m_providerProblem;
    bool m_canSudo = true;
};

} // namespace capsule
