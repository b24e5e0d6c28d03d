// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/application.h"

#include "base/logging.h"
#include "desktop/enginelink.h"
#include "desktop/prompts.h"
#include "desktop/sessionactions.h"
#include "desktop/tray/trayicon.h"
#include "desktop/windows/mainwindow.h"

using namespace Qt::StringLiterals;

namespace capsule {

Application::Application(std::unique_ptr<Prompts> prompts, QObject *parent)
    : QObject(parent)
    , m_settings(Settings::load())
    , m_prompts(std::move(prompts))
    , m_link(std::make_unique<EngineLink>(&m_sessions))
    , m_actions(std::make_unique<SessionActions>(*m_link, m_sessions, *m_prompts))
    , m_window(std::make_unique<MainWindow>(MainWindow::Parts{*m_link, m_sessions, *m_actions, *m_prompts, m_settings}))
{
    m_actions->setWindow(m_window.get());
    connect(m_window.get(), &MainWindow::closing, this, &Application::onWindowClosing);
    connect(m_window.get(), &MainWindow::quitRequested, this, &Application::quit);
    connect(m_actions.get(), &SessionActions::everythingStopped, this, &Application::quit);
    connect(m_link.get(), &EngineLink::sessionsLoaded, this, [this] {
        m_loaded = true;
        openWhenLoaded();
    });
    makeTray();
}

Application::~Application() = default;

void Application::makeTray()
{
    m_tray = std::make_unique<TrayIcon>(m_sessions);
    connect(m_tray.get(), &TrayIcon::toggleRequested, this, [this] {
        if (m_window->isVisible() && m_window->isActiveWindow())
            m_window->close();
        else
            m_window->bringForward();
    });
    connect(m_tray.get(), &TrayIcon::showRequested, this, [this] { m_window->bringForward(); });
    connect(m_tray.get(), &TrayIcon::openSessionRequested, this, [this](const QString &id) {
        m_window->bringForward();
        m_window->openSession(id);
    });
    connect(m_tray.get(), &TrayIcon::newSessionRequested, this, [this] {
        m_window->bringForward();
        m_window->askNewSession();
    });
    connect(m_tray.get(), &TrayIcon::quitRequested, this, &Application::quit);
    connect(m_tray.get(), &TrayIcon::stopEverythingRequested, this, [this] {
        m_window->bringForward(); // the question needs a window to stand before
        m_actions->stopEverything();
    });
    m_tray->show();
}

void Application::start(const LaunchRequest &request)
{
    if (!request.background || !TrayIcon::isAvailable())
        m_window->show();
    m_pending = request;
    m_link->start();
}

void Application::handle(const LaunchRequest &request)
{
    if (!request.activationToken.isEmpty())
        qputenv("XDG_ACTIVATION_TOKEN", request.activationToken.toUtf8()); // Qt's Wayland plugin uses it up
    if (!request.background)
        m_window->bringForward();
    if (request.openSession.isEmpty() && !request.newSession)
        return;
    m_pending = request;
    if (m_loaded)
        openWhenLoaded();
}

void Application::openWhenLoaded()
{
    const LaunchRequest request = std::exchange(m_pending, {});
    if (!request.openSession.isEmpty()) {
        if (const SessionInfo *session = m_sessions.findByIdOrName(request.openSession))
            m_window->openSession(session->id);
        else
            emit m_actions->failed({ErrorCode::NotFound, u"There is no session “%1”."_s.arg(request.openSession), {}});
    }
    if (request.newSession)
        m_window->askNewSession();
}

void Application::onWindowClosing()
{
    if (!TrayIcon::isAvailable()) { // asked anew: a panel may come and go
        quit();
        return;
    }
    if (!m_settings.trayNoticeShown) {
        m_settings.trayNoticeShown = true;
        m_settings.save();
        m_tray->tellThatItGoesOn();
    }
}

void Application::rememberState()
{
    m_window->remember();
}

void Application::quit()
{
    if (std::exchange(m_ending, true))
        return;
    m_window->remember();
    m_window->hide();
    emit quitRequested();
}

} // namespace capsule
