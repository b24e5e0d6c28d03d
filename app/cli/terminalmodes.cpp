// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminalmodes.h"

#include <algorithm>

namespace capsule::cli {

namespace {

constexpr int autowrap = 7;
constexpr int showCursor = 25;
constexpr int maxKittyLevels = 8; // terminals keep no more

/// Modes whose reset is safe and wanted. What is not listed here is left as it is.
bool isFollowed(int mode)
{
    static constexpr auto modes = std::to_array({1, 5, 6, autowrap, 9, showCursor, 47, 66, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016,
                                                 1047, 1049, 2004, 2026, 2027, 2031, 2048});
    return std::ranges::contains(modes, mode);
}

bool isAlternateScreen(int mode)
{
    return mode == 47 || mode == 1047 || mode == 1049;
}

/// "CSI ? 1 ; 2 h" without introducer and final byte: "?1;2".
QByteArray parametersOf(const QByteArray &sequence)
{
    return sequence.sliced(2, sequence.size() - 3);
}

} // namespace

void TerminalModes::feed(const QByteArray &output)
{
    for (const TerminalToken &token : m_scanner.feed(output)) {
        if (token.kind == TerminalToken::Kind::Csi)
            takeCsi(token.bytes);
        else if (token.bytes == "\x1b=" || token.bytes == "\x1b>")
            m_keypad = token.bytes.endsWith('=');
        else if (token.bytes == "\x1b" "c") { // full reset
            const EscapeScanner scanner = m_scanner;
            *this = TerminalModes();
            m_scanner = scanner;
        }
    }
}

void TerminalModes::takeCsi(const QByteArray &sequence)
{
    const QByteArray parameters = parametersOf(sequence);
    const char last = sequence.back();
    if ((last == 'h' || last == 'l') && parameters.startsWith('?')) {
        for (const QByteArray &mode : parameters.sliced(1).split(';'))
            setPrivateMode(mode.toInt(), last == 'h');
    } else if (last == 'u' && parameters.startsWith('>')) {
        m_kittyLevels = std::min(m_kittyLevels + 1, maxKittyLevels);
    } else if (last == 'u' && parameters.startsWith('<')) {
        m_kittyLevels = std::max(0, m_kittyLevels - std::clamp(parameters.sliced(1).toInt(), 1, maxKittyLevels));
    } else if (last == 'm' && parameters.startsWith(">4")) {
        m_modifyKeys = parameters.contains(';') && !parameters.endsWith(";0");
    } else if (last == 'r' && !parameters.startsWith('?')) {
        m_margins = !parameters.isEmpty();
    } else if (last == 'q' && parameters.endsWith(' ')) {
        m_cursorShape = parameters != " " && parameters != "0 ";
    }
}

void TerminalModes::setPrivateMode(int mode, bool on)
{
    if (!isFollowed(mode))
        return;
    const bool normallyOn = mode == autowrap || mode == showCursor;
    QSet<int> &changed = normallyOn ? m_off : m_on;
    if (on != normallyOn)
        changed.insert(mode);
    else
        changed.remove(mode);
}

QByteArray TerminalModes::resetSequence() const
{
    QByteArray reset;
    if (m_on.contains(2026))
        reset += "\x1b[?2026l"; // first: a terminal shows nothing until then
    for (int level = 0; level < m_kittyLevels; ++level)
        reset += "\x1b[<u";
    if (m_modifyKeys)
        reset += "\x1b[>4m";
    if (m_keypad)
        reset += "\x1b>";
    if (m_margins)
        reset += "\x1b" "7\x1b[r\x1b" "8"; // resetting margins moves the cursor
    QList<int> modes(m_on.begin(), m_on.end());
    std::ranges::sort(modes, [](int a, int b) { return std::pair(isAlternateScreen(a), a) < std::pair(isAlternateScreen(b), b); });
    for (const int mode : std::as_const(modes)) {
        if (mode != 2026)
            reset += "\x1b[?" + QByteArray::number(mode) + 'l';
    }
    if (m_off.contains(autowrap))
        reset += "\x1b[?7h";
    if (m_off.contains(showCursor))
        reset += "\x1b[?25h";
    if (m_cursorShape)
        reset += "\x1b[0 q";
    return reset + "\x1b(B\x1b[0m";
}

bool isQuery(const TerminalToken &token)
{
    if (token.kind == TerminalToken::Kind::Csi) {
        const QByteArray parameters = parametersOf(token.bytes);
        switch (token.bytes.back()) {
        case 'c': // device attributes
            return true;
        case 'n': // status and cursor reports
            return !parameters.startsWith('>');
        case 'p': // DECRQM
            return parameters.endsWith('$');
        case 'q': // XTVERSION
            return parameters.startsWith('>');
        case 'u': // kitty keyboard
            return parameters.startsWith('?');
        case 't': { // window reports
            const int operation = parameters.split(';').first().toInt();
            return operation == 11 || (operation >= 13 && operation <= 21);
        }
        case 'x': // DECREQTPARM
            return true;
        default:
            return false;
        }
    }
    if (token.kind == TerminalToken::Kind::String) {
        if (token.bytes.startsWith("\x1b]")) { // OSC 4;n;?, 10;?, 52;c;?
            const qsizetype end = token.bytes.endsWith('\x07') ? 1 : 2;
            return token.bytes.chopped(end).endsWith(";?");
        }
        return token.bytes.startsWith("\x1bP$q") || token.bytes.startsWith("\x1bP+q") || token.bytes.startsWith("\x1b_G");
    }
    return token.bytes == "\x1bZ" || (token.kind == TerminalToken::Kind::Plain && token.bytes.contains('\x05'));
}

QByteArray QueryFilter::feed(const QByteArray &output)
{
    QByteArray kept;
    for (TerminalToken token : m_scanner.feed(output)) {
        if (token.kind == TerminalToken::Kind::Plain)
            kept += token.bytes.replace('\x05', QByteArray()); // ENQ asks for the answerback
        else if (!isQuery(token))
            kept += token.bytes;
    }
    return kept;
}

} // namespace capsule::cli
