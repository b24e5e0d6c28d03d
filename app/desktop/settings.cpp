// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/settings.h"

#include "base/logging.h"
#include "base/paths.h"

#include <QSettings>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int maxRecentFolders = 8;
constexpr int maxSavedTabs = 64;
using Cursor = TerminalAppearance::CursorShape;

TerminalAppearance loadAppearance(QSettings &file)
{
    TerminalAppearance look;
    if (const QString family = file.value("font/family").toString(); !family.isEmpty())
        look.font.setFamily(family);
    look.font.setPointSize(qBound(4, file.value("font/pointSize", look.font.pointSize()).toInt(), 96));
    look.colorScheme = file.value("colorScheme", look.colorScheme).toString();
    look.historyLines = qBound(0, file.value("historyLines", look.historyLines).toInt(), 100'000);
    const QString cursor = file.value("cursor/shape").toString();
    look.cursorShape = cursor == "underline"_L1 ? Cursor::Underline : cursor == "ibeam"_L1 ? Cursor::IBeam : Cursor::Block;
    look.blinkingCursor = file.value("cursor/blinking", look.blinkingCursor).toBool();
    return look;
}

void saveAppearance(QSettings &file, const TerminalAppearance &look)
{
    file.setValue("font/family", look.font.family());
    file.setValue("font/pointSize", look.font.pointSize());
    file.setValue("colorScheme", look.colorScheme);
    file.setValue("historyLines", look.historyLines);
    file.setValue("cursor/shape", look.cursorShape == Cursor::Underline ? "underline"_L1 : look.cursorShape == Cursor::IBeam ? "ibeam"_L1 : "block"_L1);
    file.setValue("cursor/blinking", look.blinkingCursor);
}

} // namespace

QString Settings::path()
{
    return paths::configDir() + "/desktop.conf"_L1;
}

Settings Settings::load(const QString &path)
{
    QSettings file(path, QSettings::IniFormat);
    Settings settings;
    file.beginGroup("terminal"_L1);
    settings.appearance = loadAppearance(file);
    file.endGroup();
    settings.recentFolders = file.value("newSession/recentFolders").toStringList().first(
        qMin<qsizetype>(maxRecentFolders, file.value("newSession/recentFolders").toStringList().size()));
    settings.trayNoticeShown = file.value("tray/noticeShown", false).toBool();
    settings.windowGeometry = file.value("window/geometry").toByteArray();
    settings.splitterState = file.value("window/splitter").toByteArray();
    settings.currentTab = file.value("window/currentTab", 0).toInt();
    const int count = qMin(file.beginReadArray("tabs"_L1), maxSavedTabs);
    for (int i = 0; i < count; ++i) {
        file.setArrayIndex(i);
        if (SavedTab tab{file.value("session").toString(), file.value("terminal").toString()}; !tab.sessionId.isEmpty())
            settings.tabs << tab;
    }
    file.endArray();
    return settings;
}

void Settings::save(const QString &path) const
{
    QSettings file(path, QSettings::IniFormat);
    file.beginGroup("terminal"_L1);
    saveAppearance(file, appearance);
    file.endGroup();
    file.setValue("newSession/recentFolders", recentFolders);
    file.setValue("tray/noticeShown", trayNoticeShown);
    file.setValue("window/geometry", windowGeometry);
    file.setValue("window/splitter", splitterState);
    file.setValue("window/currentTab", currentTab);
    file.remove("tabs"_L1); // a shorter array would leave old entries behind
    file.beginWriteArray("tabs"_L1, int(tabs.size()));
    for (int i = 0; i < tabs.size(); ++i) {
        file.setArrayIndex(i);
        file.setValue("session", tabs[i].sessionId);
        file.setValue("terminal", tabs[i].terminalId);
    }
    file.endArray();
    file.sync();
    if (file.status() != QSettings::NoError)
        qCWarning(lcDesktop, "The settings could not be written to %ls", qUtf16Printable(path));
}

void Settings::addRecentFolder(const QString &folder)
{
    recentFolders.removeAll(folder);
    recentFolders.prepend(folder);
    while (recentFolders.size() > maxRecentFolders)
        recentFolders.removeLast();
}

} // namespace capsule
