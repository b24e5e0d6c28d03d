// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/windows/mainactions.h"

#include "desktop/icons.h"
#include "desktop/terminal/terminalview.h"

#include <QMainWindow>
#include <QMenuBar>
#include <QToolBar>

using namespace Qt::StringLiterals;

namespace capsule {

MainActions::MainActions(QMainWindow *window)
    : QObject(window)
    , m_window(window)
{
    newSession = make(u"&New Session…"_s, u"session-new"_s, {QKeySequence(u"Ctrl+Shift+N"_s)});
    newTerminal = make(u"New &Terminal"_s, u"terminal-new"_s, {QKeySequence(u"Ctrl+Shift+T"_s)});
    openSession = make(u"&Open"_s);
    start = make(u"&Start"_s, u"start"_s);
    stop = make(u"S&top"_s, u"stop"_s);
    rename = make(u"&Rename…"_s, u"rename"_s, {QKeySequence(Qt::Key_F2)});
    remove = make(u"&Delete…"_s, u"delete"_s, {QKeySequence(Qt::Key_Delete)});
    closeTab = make(u"Close Ta&b"_s, u"close"_s, {QKeySequence(u"Ctrl+Shift+W"_s)});
    nextTab = make(u"Ne&xt Tab"_s, {}, {QKeySequence(u"Ctrl+PgDown"_s)});
    previousTab = make(u"Pre&vious Tab"_s, {}, {QKeySequence(u"Ctrl+PgUp"_s)});
    showSessions = make(u"S&how Session List"_s, {}, {QKeySequence(u"F9"_s)});
    showSessions->setCheckable(true);
    showSessions->setChecked(true);
    goToSessions = make(u"Go to Session &List"_s, {}, {QKeySequence(u"Ctrl+Shift+L"_s)});
    preferences = make(u"&Preferences…"_s, u"preferences"_s, {QKeySequence(u"Ctrl+,"_s)});
    closeWindow = make(u"&Close Window"_s);
    quit = make(u"&Quit"_s, u"quit"_s, {QKeySequence(u"Ctrl+Q"_s)});
    quit->setMenuRole(QAction::QuitRole);
    stopEverything = make(u"Quit and Stop &Everything…"_s);
    about = make(u"&About Capsule"_s, u"information"_s);
    newTerminal->setToolTip(u"New terminal in this session (Ctrl+Shift+T)"_s);
    newSession->setToolTip(u"New session (Ctrl+Shift+N)"_s);
    start->setToolTip(u"Start this session"_s);
    stop->setToolTip(u"Stop this session; its files are kept"_s);
    // F2 and Delete belong to programs in a terminal; they mean the session only where the list has the focus.
    rename->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    remove->setShortcutContext(Qt::WidgetWithChildrenShortcut);
}

QAction *MainActions::make(const QString &text, const QString &icon, const QList<QKeySequence> &keys)
{
    auto *action = new QAction(text, this);
    if (!icon.isEmpty())
        action->setIcon(symbolicIcon(icon));
    action->setShortcuts(keys);
    return action;
}

void MainActions::fillMenuBar()
{
    // Mnemonics keep off Alt+B, D, F, T, ...: those edit the command line in a terminal.
    QMenu *session = m_window->menuBar()->addMenu(u"&Session"_s);
    session->addActions({newSession, openSession});
    session->addSeparator();
    session->addActions({start, stop, rename, remove});
    session->addSeparator();
    session->addActions({preferences, closeWindow});
    session->addSeparator();
    session->addActions({quit, stopEverything});

    m_terminalMenu = m_window->menuBar()->addMenu(u"Ter&minal"_s);
    m_terminalMenu->addActions({newTerminal, closeTab});
    m_terminalMenu->addSeparator();
    m_noTerminal = m_terminalMenu->addAction(u"No terminal is open"_s);
    m_noTerminal->setEnabled(false);
    m_terminalPlace = m_terminalMenu->addSeparator();

    QMenu *view = m_window->menuBar()->addMenu(u"&View"_s);
    view->addActions({showSessions, goToSessions});
    view->addSeparator();
    view->addActions({previousTab, nextTab});

    m_window->menuBar()->addMenu(u"&Help"_s)->addAction(about);
    // Shortcuts work while the menu bar is hidden by the desktop's shell, too.
    m_window->addActions({newSession, newTerminal, closeTab, nextTab, previousTab, showSessions, goToSessions, preferences, quit});
}

void MainActions::fillToolBar()
{
    auto *bar = m_window->addToolBar(u"Main Tool Bar"_s);
    bar->setObjectName(u"mainToolBar"_s);
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({16, 16});
    newSession->setIconText(u"New Session"_s);
    newTerminal->setIconText(u"New Terminal"_s);
    rename->setIconText(u"Rename"_s);
    remove->setIconText(u"Delete"_s);
    bar->addActions({newSession, newTerminal});
    bar->addSeparator();
    bar->addActions({start, stop, rename, remove});
    m_window->setContextMenuPolicy(Qt::NoContextMenu);
}

void MainActions::setSession(const SessionInfo *session, bool connected)
{
    const auto can = [&](SessionEvent event) { return connected && session && canHappen(session->state, event); };
    newSession->setEnabled(connected);
    openSession->setEnabled(session != nullptr);
    newTerminal->setEnabled(connected && session && session->state == SessionState::Running);
    // One of the two makes sense at a time; showing both would widen the tool bar for nothing. An action that
    // is not visible cannot be enabled, so that comes first.
    const bool canStop = can(SessionEvent::StopRequested);
    stop->setVisible(canStop);
    start->setVisible(!canStop);
    stop->setEnabled(canStop);
    start->setEnabled(can(SessionEvent::StartRequested));
    rename->setEnabled(connected && session && session->state != SessionState::Removing);
    remove->setEnabled(can(SessionEvent::RemoveRequested));
}

void MainActions::setTerminal(TerminalView *view)
{
    for (const QPointer<QAction> &action : std::as_const(m_shownTerminalActions)) { // a closed terminal's are gone already
        if (action)
            m_terminalMenu->removeAction(action);
    }
    m_shownTerminalActions.clear();
    if (view) {
        const TerminalActions &own = view->terminalActions();
        for (QAction *action : own.all())
            m_shownTerminalActions << action;
        m_terminalMenu->insertActions(m_terminalPlace, own.all());
    }
    m_noTerminal->setVisible(!view);
}

QMenu *MainActions::sessionMenu(QWidget *parent) const
{
    auto *menu = new QMenu(parent);
    menu->addAction(openSession);
    menu->addAction(newTerminal);
    menu->addSeparator();
    menu->addActions({start, stop, rename, remove});
    return menu;
}

} // namespace capsule
