// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/escapescanner.h"

#include <QSet>

namespace capsule::cli {

/// Follows what the program of a terminal switches on in the user's own terminal, so that leaving it can switch
/// exactly that off again and nothing else (leaving an alternate screen that was never entered moves the cursor).
class TerminalModes
{
public:
    void feed(const QByteArray &output);
    /// Puts the terminal back: modes, cursor, colours, margins, keyboard protocols.
    QByteArray resetSequence() const;

private:
    void takeCsi(const QByteArray &sequence);
    void setPrivateMode(int mode, bool on);

    EscapeScanner m_scanner;
    QSet<int> m_on;  ///< DEC private modes that are normally off
    QSet<int> m_off; ///< DEC private modes that are normally on: cursor, autowrap
    int m_kittyLevels = 0;
    bool m_modifyKeys = false;
    bool m_keypad = false;
    bool m_margins = false;
    bool m_cursorShape = false;
};

/// The output without the sequences that a terminal answers: in a replay, the answers would reach a program that
/// asked long ago.
class QueryFilter
{
public:
    QByteArray feed(const QByteArray &output);
    QByteArray finish() { return m_scanner.takeHeld(); }

private:
    EscapeScanner m_scanner;
};

bool isQuery(const TerminalToken &token);

} // namespace capsule::cli
