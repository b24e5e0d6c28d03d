// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/sessionactions.h"

#include "desktop/enginelink.h"
#include "desktop/models/sessiondraft.h"
#include "desktop/models/sessionmodel.h"
#include "desktop/models/sessiontext.h"
#include "desktop/prompts.h"

#include <QWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

SessionActions::SessionActions(EngineLink &link, SessionModel &sessions, Prompts &prompts, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sessions(sessions)
    , m_prompts(prompts)
{
}

/// A call whose success shows itself by a notification.
template<class Method>
void SessionActions::call(const typename Method::Params &params)
{
    m_link.client().call<Method>(params).then(this, [this](const Result<typename Method::Result> &result) {
        if (!result)
            emit failed(result.error());
    });
}

void SessionActions::start(const QString &sessionId)
{
    call<api::SessionStart>({sessionId});
}

void SessionActions::stop(const QString &sessionId)
{
    const SessionInfo *session = m_sessions.find(sessionId);
    if (!session)
        return;
    const auto running = std::ranges::count(session->terminals, TerminalState::Running, &TerminalInfo::state);
    if (running == 0) {
        call<api::SessionStop>({sessionId});
        return;
    }
    const Question question{
        .title = u"Stop Session"_s,
        .text = u"Stop “%1”?"_s.arg(session->name),
        .details = (running == 1 ? u"What runs in its terminal ends."_s : u"What runs in its %1 terminals ends."_s.arg(running))
            + u" Files in its workspace are kept, and it can be started again."_s,
        .accept = u"&Stop"_s,
    };
    m_prompts.confirm(m_window, question, this, [this, sessionId] { call<api::SessionStop>({sessionId}); });
}

void SessionActions::rename(const QString &sessionId)
{
    const SessionInfo *session = m_sessions.find(sessionId);
    if (!session)
        return;
    const auto validate = [this, own = session->name](const QString &name) { return nameProblem(name, m_sessions.names(), own); };
    m_prompts.askText(m_window, u"Rename Session"_s, u"&New name of “%1”:"_s.arg(QString(session->name).replace(u'&', "&&"_L1)),
                      session->name, u"&Rename"_s, validate, this,
                      [this, sessionId](const QString &name) { call<api::SessionRename>({sessionId, name}); });
}

void SessionActions::remove(const QString &sessionId)
{
    const SessionInfo *session = m_sessions.find(sessionId);
    if (!session)
        return;
    if (session->state == SessionState::Failed) { // nothing is lost
        removeNow(sessionId);
        return;
    }
    const Question question{
        .title = u"Delete Session"_s,
        .text = u"Delete “%1”?"_s.arg(session->name),
        .details = deletionLoss(*session),
        .accept = u"&Delete"_s,
        .destructive = true,
    };
    m_prompts.confirm(m_window, question, this, [this, sessionId] { removeNow(sessionId); });
}

void SessionActions::removeNow(const QString &sessionId)
{
    call<api::SessionRemove>({sessionId});
}

void SessionActions::retry(const QString &sessionId)
{
    const SessionInfo *session = m_sessions.find(sessionId);
    if (!session || session->state != SessionState::Failed)
        return;
    m_link.client().call<api::SessionRemove>({sessionId}).then(this, [this, params = requestFrom(*session)](const Result<api::Nothing> &removed) {
        if (removed || removed.error().code == ErrorCode::NotFound)
            create(params);
        else
            emit failed(removed.error());
    });
}

void SessionActions::create(const api::SessionCreateParams &params)
{
    m_link.client().call<api::SessionCreate>(params).then(this, [this](const Result<api::SessionCreateResult> &result) {
        if (!result) {
            emit createFailed(result.error());
            return;
        }
        m_sessions.update(result->session);
        emit created(*result);
    });
}

void SessionActions::newTerminal(const QString &sessionId, TerminalSize size)
{
    m_link.client().call<api::TerminalOpen>({sessionId, {}, size}).then(this, [this, sessionId](const Result<api::Terminal> &result) {
        if (result)
            emit terminalOpened(sessionId, result->terminal);
        else
            emit failed(result.error());
    });
}

void SessionActions::closeTerminal(const QString &terminalId)
{
    m_link.client().call<api::TerminalClose>({terminalId}).then(this, [this](const Result<api::Nothing> &result) {
        if (!result && result.error().code != ErrorCode::NotFound && result.error().code != ErrorCode::Unavailable)
            emit failed(result.error());
    });
}

void SessionActions::cancelJob(const QString &jobId)
{
    m_link.client().call<api::JobCancel>({jobId}).then(this, [this](const Result<api::Nothing> &result) {
        // It may have ended while the user reached for the button.
        if (!result && result.error().code != ErrorCode::Conflict && result.error().code != ErrorCode::NotFound)
            emit failed(result.error());
    });
}

void SessionActions::stopEverything()
{
    const Question question{
        .title = u"Quit and Stop Everything"_s,
        .text = u"Stop all sessions and quit?"_s,
        .details = stopEverythingText(m_sessions.sessions()),
        .accept = u"&Stop Everything"_s,
        .destructive = true,
    };
    m_prompts.confirm(m_window, question, this, [this] {
        if (!m_link.isConnected()) { // no engine: nothing of ours can be stopped
            emit everythingStopped();
            return;
        }
        emit stoppingEverything(int(std::ranges::count(m_sessions.sessions(), SessionState::Running, &SessionInfo::state)));
        m_link.client().call<api::EngineStop>({true}).then(this, [this](const Result<api::Nothing> &result) {
            // The connection may break before the answer gets through; then the engine is gone as well.
            if (result || result.error().code == ErrorCode::Unavailable)
                emit everythingStopped();
            else
                emit failed(result.error());
        });
    });
}

} // namespace capsule
