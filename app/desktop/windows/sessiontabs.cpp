// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/windows/sessiontabs.h"

#include "desktop/enginelink.h"
#include "desktop/icons.h"
#include "desktop/models/sessionmodel.h"
#include "desktop/models/sessiontext.h"
#include "desktop/sessionactions.h"
#include "desktop/terminal/terminalview.h"
#include "desktop/windows/launchpage.h"
#include "desktop/windows/terminalpage.h"

#include <QMenu>
#include <QTabBar>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

bool isLaunching(const SessionInfo &session)
{
    return session.state == SessionState::Creating || session.state == SessionState::Failed;
}

} // namespace

SessionTabs::SessionTabs(EngineLink &link, SessionModel &sessions, SessionActions &actions, const TerminalAppearance &appearance, QWidget *parent)
    : QTabWidget(parent)
    , m_link(link)
    , m_sessions(sessions)
    , m_actions(actions)
    , m_appearance(appearance)
{
    setDocumentMode(true);
    setTabsClosable(true);
    setMovable(true);
    setElideMode(Qt::ElideMiddle);
    setUsesScrollButtons(true);
    tabBar()->setContextMenuPolicy(Qt::CustomContextMenu);
    tabBar()->setFocusPolicy(Qt::TabFocus);
    connect(tabBar(), &QTabBar::customContextMenuRequested, this, &SessionTabs::showTabMenu);
    connect(this, &QTabWidget::tabCloseRequested, this, &SessionTabs::closeTab);
    connect(this, &QTabWidget::currentChanged, this, [this](int index) {
        if (SessionPage *current = page(index))
            current->setFocus();
        emit currentPageChanged();
    });
    connect(&m_sessions, &SessionModel::sessionChanged, this, &SessionTabs::onSessionChanged);
    connect(&m_sessions, &SessionModel::sessionRemoved, this, &SessionTabs::onSessionRemoved);
    connect(&m_actions, &SessionActions::created, this, [this](const api::SessionCreateResult &result) { openSession(result.session.id); });
    connect(&m_actions, &SessionActions::terminalOpened, this, [this](const QString &sessionId, const TerminalInfo &terminal) {
        openTerminal(sessionId, terminal.id);
    });
}

SessionPage *SessionTabs::page(int index) const
{
    return static_cast<SessionPage *>(widget(index));
}

int SessionTabs::indexOfTerminal(const QString &terminalId) const
{
    for (int i = 0; i < count(); ++i) {
        if (page(i)->terminalId() == terminalId)
            return i;
    }
    return -1;
}

int SessionTabs::addPage(SessionPage *newPage, int index)
{
    const int place = insertTab(index < 0 ? count() : index, newPage, {});
    refreshTab(place);
    return place;
}

TerminalPage *SessionTabs::makeTerminalPage(const SessionInfo &session, const QString &terminalId)
{
    auto *made = new TerminalPage(session, terminalId, m_link, m_appearance);
    connect(made, &TerminalPage::changed, this, [this, made] { refreshTab(indexOf(made)); });
    connect(made, &TerminalPage::actionRequested, this, [this, made](NoticeAction action) {
        switch (action) {
        case NoticeAction::NewTerminal:
            m_actions.newTerminal(made->sessionId(), made->view().terminalSize());
            break;
        case NoticeAction::CloseTab:
            closeTab(indexOf(made));
            break;
        case NoticeAction::StartSession:
            m_actions.start(made->sessionId());
            break;
        case NoticeAction::DeleteSession:
            m_actions.remove(made->sessionId());
            break;
        case NoticeAction::Reattach: // the page's own affair
            break;
        }
    });
    return made;
}

void SessionTabs::openSession(const QString &sessionId)
{
    const SessionInfo *session = m_sessions.find(sessionId);
    if (!session)
        return;
    for (int i = 0; i < count(); ++i) {
        const int index = (currentIndex() + i) % count(); // the current one first
        if (page(index)->sessionId() == sessionId) {
            setCurrentIndex(index);
            page(index)->setFocus();
            return;
        }
    }
    if (isLaunching(*session)) {
        setCurrentIndex(addPage(new LaunchPage(*session, m_link, m_actions)));
        return;
    }
    int first = -1;
    for (const TerminalInfo &terminal : session->terminals) {
        if (session->state == SessionState::Running && terminal.state != TerminalState::Running)
            continue;
        const int index = addPage(makeTerminalPage(*session, terminal.id));
        first = first < 0 ? index : first;
    }
    if (first >= 0)
        setCurrentIndex(first);
    else if (session->state == SessionState::Running)
        m_actions.newTerminal(sessionId, sizeForNewTerminal());
    else
        setCurrentIndex(addPage(makeTerminalPage(*session, {})));
}

