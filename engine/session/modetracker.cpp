// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/modetracker.h"

#include <QList>

#include <algorithm>
#include <cstring>

namespace capsule {

void ModeTracker::reset()
{
    // Cursor keys, origin, autowrap, X10 mouse, cursor visible, mouse modes, focus, mouse encodings, bracketed paste.
    m_modes = {{{1, false}, {6, false}, {7, true}, {9, false}, {25, true}, {1000, false}, {1002, false}, {1003, false},
                {1004, false}, {1005, false}, {1006, false}, {1015, false}, {2004, false}}};
    m_alternateScreen = 0;
    m_applicationKeypad = false;
}

bool ModeTracker::isSet(int privateMode) const
{
    if (privateMode == 47 || privateMode == 1047 || privateMode == 1049)
        return m_alternateScreen == privateMode;
    const auto mode = std::ranges::find(m_modes, privateMode, &Mode::number);
    return mode != m_modes.end() && mode->set;
}

void ModeTracker::feed(QByteArrayView bytes)
{
    const char *at = bytes.begin();
    while (at != bytes.end()) {
        if (!m_scanner.inSequence()) {
            const auto rest = static_cast<size_t>(bytes.end() - at);
            at = static_cast<const char *>(std::memchr(at, '\x1b', rest));
            if (!at)
                return;
        }
        if (m_scanner.step(*at++) == VtScanner::Step::Complete)
            apply(m_scanner.sequence());
    }
}

void ModeTracker::apply(const VtScanner::Sequence &sequence)
{
    if (sequence.kind == VtScanner::Kind::Escape && sequence.text.isEmpty()) {
        if (sequence.final == 'c') // RIS
            reset();
        else if (sequence.final == '=' || sequence.final == '>')
            m_applicationKeypad = sequence.final == '=';
        return;
    }
    if (sequence.kind != VtScanner::Kind::Csi)
        return;
    if (sequence.final == 'p' && sequence.text == "!") { // DECSTR leaves screen and mouse alone
        for (Mode &mode : m_modes) {
            if (mode.number <= 7)
                mode.set = false;
            else if (mode.number == 25)
                mode.set = true;
        }
        m_applicationKeypad = false;
        return;
    }
    const bool set = sequence.final == 'h';
    if ((!set && sequence.final != 'l') || !sequence.text.startsWith('?'))
        return;
    for (const QByteArray &part : sequence.text.sliced(1).toByteArray().split(';')) {
        const int number = part.toInt();
        if (number == 47 || number == 1047 || number == 1049)
            m_alternateScreen = set ? number : 0;
        else if (number == 66)
            m_applicationKeypad = set;
        else if (const auto mode = std::ranges::find(m_modes, number, &Mode::number); mode != m_modes.end())
            mode->set = set;
    }
}

QByteArray ModeTracker::restore() const
{
    // No hyperlink, no style, ASCII in G0, insert off, whole-screen scrolling.
    QByteArray out("\x1b]8;;\x1b\\\x1b[0m\x1b(B\x0f\x1b[4l");
    if (m_alternateScreen)
        out += "\x1b[?" + QByteArray::number(m_alternateScreen) + 'h';
    else
        out += "\x1b[?1049l";
    out += "\x1b[r";
    for (const Mode &mode : m_modes)
        out += "\x1b[?" + QByteArray::number(mode.number) + (mode.set ? 'h' : 'l');
    out += m_applicationKeypad ? "\x1b=" : "\x1b>";
    return out;
}

} // namespace capsule
