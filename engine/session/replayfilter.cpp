// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/replayfilter.h"

#include <algorithm>
#include <array>

namespace capsule {

namespace {

constexpr char escape = '\x1b';

/// The number before the first ';' (or the end); -1 when there is none.
int firstNumber(QByteArrayView text)
{
    const qsizetype end = text.indexOf(';');
    bool ok = false;
    const int number = text.first(end < 0 ? text.size() : end).toInt(&ok);
    return ok ? number : -1;
}

bool csiActs(QByteArrayView text, char final)
{
    const char first = text.isEmpty() ? 0 : text.front();
    const char last = text.isEmpty() ? 0 : text.back();
    switch (final) {
    case 'n': // DSR; with '>' it sets key modifier options
        return first != '>';
    case 'c': // DA1, DA2, DA3; with '?' it is the Linux console's cursor shape
        return first != '?';
    case 'p': // DECRQM; without '$' resets and conformance levels
    case 'w': // DECRQPSR
        return last == '$';
    case 'q': // XTVERSION; without '>' cursor shape and protection
        return first == '>';
    case 'u': // kitty keyboard query, DECRQTSR; else restores the cursor, pushes and pops
        return first == '?' || last == '$';
    case 't': { // window reports; the rest moves windows and titles
        constexpr std::array reports{11, 13, 14, 15, 16, 18, 19, 20, 21};
        return std::ranges::find(reports, firstNumber(text)) != reports.end();
    }
    case 'x': // DECREQTPARM; with intermediates rectangles are filled
        return text.isEmpty() || text == "0" || text == "1";
    case 'y': // DECRQCRA
        return last == '*';
    case 'S': // XTSMGRAPHICS
    case 'm': // XTQMODKEYS
        return first == '?';
    case 'R':
    case '|':
        return last == '#' || last == '\'';
    default:
        return false;
    }
}

bool oscActs(QByteArrayView text)
{
    const int number = firstNumber(text);
    if (number == 9 || number == 52 || number == 99 || number == 777)
        return true;
    if (number == 1337) {
        const QByteArrayView rest = text.sliced(std::min<qsizetype>(5, text.size()));
        return rest.startsWith("Report") || rest.startsWith("Request") || rest.startsWith("Copy") || rest.startsWith("EndCopy");
    }
    const bool asksWithMark = number == 4 || number == 5 || (number >= 10 && number <= 19) || number == 21 || number == 22 || number == 50;
    if (!asksWithMark)
        return false;
    return text.contains(";?") || (number == 21 && text.contains("=?"));
}

} // namespace

bool actsAgain(const VtScanner::Sequence &sequence)
{
    switch (sequence.kind) {
    case VtScanner::Kind::Escape:
        return sequence.text.isEmpty() && sequence.final == 'Z'; // DECID
    case VtScanner::Kind::Csi:
        return csiActs(sequence.text, sequence.final);
    case VtScanner::Kind::Osc:
        return oscActs(sequence.text);
    case VtScanner::Kind::Dcs:
        return sequence.text.startsWith("+q") || sequence.text.startsWith("$q");
    case VtScanner::Kind::OtherString: // kitty graphics query
        return sequence.text.startsWith('G') && sequence.text.contains("a=q");
    }
    return false;
}

void ReplayFilter::feed(QByteArrayView bytes, QByteArray &out)
{
    const auto isSpecial = [](char byte) { return byte == escape || byte == '\x07' || byte == '\x05'; };
    const char *at = bytes.begin();
    while (at != bytes.end()) {
        if (!m_scanner.inSequence()) {
            const char *next = std::find_if(at, bytes.end(), isSpecial);
            out.append(QByteArrayView(at, next));
            at = next;
            if (at == bytes.end())
                return;
            if (*at != escape) { // BEL; ENQ asks for the answerback message
                ++at;
                continue;
            }
        }
        m_held.append(*at);
        const VtScanner::Step step = m_scanner.step(*at++);
        if (m_scanner.restarted()) {
            const qsizetype begin = m_held.lastIndexOf(escape);
            out.append(QByteArrayView(m_held).first(begin));
            m_held.remove(0, begin);
            m_passing = false;
        }
        if (step == VtScanner::Step::Inside) {
            if (m_held.size() > m_maxHeld) {
                out.append(m_held);
                m_held.resize(0);
                m_passing = true;
            }
            continue;
        }
        if (m_passing || step != VtScanner::Step::Complete || !actsAgain(m_scanner.sequence()))
            out.append(m_held);
        m_passing = false;
        m_held.resize(0);
    }
}

void ReplayFilter::finish(QByteArray &out)
{
    out.append(m_held);
    m_held.clear();
    m_passing = false;
    m_scanner = {};
}

QByteArray filterReplay(QByteArrayView bytes)
{
    ReplayFilter filter;
    QByteArray out;
    out.reserve(bytes.size());
    filter.feed(bytes, out);
    filter.finish(out);
    return out;
}

} // namespace capsule
