// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/escapescanner.h"

#include <utility>

namespace capsule::cli {

namespace {

constexpr qsizetype longestSequence = 64 * 1024;
constexpr char escape = '\x1b';
constexpr char bell = '\x07';

bool isBetween(char c, char first, char last)
{
    return uchar(c) >= uchar(first) && uchar(c) <= uchar(last);
}

TerminalToken::Kind kindOf(const QByteArray &sequence)
{
    const char introducer = sequence.size() > 1 ? sequence.at(1) : '\0';
    if (introducer == '[')
        return TerminalToken::Kind::Csi;
    return QByteArrayView("]PX^_").contains(introducer) && introducer != '\0' ? TerminalToken::Kind::String : TerminalToken::Kind::Escape;
}

} // namespace

bool EscapeScanner::step(char c)
{
    switch (m_state) {
    case State::Ground:
        m_state = State::Escape;
        return false;
    case State::Escape:
        if (c == '[')
            m_state = State::Csi;
        else if (c != '\0' && QByteArrayView("]PX^_").contains(c))
            m_state = State::String;
        else
            return !isBetween(c, 0x20, 0x2f); // intermediates
        return false;
    case State::Csi:
        return isBetween(c, 0x40, 0x7e);
    case State::String:
        if (c == escape)
            m_state = State::StringEscape;
        return c == bell;
    case State::StringEscape:
        m_state = State::String;
        return c == '\\';
    }
    return true;
}

QList<TerminalToken> EscapeScanner::feed(const QByteArray &bytes)
{
    QList<TerminalToken> tokens;
    QByteArray plain;
    const auto endPlain = [&] {
        if (!plain.isEmpty())
            tokens.append({TerminalToken::Kind::Plain, std::exchange(plain, {})});
    };
    for (const char c : bytes) {
        if (m_state == State::Ground && c != escape) {
            plain += c;
            continue;
        }
        endPlain();
        m_held += c;
        const bool complete = step(c);
        if (complete || m_held.size() >= longestSequence) {
            tokens.append({complete ? kindOf(m_held) : TerminalToken::Kind::Plain, m_held});
            m_held.clear();
            m_state = State::Ground;
        }
    }
    endPlain();
    return tokens;
}

QByteArray EscapeScanner::takeHeld()
{
    m_state = State::Ground;
    return std::exchange(m_held, {});
}

} // namespace capsule::cli