void SessionTabs::openTerminal(const QString &sessionId, const QString &terminalId)
{
    const SessionInfo *session = m_sessions.find(sessionId);
    if (!session)
        return;
    int index = indexOfTerminal(terminalId);
    if (index < 0) {
        // An ended terminal's tab goes on with the new one; its picture was kept until now.
        auto *current = qobject_cast<TerminalPage *>(currentWidget());
        if (current && current->sessionId() == sessionId && !current->isTerminalRunning()) {
            if (const QString old = current->terminalId(); findTerminal(*session, old))
                m_actions.closeTerminal(old);
            current->setTerminal(terminalId);
            current->setFocus();
            return;
        }
        int place = count(); // beside its session's other tabs
        for (int i = 0; i < count(); ++i) {
            if (page(i)->sessionId() == sessionId)
                place = i + 1;
        }
        index = addPage(makeTerminalPage(*session, terminalId), place);
    }
    setCurrentIndex(index);
    page(index)->setFocus();
}

void SessionTabs::closeTab(int index)
{
    SessionPage *closing = page(index);
    if (!closing)
        return;
    // A running program runs on; an ended one has nothing left but its picture, which goes with the tab.
    if (auto *terminal = qobject_cast<TerminalPage *>(closing); terminal && !terminal->isTerminalRunning()) {
        const SessionInfo *session = m_sessions.find(closing->sessionId());
        if (session && session->state == SessionState::Running && findTerminal(*session, closing->terminalId()))
            m_actions.closeTerminal(closing->terminalId());
    }
    removeTab(index);
    closing->deleteLater();
}

void SessionTabs::onSessionChanged(const SessionInfo &session, const std::optional<SessionInfo> &former)
{
    for (int i = 0; i < count(); ++i) {
        if (page(i)->sessionId() != session.id)
            continue;
        if (qobject_cast<LaunchPage *>(page(i)) && !isLaunching(session) && session.state != SessionState::Removing)
            replaceLaunch(i, session);
        else
            page(i)->setSession(session);
    }
    if (session.state == SessionState::Running)
        adoptTerminals(session, former && former->state != SessionState::Running);
    for (int i = 0; i < count(); ++i) {
        if (page(i)->sessionId() == session.id)
            refreshTab(i);
    }
    if (session.id == currentSessionId())
        emit currentPageChanged();
}

void SessionTabs::onSessionRemoved(const QString &id)
{
    for (int i = count() - 1; i >= 0; --i) {
        if (page(i)->sessionId() == id)
            closeTab(i);
    }
}

void SessionTabs::replaceLaunch(int index, const SessionInfo &session)
{
    SessionPage *launch = page(index);
    const bool wasCurrent = index == currentIndex();
    const QString terminalId = session.terminals.empty() ? QString() : session.terminals.front().id;
    const int place = addPage(makeTerminalPage(session, terminalId), index);
    if (wasCurrent)
        setCurrentIndex(place);
    removeTab(indexOf(launch));
    launch->deleteLater();
}

/// A session that runs again has new terminals; tabs whose terminals are gone or ended go on with them.
void SessionTabs::adoptTerminals(const SessionInfo &session, bool restarted)
{
    for (int i = 0; i < count(); ++i) {
        auto *candidate = qobject_cast<TerminalPage *>(page(i));
        if (!candidate || candidate->sessionId() != session.id || candidate->isTerminalRunning())
            continue;
        if (!restarted && findTerminal(session, candidate->terminalId()))
            continue;
        for (const TerminalInfo &terminal : session.terminals) {
            if (terminal.state == TerminalState::Running && indexOfTerminal(terminal.id) < 0) {
                candidate->setTerminal(terminal.id);
                break;
            }
        }
    }
}

