// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/vtscanner.h"

#include <array>

namespace capsule {

/// Which terminal modes the bytes seen so far have set: those that a picture begun in the middle would get
/// wrong (alternate screen, mouse, bracketed paste, cursor keys, keypad, cursor).
/// Numbers: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "DEC Private Mode Set".
class ModeTracker
{
public:
    ModeTracker() { reset(); }

    void feed(QByteArrayView bytes);
    bool inSequence() const { return m_scanner.inSequence(); } ///< the next byte belongs to an escape sequence
    bool isSet(int privateMode) const;
    /// Sequences that bring a terminal in whatever state into these modes, styles reset.
    QByteArray restore() const;

private:
    struct Mode {
        int number;
        bool set;
    };
    void reset();
    void apply(const VtScanner::Sequence &sequence);

    VtScanner m_scanner;
    std::array<Mode, 13> m_modes;
    int m_alternateScreen = 0; ///< 47, 1047 or 1049; 0: the main screen
    bool m_applicationKeypad = false;
};

} // namespace capsule
