// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/terminal/terminalappearance.h"

#include <QByteArray>
#include <QList>
#include <QStringList>

namespace capsule {

/// A tab as it is remembered between starts.
struct SavedTab {
    QString sessionId;
    QString terminalId;

    bool operator==(const SavedTab &) const = default;
};

/// All that the desktop remembers, as one value. Kept in <configDir>/desktop.conf (INI); a missing or
/// damaged entry is its default.
struct Settings {
    TerminalAppearance appearance;
    QStringList recentFolders; ///< newest first, at most 8
    bool trayNoticeShown = false;
    QByteArray windowGeometry;
    QByteArray splitterState;
    QList<SavedTab> tabs;
    int currentTab = 0;

    bool operator==(const Settings &) const = default;

    static QString path();
    static Settings load(const QString &path = Settings::path());
    void save(const QString &path = Settings::path()) const;
    void addRecentFolder(const QString &folder);
};

} // namespace capsule
