// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalappearance.h"

#include "base/paths.h"

#include <QDir>
#include <QFontDatabase>

#include <qtermwidget.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

QFont TerminalAppearance::defaultFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSize(11);
    font.setStyleHint(QFont::Monospace);
    return font;
}

QStringList TerminalAppearance::availableColorSchemes()
{
    // QTermWidget reads all schemes once, at the first question: our folder has to be known before.
    static const bool added = [] {
        const QDir data(paths::installedDataDir());
        for (const QString &folder : {u"color-schemes"_s, u"resources/color-schemes"_s}) {
            if (data.exists(folder))
                QTermWidget::addCustomColorSchemeDir(data.filePath(folder));
        }
        return true;
    }();
    Q_UNUSED(added)
    QStringList names = QTermWidget::availableColorSchemes();
    names.sort(Qt::CaseInsensitive);
    names.removeDuplicates();
    std::stable_partition(names.begin(), names.end(), [](const QString &name) { return name.startsWith("Capsule"_L1); });
    return names;
}

} // namespace capsule
