// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/enginelink.h"

#include "base/logging.h"
#include "desktop/models/sessionmodel.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

EngineLink::EngineLink(SessionModel *sessions, QObject *parent)
    : QObject(parent)
    , m_sessions(sessions)
{
    m_countdown.setInterval(500);
    connect(&m_countdown, &QTimer::timeout, this, &EngineLink::sentenceChanged);
    connect(&m_client, &EngineClient::stateChanged, this, &EngineLink::onClientState);
    connect(&m_client, &EngineClient::connected, this, &EngineLink::load);
    connect(&m_client, &EngineClient::engineStopping, this, [this] { m_stopping = true; });
    connect(&m_client, &EngineClient::sessionChanged, m_sessions, &SessionModel::update);
    connect(&m_client, &EngineClient::sessionRemoved, m_sessions, &SessionModel::remove);
    connect(&m_client, &EngineClient::jobChanged, this, [this](const JobInfo &job) {
        // A finished launch may have built the agent's image, or shown that the provider is gone.
        if (job.state == JobState::Failed)
            refreshProviders();
        if (job.state != JobState::Running)
            refreshAgents();
    });
}

EngineLink::~EngineLink()
{
    m_client.disconnect(this);
}

void EngineLink::start()
{
    ensureEngine();
}

void EngineLink::reconnect()
{
    m_stopping = false;
    if (m_state == State::Stopped)
        setState(State::Starting);
    ensureEngine();
}

void EngineLink::ensureEngine()
{
    if (std::exchange(m_ensuring, true))
        return;
    m_starter.ensureRunning().then(this, [this](const Result<EngineFile> &engine) {
        m_ensuring = false;
        if (!engine && m_client.state() == EngineClient::State::Disconnected) {
            setState(State::Stopped, engine.error());
            return;
        }
        if (!engine)
            qCInfo(lcDesktop, "The engine could not be started: %ls", qUtf16Printable(engine.error().message));
        if (m_client.state() == EngineClient::State::Disconnected)
            m_client.connectToEngine();
        else if (m_client.state() == EngineClient::State::Waiting)
            m_client.reconnectNow();
    });
}

void EngineLink::onClientState(EngineClient::State state)
{
    if (state != EngineClient::State::Waiting)
        return;
    if (m_stopping) { // the client goes on looking: somebody else may start it again
        setState(State::Stopped, {ErrorCode::Unavailable, u"The engine was stopped."_s, {}});
        return;
    }
    setState(State::Waiting, m_client.lastError());
    // The first retry finds an engine that only lost the connection; after that there may be none any more.
    if (++m_failures >= 2)
        ensureEngine();
}

void EngineLink::load()
{
    m_failures = 0;
    m_stopping = false;
    m_client.call<api::SessionList>({}).then(this, [this](const Result<api::SessionListResult> &list) {
        if (!list) {
            qCWarning(lcDesktop, "session.list failed: %ls", qUtf16Printable(list.error().message));
            return;
        }
        m_sessions->replaceAll(list->sessions);
        setState(State::Connected);
        emit sessionsLoaded();
    });
    refreshAgents();
    refreshProviders();
}

void EngineLink::refreshAgents()
{
    m_client.call<api::AgentList>({}).then(this, [this](const Result<api::AgentListResult> &list) {
        if (!list || (list->agents == m_agents && list->problems == m_agentProblems))
            return;
        m_agents = list->agents;
        m_agentProblems = list->problems;
        emit agentsChanged();
    });
}

void EngineLink::refreshProviders()
{
    m_client.call<api::EngineStatus>({}).then(this, [this](const Result<api::EngineStatusResult> &status) {
        if (!status)
            return;
        const auto usable = std::ranges::find(status->providers, true, &ProviderStatus::available);
        m_providerProblem.reset();
        if (usable != status->providers.end()) {
            m_canSudo = usable->capabilities.sudo;
        } else {
            m_providerProblem = ErrorInfo{ErrorCode::Unavailable, u"No container engine answers; install Docker or start it."_s, {}};
            for (const ProviderStatus &provider : status->providers) {
                if (provider.error) {
                    m_providerProblem = provider.error;
                    break;
                }
            }
        }
        emit providersChanged();
    });
}

void EngineLink::setState(State state, const Error &error)
{
    m_state = state;
    m_error = error;
    if (state == State::Waiting)
        m_countdown.start();
    else
        m_countdown.stop();
    emit stateChanged();
    emit sentenceChanged();
}

QString EngineLink::sentence() const
{
    switch (m_state) {
    case State::Connected:
        return {};
    case State::Starting:
        return u"Starting the engine…"_s;
    case State::Stopped:
        return m_error.message.isEmpty() ? u"The engine does not run."_s : m_error.message;
    case State::Waiting:
        break;
    }
    if (m_client.state() != EngineClient::State::Waiting || m_client.retryInSeconds() <= 0)
        return u"The engine does not answer; trying again now."_s;
    return u"The engine does not answer; trying again in %1 s."_s.arg(m_client.retryInSeconds());
}

QString EngineLink::detail() const
{
    const QString words = m_error.detail.isEmpty() && m_state == State::Waiting ? m_error.message : m_error.detail;
    return words;
}

const AgentInfo *EngineLink::findAgent(const QString &id) const
{
    const auto found = std::ranges::find(m_agents, id, &AgentInfo::id);
    return found == m_agents.end() ? nullptr : &*found;
}

} // namespace capsule
