// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/windows/mainwindow.h"

#include "desktop/dialogs/newsessiondialog.h"
#include "desktop/dialogs/preferencesdialog.h"
#include "desktop/enginelink.h"
#include "desktop/icons.h"
#include "desktop/models/sessionmodel.h"
#include "desktop/models/sessiontext.h"
#include "desktop/prompts.h"
#include "desktop/sessionactions.h"
#include "desktop/terminal/terminalview.h"
#include "desktop/widgets/folderfield.h"
#include "desktop/widgets/sessiondelegate.h"
#include "desktop/windows/mainactions.h"
#include "desktop/windows/noticearea.h"
#include "desktop/windows/sessiontabs.h"
#include "desktop/windows/startpage.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <QWindow>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule {

namespace {

constexpr auto agesInterval = 30s;
constexpr QSize defaultSize(1100, 700);
constexpr int panelWidth = 250;
constexpr int tabShortcuts = 9;

} // namespace

MainWindow::MainWindow(const Parts &parts, QWidget *parent)
    : QMainWindow(parent)
    , m_parts(parts)
    , m_actions(new MainActions(this))
{
    setObjectName(u"mainWindow"_s);
    setAcceptDrops(true);
    build();
    connectActions();
    connectSessions();
    connectNotices();
    addTabShortcuts();
    m_ages.setInterval(agesInterval);
    connect(&m_ages, &QTimer::timeout, &m_parts.sessions, &SessionModel::refreshAges);
    m_ages.start();
    if (!restoreGeometry(m_parts.settings.windowGeometry))
        resize(defaultSize);
    if (!m_splitter->restoreState(m_parts.settings.splitterState))
        m_splitter->setSizes({panelWidth, defaultSize.width() - panelWidth});
    refreshPages();
    refresh();
}

MainWindow::~MainWindow() = default;

void MainWindow::build()
{
    m_actions->fillMenuBar();
    m_actions->fillToolBar();
    m_notices = new NoticeArea(m_parts.link, m_parts.prompts);
    m_startPage = new StartPage;
    m_tabs = new SessionTabs(m_parts.link, m_parts.sessions, m_parts.actions, m_parts.settings.appearance);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_startPage);
    m_stack->addWidget(m_tabs);
    m_splitter = new QSplitter;
    m_splitter->addWidget(makeSessionPanel());
    m_splitter->addWidget(m_stack);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setCollapsible(1, false);
    m_splitter->setHandleWidth(1);

    auto *central = new QWidget;
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_notices);
    layout->addWidget(m_splitter, 1);
    setCentralWidget(central);
}

