// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QSystemTrayIcon>

namespace capsule {

class SessionModel;

/// The icon in the system tray and its menu: the sessions with their states, and the program's own entries.
/// Nothing is reachable only from here, since some desktops have no tray.
class TrayIcon : public QObject
{
    Q_OBJECT
public:
    explicit TrayIcon(SessionModel &sessions, QObject *parent = nullptr);

    static bool isAvailable();
    void show();
    QRect geometry() const { return m_icon.geometry(); }
    QMenu &menu() { return m_menu; }
    void tellThatItGoesOn();

signals:
    void toggleRequested(); ///< a click on the icon
    void showRequested();
    void openSessionRequested(const QString &sessionId);
    void newSessionRequested();
    void quitRequested();
    void stopEverythingRequested();

private:
    void refill();

    SessionModel &m_sessions;
    QSystemTrayIcon m_icon;
    QMenu m_menu;
};

} // namespace capsule
