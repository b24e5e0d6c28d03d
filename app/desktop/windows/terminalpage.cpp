// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/windows/terminalpage.h"

#include "client/bytestream.h"
#include "desktop/enginelink.h"
#include "desktop/models/sessiontext.h"
#include "desktop/terminal/terminalview.h"
#include "desktop/widgets/messagebar.h"

#include <QTimer>
#include <QVBoxLayout>

namespace capsule {

TerminalPage::TerminalPage(const SessionInfo &session, const QString &terminalId, EngineLink &link, const TerminalAppearance &appearance,
                           QWidget *parent)
    : SessionPage(session.id, terminalId, parent)
    , m_link(link)
    , m_session(session)
    , m_view(new TerminalView(appearance))
    , m_notice(new MessageBar)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_notice);
    setFocusProxy(m_view);
    connect(m_view, &TerminalView::titleChanged, this, &TerminalPage::changed);
    connect(m_view, &TerminalView::ended, this, &TerminalPage::onEnded);
    connect(&m_link, &EngineLink::sessionsLoaded, this, [this] {
        if (m_seen)
            attach();
    });
    showNotice();
}

void TerminalPage::showEvent(QShowEvent *event)
{
    SessionPage::showEvent(event);
    if (std::exchange(m_seen, true))
        return;
    // After the layout has given the view its size: attaching tells it to the program.
    QTimer::singleShot(0, this, &TerminalPage::attach);
}

void TerminalPage::attach()
{
    const bool known = findTerminal(m_session, m_terminalId) != nullptr;
    if (m_terminalId.isEmpty() || !known || !m_link.isConnected() || m_view->isAttached())
        return;
    m_streamError.reset();
    m_view->attach(m_link.client().attachTerminal({m_terminalId, m_view->terminalSize()}));
    showNotice();
}

void TerminalPage::onEnded(const api::ChannelClosedParams &how)
{
    // Unavailable is the connection as a whole: the window's bar tells it, and the page attaches again by itself.
    if (how.error && how.error->code != ErrorCode::Unavailable)
        m_streamError = how.error;
    showNotice();
}

void TerminalPage::setSession(const SessionInfo &session)
{
    m_session = session;
    // After an error only the user attaches again: doing so changes the session, which would bring us here anew.
    if (m_seen && isTerminalRunning() && !m_streamError)
        attach();
    showNotice();
    emit changed();
}

void TerminalPage::setTerminal(const QString &terminalId)
{
    if (m_terminalId == terminalId)
        return;
    m_terminalId = terminalId;
    m_view->detach();
    if (m_seen)
        attach();
    showNotice();
    emit changed();
}

bool TerminalPage::isTerminalRunning() const
{
    const TerminalInfo *terminal = findTerminal(m_session, m_terminalId);
    return m_session.state == SessionState::Running && terminal && terminal->state == TerminalState::Running;
}

SessionState TerminalPage::mark() const
{
    if (m_session.state != SessionState::Running || isTerminalRunning())
        return m_session.state;
    const TerminalInfo *terminal = findTerminal(m_session, m_terminalId);
    return terminal && terminal->state == TerminalState::Lost ? SessionState::Interrupted : SessionState::Stopped;
}

void TerminalPage::showNotice()
{
    TerminalNotice notice = terminalNotice(m_session, findTerminal(m_session, m_terminalId));
    if (notice.text.isEmpty() && m_streamError)
        notice = {m_streamError->message, m_streamError->detail, {NoticeAction::Reattach}};
    if (notice == m_shownNotice)
        return;
    m_shownNotice = notice;
    if (notice.text.isEmpty()) {
        m_notice->clear();
        return;
    }
    std::vector<MessageBar::Button> buttons;
    for (const NoticeAction action : notice.actions)
        buttons.push_back({actionText(action), [this, action] {
            if (action == NoticeAction::Reattach)
                attach();
            else
                emit actionRequested(action);
        }});
    const bool bad = m_streamError || m_session.state == SessionState::Interrupted || m_session.state == SessionState::Failed;
    m_notice->showNotice(bad ? MessageBar::Kind::Warning : MessageBar::Kind::Information, notice.text, buttons);
}

} // namespace capsule
