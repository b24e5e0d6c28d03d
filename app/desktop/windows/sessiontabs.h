// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/settings.h"
#include "protocol/methods.h"

#include <QTabWidget>

namespace capsule {

class EngineLink;
class SessionActions;
class SessionModel;
class SessionPage;
class TerminalPage;
class TerminalView;

/// The open terminals and launches, one tab each. Follows the sessions: a launch becomes a terminal when it
/// is done, tabs of a deleted session go away, a restarted session's terminal takes the tab of the old one.
/// Closing a tab detaches; what runs in it runs on.
class SessionTabs : public QTabWidget
{
    Q_OBJECT
public:
    SessionTabs(EngineLink &link, SessionModel &sessions, SessionActions &actions, const TerminalAppearance &appearance,
                QWidget *parent = nullptr);

    /// Brings its tab forward, or opens one for each of its terminals; asks for a terminal where none runs.
    void openSession(const QString &sessionId);
    void openTerminal(const QString &sessionId, const QString &terminalId);
    void closeTab(int index);

    QString currentSessionId() const;
    TerminalView *currentView() const; ///< null: no terminal is shown
    TerminalSize sizeForNewTerminal() const;
    void setAppearance(const TerminalAppearance &appearance);
    QList<SavedTab> savedTabs() const;
    void restoreTabs(const QList<SavedTab> &tabs, int current); ///< those whose terminals are still there

signals:
    void currentPageChanged(); ///< another tab, or another state of this one
    void tabsChanged();

protected:
    void tabInserted(int index) override;
    void tabRemoved(int index) override;

private:
    SessionPage *page(int index) const;
    int indexOfTerminal(const QString &terminalId) const;
    int addPage(SessionPage *page, int index = -1);
    TerminalPage *makeTerminalPage(const SessionInfo &session, const QString &terminalId);
    void onSessionChanged(const SessionInfo &session, const std::optional<SessionInfo> &former);
    void onSessionRemoved(const QString &id);
    void replaceLaunch(int index, const SessionInfo &session);
    void adoptTerminals(const SessionInfo &session, bool restarted);
    void refreshTab(int index);
    void showTabMenu(const QPoint &position);

    EngineLink &m_link;
    SessionModel &m_sessions;
    SessionActions &m_actions;
    TerminalAppearance m_appearance;
};

} // namespace capsule
