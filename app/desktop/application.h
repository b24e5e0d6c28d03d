// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/launchrequest.h"
#include "desktop/models/sessionmodel.h"
#include "desktop/settings.h"

#include <QObject>

#include <memory>

namespace capsule {

class EngineLink;
class MainWindow;
class Prompts;
class SessionActions;
class TrayIcon;

/// Puts the parts of the desktop together and decides what concerns the program as a whole: what closing the
/// window means, what a second start asks for, when to quit. The engine and its sessions live on without it.
class Application : public QObject
{
    Q_OBJECT
public:
    explicit Application(std::unique_ptr<Prompts> prompts, QObject *parent = nullptr);
    ~Application() override;

    void start(const LaunchRequest &request);
    void handle(const LaunchRequest &request); ///< of a second start
    void rememberState(); ///< the desktop session may end without asking us to quit

    MainWindow &window() { return *m_window; }
    TrayIcon &tray() { return *m_tray; } ///< seen where the desktop has a tray
    SessionModel &sessions() { return m_sessions; }
    EngineLink &link() { return *m_link; }
    SessionActions &actions() { return *m_actions; }
    Settings &settings() { return m_settings; }

signals:
    void quitRequested(); ///< everything is saved

private:
    void makeTray();
    void onWindowClosing();
    void quit();
    void openWhenLoaded();

    Settings m_settings;
    SessionModel m_sessions;
    std::unique_ptr<Prompts> m_prompts;
    std::unique_ptr<EngineLink> m_link;
    std::unique_ptr<SessionActions> m_actions;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<TrayIcon> m_tray;
    LaunchRequest m_pending; ///< until the engine's sessions are known
    bool m_loaded = false;
    bool m_ending = false;
};

} // namespace capsule
