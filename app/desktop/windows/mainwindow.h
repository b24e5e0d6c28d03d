// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/settings.h"
#include "protocol/types.h"

#include <QMainWindow>
#include <QPointer>
#include <QTimer>

class QListView;
class QSplitter;
class QStackedWidget;

namespace capsule {

class EngineLink;
class MainActions;
class NewSessionDialog;
class NoticeArea;
class Prompts;
class SessionActions;
class SessionModel;
class SessionTabs;
class StartPage;

/// Sessions at the left, their terminals at the right, bars above for what concerns all of them. Closing it
/// hides it; it lives as long as the program, so that terminals keep their pictures.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    struct Parts {
        EngineLink &link;
        SessionModel &sessions;
        SessionActions &actions;
        Prompts &prompts;
        Settings &settings;
    };

    explicit MainWindow(const Parts &parts, QWidget *parent = nullptr);
    ~MainWindow() override;

    void bringForward();
    void openSession(const QString &sessionId);
    void askNewSession(const QString &agentId = {}, const QString &folder = {});
    void remember(); ///< geometry and tabs into the settings
    SessionTabs &tabs() { return *m_tabs; }
    MainActions &mainActions() { return *m_actions; }

signals:
    void closing(); ///< the user closed the window; it is hidden already
    void quitRequested();

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void build();
    QWidget *makeSessionPanel();
    void connectActions();
    void connectSessions();
    void connectNotices();
    void addTabShortcuts();
    QString chosenSession() const;
    void chooseInList(const QString &sessionId);
    void refresh();      ///< actions and title
    void refreshPages(); ///< start page or tabs
    void showListMenu(const QPoint &position);
    void showPreferences();
    void showAbout();
    void onSessionsLoaded();

    Parts m_parts;
    MainActions *m_actions;
    NoticeArea *m_notices;
    QSplitter *m_splitter;
    QListView *m_list;
    QStackedWidget *m_stack;
    StartPage *m_startPage;
    SessionTabs *m_tabs;
    QPointer<NewSessionDialog> m_newSession;
    QTimer m_ages;
    bool m_tabsRestored = false;
};

} // namespace capsule