void SessionTabs::refreshTab(int index)
{
    SessionPage *shown = page(index);
    const SessionInfo *session = shown ? m_sessions.find(shown->sessionId()) : nullptr;
    if (!session)
        return;
    const auto *terminal = qobject_cast<TerminalPage *>(shown);
    QString text = terminal && !terminal->terminalId().isEmpty() ? capsule::tabText(session->name, terminalNumber(*session, terminal->terminalId()))
                                                                 : session->name;
    setTabText(index, text.replace(u'&', "&&"_L1));
    setTabIcon(index, stateIcon(terminal ? terminal->mark() : session->state));
    QString tip = sessionToolTip(*session);
    if (auto *page = qobject_cast<TerminalPage *>(shown); page && !page->view().title().isEmpty())
        tip = u"<qt><b>%1</b><br>%2</qt>"_s.arg(page->view().title().toHtmlEscaped(), tip.mid(4).chopped(5));
    setTabToolTip(index, tip);
}

void SessionTabs::showTabMenu(const QPoint &position)
{
    const int index = tabBar()->tabAt(position);
    if (index < 0)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QWidget *target = widget(index);
    const QString sessionId = page(index)->sessionId();
    const SessionInfo *session = m_sessions.find(sessionId);
    menu->addAction(symbolicIcon(u"terminal-new"_s), u"&New Terminal"_s, this, [this, sessionId] { m_actions.newTerminal(sessionId, sizeForNewTerminal()); })
        ->setEnabled(session && session->state == SessionState::Running);
    menu->addAction(symbolicIcon(u"rename"_s), u"&Rename Session…"_s, this, [this, sessionId] { m_actions.rename(sessionId); });
    menu->addSeparator();
    menu->addAction(symbolicIcon(u"close"_s), u"&Close Tab"_s, this, [this, target] { closeTab(indexOf(target)); });
    menu->addAction(u"Close &Other Tabs"_s, this, [this, target] {
        for (int i = count() - 1; i >= 0; --i) {
            if (widget(i) != target)
                closeTab(i);
        }
    })->setEnabled(count() > 1);
    if (auto *terminal = qobject_cast<TerminalPage *>(target); terminal && terminal->isTerminalRunning()) {
        menu->addSeparator();
        menu->addAction(u"&End Terminal"_s, this, [this, id = terminal->terminalId()] {
            const int ended = indexOfTerminal(id);
            m_actions.closeTerminal(id);
            closeTab(ended);
        });
    }
    menu->popup(tabBar()->mapToGlobal(position));
}

QString SessionTabs::currentSessionId() const
{
    const SessionPage *current = page(currentIndex());
    return current ? current->sessionId() : QString();
}

TerminalView *SessionTabs::currentView() const
{
    auto *current = qobject_cast<TerminalPage *>(currentWidget());
    return current ? &current->view() : nullptr;
}

TerminalSize SessionTabs::sizeForNewTerminal() const
{
    const TerminalView *view = currentView();
    return view && view->terminalSize().isValid() ? view->terminalSize() : TerminalSize();
}

void SessionTabs::setAppearance(const TerminalAppearance &appearance)
{
    m_appearance = appearance;
    for (int i = 0; i < count(); ++i) {
        if (auto *terminal = qobject_cast<TerminalPage *>(page(i)))
            terminal->view().setAppearance(appearance);
    }
}

QList<SavedTab> SessionTabs::savedTabs() const
{
    QList<SavedTab> tabs;
    for (int i = 0; i < count(); ++i)
        tabs << SavedTab{page(i)->sessionId(), page(i)->terminalId()};
    return tabs;
}

void SessionTabs::restoreTabs(const QList<SavedTab> &tabs, int current)
{
    QWidget *front = nullptr;
    for (int i = 0; i < tabs.size(); ++i) {
        const SessionInfo *session = m_sessions.find(tabs[i].sessionId);
        if (!session || (!tabs[i].terminalId.isEmpty() && indexOfTerminal(tabs[i].terminalId) >= 0))
            continue;
        int index = -1;
        if (isLaunching(*session))
            index = addPage(new LaunchPage(*session, m_link, m_actions));
        else if (findTerminal(*session, tabs[i].terminalId))
            index = addPage(makeTerminalPage(*session, tabs[i].terminalId));
        if (index >= 0 && i == current)
            front = widget(index);
    }
    if (front)
        setCurrentWidget(front);
}

void SessionTabs::tabInserted(int index)
{
    QTabWidget::tabInserted(index);
    emit tabsChanged();
}

void SessionTabs::tabRemoved(int index)
{
    QTabWidget::tabRemoved(index);
    emit tabsChanged();
}

} // namespace capsule
