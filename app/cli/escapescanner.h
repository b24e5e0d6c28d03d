// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace capsule::cli {

/// A piece of terminal output: plain bytes, or one whole control sequence.
struct TerminalToken {
    enum class Kind { Plain, Escape, Csi, String }; ///< String: OSC, DCS, APC, PM, SOS
    Kind kind = Kind::Plain;
    QByteArray bytes;

    bool operator==(const TerminalToken &) const = default;
};

/// Cuts terminal output into tokens, in whatever portions it comes (ECMA-48, 5.4 and 5.6). A sequence that has not
/// ended is held back, up to 64 KiB; a longer one counts as plain bytes.
class EscapeScanner
{
public:
    QList<TerminalToken> feed(const QByteArray &bytes);
    QByteArray takeHeld(); ///< the beginning of a sequence that never ended

private:
    enum class State { Ground, Escape, Csi, String, StringEscape };
    bool step(char c); ///< whether the sequence in m_held is complete

    State m_state = State::Ground;
    QByteArray m_held;
};

} // namespace capsule::cli
