// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QAction>
#include <QObject>
#include <QPointer>

class QMainWindow;
class QMenu;

namespace capsule {

class TerminalView;

/// The main window's actions with their words, keys and icons, and the menus and tool bar made of them. Knows
/// nothing of what they do; the window connects them.
class MainActions : public QObject
{
    Q_OBJECT
public:
    explicit MainActions(QMainWindow *window);

    void fillMenuBar();
    void fillToolBar();
    /// For the session the list or the tab has chosen; null: none.
    void setSession(const SessionInfo *session, bool connected);
    /// The menu shows the terminal's own actions while one is in front.
    void setTerminal(TerminalView *view);
    QMenu *sessionMenu(QWidget *parent) const; ///< for the context menu; owned by the parent

    QAction *newSession;
    QAction *newTerminal;
    QAction *openSession;
    QAction *start;
    QAction *stop;
    QAction *rename;
    QAction *remove;
    QAction *closeTab;
    QAction *nextTab;
    QAction *previousTab;
    QAction *showSessions; ///< the side list
    QAction *goToSessions; ///< the way out of a terminal by keyboard
    QAction *preferences;
    QAction *closeWindow;
    QAction *quit;
    QAction *stopEverything;
    QAction *about;

private:
    QAction *make(const QString &text, const QString &icon = {}, const QList<QKeySequence> &keys = {});

    QMainWindow *m_window;
    QMenu *m_terminalMenu = nullptr;
    QAction *m_terminalPlace = nullptr; ///< the terminal's actions come before it
    QAction *m_noTerminal = nullptr;
    QList<QPointer<QAction>> m_shownTerminalActions;
};

} // namespace capsule
