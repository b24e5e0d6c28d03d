// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QString>
#include <QStringList>

namespace capsule {

/// How a terminal looks and how much it remembers; what the settings hold.
struct TerminalAppearance {
    enum class CursorShape { Block, Underline, IBeam };

    QFont font = defaultFont();
    QString colorScheme = QStringLiteral("Capsule Dark"); ///< one of availableColorSchemes()
    int historyLines = 10'000; ///< 0 to 100,000
    CursorShape cursorShape = CursorShape::Block;
    bool blinkingCursor = false;
    int paddingPixels = 6;

    bool operator==(const TerminalAppearance &) const = default;

    static QFont defaultFont(); ///< the system's fixed font, 11 points
    /// Ours first, then those shipped with QTermWidget.
    static QStringList availableColorSchemes();
};

} // namespace capsule
