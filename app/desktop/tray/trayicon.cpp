// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/tray/trayicon.h"

#include "desktop/icons.h"
#include "desktop/models/sessionmodel.h"
#include "desktop/models/sessiontext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int maxSessions = 15; ///< the rest is in the window

} // namespace

TrayIcon::TrayIcon(SessionModel &sessions, QObject *parent)
    : QObject(parent)
    , m_sessions(sessions)
    , m_icon(applicationIcon())
{
    m_icon.setContextMenu(&m_menu);
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger)
            emit toggleRequested();
    });
    connect(&m_icon, &QSystemTrayIcon::messageClicked, this, &TrayIcon::showRequested);
    connect(&m_sessions, &SessionModel::rowsInserted, this, &TrayIcon::refill);
    connect(&m_sessions, &SessionModel::rowsRemoved, this, &TrayIcon::refill);
    connect(&m_sessions, &SessionModel::sessionChanged, this, [this](const SessionInfo &now, const std::optional<SessionInfo> &former) {
        if (!former || now.name != former->name || now.state != former->state)
            refill();
    });
    refill();
}

bool TrayIcon::isAvailable()
{
    return QSystemTrayIcon::isSystemTrayAvailable();
}

void TrayIcon::show()
{
    m_icon.show();
}

void TrayIcon::refill()
{
    m_menu.clear();
    int shown = 0;
    for (const SessionInfo &session : m_sessions.sessions()) {
        if (++shown > maxSessions)
            break;
        QString name = session.name;
        name.replace(u'&', "&&"_L1);
        const QString text = session.state == SessionState::Running ? name : u"%1 (%2)"_s.arg(name, stateWord(session.state).toLower());
        m_menu.addAction(stateIcon(session.state), text, this, [this, id = session.id] { emit openSessionRequested(id); });
    }
    if (m_sessions.rowCount() > maxSessions)
        m_menu.addAction(u"%1 more…"_s.arg(m_sessions.rowCount() - maxSessions), this, &TrayIcon::showRequested);
    if (m_sessions.rowCount() == 0)
        m_menu.addAction(u"No sessions"_s)->setEnabled(false);
    m_menu.addSeparator();
    m_menu.addAction(symbolicIcon(u"session-new"_s), u"&New Session…"_s, this, &TrayIcon::newSessionRequested);
    m_menu.addAction(u"&Show Capsule"_s, this, &TrayIcon::showRequested);
    m_menu.addSeparator();
    m_menu.addAction(symbolicIcon(u"quit"_s), u"&Quit"_s, this, &TrayIcon::quitRequested);
    m_menu.addAction(u"Quit and Stop &Everything…"_s, this, &TrayIcon::stopEverythingRequested);

    const auto running = std::ranges::count(m_sessions.sessions(), SessionState::Running, &SessionInfo::state);
    m_icon.setToolTip(running == 0 ? u"Capsule"_s : running == 1 ? u"Capsule: 1 session runs"_s : u"Capsule: %1 sessions run"_s.arg(running));
}

void TrayIcon::tellThatItGoesOn()
{
    m_icon.showMessage(u"Capsule goes on in the tray"_s, u"Your sessions run on. Click the icon to open the window again."_s, applicationIcon());
}

} // namespace capsule
