// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace capsule {

/// Finds control sequences in a byte stream that may be split anywhere. Follows the states of ECMA-48
/// terminals (https://vt100.net/emu/dec_ansi_parser) on UTF-8, so 8-bit C1 controls do not count. Keeps at
/// most `maxKept` bytes of a sequence's text; the rest still belongs to it.
class VtScanner
{
public:
    static constexpr qsizetype maxKept = 4096;

    enum class Kind { Escape, Csi, Osc, Dcs, OtherString };
    struct Sequence {
        Kind kind = Kind::Escape;
        QByteArrayView text; ///< between introducer and final byte or terminator: "?1049", "11;?"
        char final = 0;      ///< Escape and Csi: the final byte
    };
    enum class Step {
        Text,     ///< an ordinary byte or a control outside of sequences
        Inside,   ///< belongs to a sequence that is not over
        Complete, ///< the last byte of sequence()
        Aborted,  ///< ended the sequence without completing it; belongs to it (CAN, SUB)
    };

    Step step(char byte);
    /// The step found that the last ESC had cut off an unfinished sequence; the state is that of the new one.
    bool restarted() const { return m_restarted; }
    bool inSequence() const { return m_state != State::Ground; }
    Sequence sequence() const; ///< valid right after Complete

private:
    enum class State : quint8 { Ground, Escape, Intermediate, Csi, String, StringEscape };
    Step enter(Kind kind, State state);
    Step end(Step step);
    Step stepEscape(char byte);
    Step stepString(char byte);
    void keep(char byte);

    State m_state = State::Ground;
    Kind m_kind = Kind::Escape;
    char m_final = 0;
    bool m_restarted = false;
    QByteArray m_text;
};

} // namespace capsule