QWidget *MainWindow::makeSessionPanel()
{
    m_list = new QListView;
    m_list->setObjectName(u"sessionList"_s);
    m_list->setAccessibleName(u"Sessions"_s);
    m_list->setModel(&m_parts.sessions);
    m_list->setItemDelegate(new SessionDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->addActions({m_actions->rename, m_actions->remove});
    m_list->setMinimumWidth(150);
    return m_list;
}

void MainWindow::connectActions()
{
    const auto withChosen = [this](QAction *action, void (SessionActions::*what)(const QString &)) {
        connect(action, &QAction::triggered, this, [this, what] {
            if (const QString id = chosenSession(); !id.isEmpty())
                (m_parts.actions.*what)(id);
        });
    };
    withChosen(m_actions->start, &SessionActions::start);
    withChosen(m_actions->stop, &SessionActions::stop);
    withChosen(m_actions->rename, &SessionActions::rename);
    withChosen(m_actions->remove, &SessionActions::remove);
    connect(m_actions->newSession, &QAction::triggered, this, [this] { askNewSession(); });
    connect(m_actions->openSession, &QAction::triggered, this, [this] { openSession(chosenSession()); });
    connect(m_actions->newTerminal, &QAction::triggered, this, [this] {
        if (const QString id = chosenSession(); !id.isEmpty())
            m_parts.actions.newTerminal(id, m_tabs->sizeForNewTerminal());
    });
    connect(m_actions->closeTab, &QAction::triggered, this, [this] { m_tabs->closeTab(m_tabs->currentIndex()); });
    connect(m_actions->nextTab, &QAction::triggered, this, [this] {
        if (m_tabs->count() > 0)
            m_tabs->setCurrentIndex((m_tabs->currentIndex() + 1) % m_tabs->count());
    });
    connect(m_actions->previousTab, &QAction::triggered, this, [this] {
        if (m_tabs->count() > 0)
            m_tabs->setCurrentIndex((m_tabs->currentIndex() + m_tabs->count() - 1) % m_tabs->count());
    });
    connect(m_actions->showSessions, &QAction::toggled, m_list, &QWidget::setVisible);
    connect(m_actions->goToSessions, &QAction::triggered, this, [this] {
        m_actions->showSessions->setChecked(true);
        m_list->setFocus(Qt::ShortcutFocusReason);
    });
    connect(m_actions->preferences, &QAction::triggered, this, &MainWindow::showPreferences);
    connect(m_actions->closeWindow, &QAction::triggered, this, &QWidget::close);
    connect(m_actions->quit, &QAction::triggered, this, &MainWindow::quitRequested);
    connect(m_actions->stopEverything, &QAction::triggered, &m_parts.actions, &SessionActions::stopEverything);
    connect(m_actions->about, &QAction::triggered, this, &MainWindow::showAbout);
}

void MainWindow::connectSessions()
{
    connect(m_list, &QListView::activated, this, [this](const QModelIndex &index) { openSession(index.data(SessionModel::IdRole).toString()); });
    connect(m_list, &QListView::customContextMenuRequested, this, &MainWindow::showListMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &MainWindow::refresh);
    connect(m_tabs, &SessionTabs::currentPageChanged, this, [this] {
        chooseInList(m_tabs->currentSessionId());
        refresh();
    });
    connect(m_tabs, &SessionTabs::tabsChanged, this, &MainWindow::refreshPages);
    connect(&m_parts.sessions, &SessionModel::sessionChanged, this, &MainWindow::refresh);
    connect(&m_parts.sessions, &SessionModel::rowsInserted, this, &MainWindow::refreshPages);
    connect(&m_parts.sessions, &SessionModel::rowsRemoved, this, &MainWindow::refreshPages);
    connect(m_startPage, &StartPage::newSessionRequested, this, [this](const QString &agentId) { askNewSession(agentId); });
    connect(&m_parts.link, &EngineLink::sessionsLoaded, this, &MainWindow::onSessionsLoaded);
    connect(&m_parts.link, &EngineLink::agentsChanged, this, [this] {
        m_startPage->setAgents(m_parts.link.agents());
        if (m_newSession)
            m_newSession->setAgents(m_parts.link.agents(), m_parts.link.agentProblems());
    });
    connect(&m_parts.actions, &SessionActions::created, this, [this] {
        if (m_newSession)
            m_newSession->accept();
    });
    connect(&m_parts.actions, &SessionActions::createFailed, this, [this](const Error &error) {
        if (m_newSession)
            m_newSession->showProblem(error);
        else
            emit m_parts.actions.failed(error);
    });
}

void MainWindow::connectNotices()
{
    const EngineLink *link = &m_parts.link;
    connect(link, &EngineLink::stateChanged, this, &MainWindow::refresh);
    connect(link, &EngineLink::providersChanged, this, [this, link] {
        m_startPage->setProblem(link->providerProblem() ? link->providerProblem()->message : QString());
    });
    connect(&m_parts.actions, &SessionActions::failed, m_notices, &NoticeArea::showFailure);
    connect(&m_parts.actions, &SessionActions::stoppingEverything, m_notices, &NoticeArea::showStopping);
}

void MainWindow::addTabShortcuts()
{
    for (int i = 0; i < tabShortcuts; ++i) {
        auto *shortcut = new QShortcut(QKeySequence(u"Alt+%1"_s.arg(i + 1)), this);
        connect(shortcut, &QShortcut::activated, this, [this, i] {
            if (i < m_tabs->count())
                m_tabs->setCurrentIndex(i);
        });
    }
}

void MainWindow::bringForward()
{
    if (isMinimized())
        setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
    if (windowHandle())
        windowHandle()->requestActivate();
    if (QWidget *page = m_stack->currentWidget() == m_tabs ? m_tabs->currentWidget() : m_startPage)
        page->setFocus(Qt::ActiveWindowFocusReason); // one comes back to type on
}

void MainWindow::openSession(const QString &sessionId)
{
    chooseInList(sessionId);
    m_tabs->openSession(sessionId);
}

void MainWindow::askNewSession(const QString &agentId, const QString &folder)
{
    if (m_newSession) {
        m_newSession->raise();
        m_newSession->activateWindow();
        return;
    }
    m_parts.link.refreshAgents(); // a corrected agent.json is there without a restart
    m_newSession = new NewSessionDialog({.agents = m_parts.link.agents(),
                                         .problems = m_parts.link.agentProblems(),
                                         .takenNames = m_parts.sessions.names(),
                                         .recentFolders = m_parts.settings.recentFolders,
                                         .agentId = agentId,
                                         .canSudo = m_parts.link.canSudo()},
                                        m_parts.prompts, this);
    m_newSession->setAttribute(Qt::WA_DeleteOnClose);
    if (!folder.isEmpty())
        m_newSession->setFolder(folder);
    connect(m_newSession, &NewSessionDialog::createRequested, this, [this](api::SessionCreateParams params) {
        if (params.workspace.kind == WorkspaceKind::Copy)
            m_parts.settings.addRecentFolder(params.workspace.path);
        params.size = m_tabs->sizeForNewTerminal();
        m_parts.actions.create(params);
    });
    m_newSession->open();
}

QString MainWindow::chosenSession() const
{
    // The list follows the tabs, so its row is the chosen one wherever the focus is.
    return m_list->currentIndex().data(SessionModel::IdRole).toString();
}

void MainWindow::chooseInList(const QString &sessionId)
{
    if (const QModelIndex index = m_parts.sessions.indexOf(sessionId); index.isValid())
        m_list->setCurrentIndex(index);
}

void MainWindow::refresh()
{
    const SessionInfo *session = m_parts.sessions.find(chosenSession());
    m_actions->setSession(session, m_parts.link.isConnected());
    m_actions->setTerminal(m_tabs->currentView());
    m_startPage->setCanCreate(m_parts.link.isConnected());
    const bool tabs = m_tabs->count() > 0;
    m_actions->closeTab->setEnabled(tabs);
    m_actions->nextTab->setEnabled(m_tabs->count() > 1);
    m_actions->previousTab->setEnabled(m_tabs->count() > 1);
    const SessionInfo *shown = m_parts.sessions.find(m_tabs->currentSessionId());
    setWindowTitle(shown ? shown->name : QString()); // the platform adds the program's name
}

void MainWindow::refreshPages()
{
    const bool tabs = m_tabs->count() > 0;
    const bool any = m_parts.sessions.rowCount() > 0;
    QWidget *page = tabs ? static_cast<QWidget *>(m_tabs) : m_startPage;
    if (m_stack->currentWidget() != page) {
        m_stack->setCurrentWidget(page);
        if (!tabs)
            m_startPage->setFocus();
    }
    m_startPage->setHasSessions(any);
    m_list->setVisible((any || tabs) && m_actions->showSessions->isChecked());
    refresh();
}

void MainWindow::showListMenu(const QPoint &position)
{
    const QModelIndex index = m_list->indexAt(position);
    if (!index.isValid())
        return;
    m_list->setCurrentIndex(index);
    QMenu *menu = m_actions->sessionMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const SessionInfo *session = m_parts.sessions.at(index.row());
    if (session->terminals.size() > 1) {
        auto *terminals = new QMenu(u"Ter&minals"_s, menu);
        for (const TerminalInfo &terminal : session->terminals) {
            const QString text = u"Terminal %1 (%2)"_s.arg(terminalNumber(*session, terminal.id)).arg(terminal.title);
            terminals->addAction(stateIcon(terminal.state == TerminalState::Running ? SessionState::Running : SessionState::Stopped), text, this,
                                 [this, sessionId = session->id, id = terminal.id] { m_tabs->openTerminal(sessionId, id); });
        }
        menu->insertMenu(m_actions->newTerminal, terminals);
    }
    menu->popup(m_list->viewport()->mapToGlobal(position));
}

void MainWindow::showPreferences()
{
    auto *dialog = new PreferencesDialog(m_parts.settings.appearance, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PreferencesDialog::appearanceChanged, this, [this](const TerminalAppearance &appearance) {
        m_parts.settings.appearance = appearance;
        m_tabs->setAppearance(appearance);
    });
    connect(dialog, &QDialog::finished, this, [this] { m_parts.settings.save(); });
    dialog->open();
}

void MainWindow::showAbout()
{
    m_parts.prompts.showDetails(this, u"About Capsule"_s, u"Capsule runs AI coding agents and untrusted code in sandboxes on your own machine."_s,
                                u"Capsule %1\nQt %2\n\nFree software under the GNU General Public License, version 3 or later."_s.arg(
                                    QCoreApplication::applicationVersion(), QString::fromLatin1(qVersion())));
}

void MainWindow::onSessionsLoaded()
{
    if (!std::exchange(m_tabsRestored, true)) {
        m_tabs->restoreTabs(m_parts.settings.tabs, m_parts.settings.currentTab);
        if (!m_list->currentIndex().isValid() && m_parts.sessions.rowCount() > 0)
            m_list->setCurrentIndex(m_parts.sessions.index(0));
    }
}

void MainWindow::remember()
{
    m_parts.settings.windowGeometry = saveGeometry();
    m_parts.settings.splitterState = m_splitter->saveState();
    if (m_tabsRestored) { // else the engine was never there, and the former tabs are still right
        m_parts.settings.tabs = m_tabs->savedTabs();
        m_parts.settings.currentTab = m_tabs->currentIndex();
    }
    m_parts.settings.save();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    event->ignore(); // what closing means is decided outside: to the tray, or to the end
    remember();
    hide();
    emit closing();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (m_actions->newSession->isEnabled() && !FolderField::droppedFolder(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    askNewSession({}, FolderField::droppedFolder(event->mimeData()));
    event->acceptProposedAction();
}

} // namespace capsule
