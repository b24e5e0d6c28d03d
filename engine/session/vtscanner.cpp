// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/vtscanner.h"

namespace capsule {

namespace {

constexpr char escape = '\x1b';
constexpr char bell = '\x07';

bool isBetween(char byte, char first, char last)
{
    return byte >= first && byte <= last;
}

} // namespace

VtScanner::Sequence VtScanner::sequence() const
{
    return {m_kind, m_text, m_final};
}

void VtScanner::keep(char byte)
{
    if (m_text.size() < maxKept)
        m_text.append(byte);
}

VtScanner::Step VtScanner::enter(Kind kind, State state)
{
    m_kind = kind;
    m_state = state;
    m_final = 0;
    m_text.resize(0);
    return Step::Inside;
}

VtScanner::Step VtScanner::end(Step step)
{
    m_state = State::Ground;
    return step;
}

VtScanner::Step VtScanner::step(char byte)
{
    m_restarted = false;
    if (m_state == State::Ground)
        return byte == escape ? enter(Kind::Escape, State::Escape) : Step::Text;
    if (byte == '\x18' || byte == '\x1a')
        return end(Step::Aborted);
    if (m_state == State::String || m_state == State::StringEscape)
        return stepString(byte);
    if (byte == escape) {
        m_restarted = true;
        return enter(Kind::Escape, State::Escape);
    }
    if (m_state == State::Csi) {
        if (isBetween(byte, '\x40', '\x7e')) {
            m_final = byte;
            return end(Step::Complete);
        }
        if (isBetween(byte, '\x20', '\x3f'))
            keep(byte);
        return Step::Inside;
    }
    return stepEscape(byte);
}

VtScanner::Step VtScanner::stepEscape(char byte)
{
    if (m_state == State::Escape) {
        switch (byte) {
        case '[':
            return enter(Kind::Csi, State::Csi);
        case ']':
            return enter(Kind::Osc, State::String);
        case 'P':
            return enter(Kind::Dcs, State::String);
        case 'X':
        case '^':
        case '_':
            return enter(Kind::OtherString, State::String);
        default:
            break;
        }
    }
    if (isBetween(byte, '\x20', '\x2f')) {
        keep(byte);
        m_state = State::Intermediate;
        return Step::Inside;
    }
    if (isBetween(byte, '\x30', '\x7e')) {
        m_final = byte;
        return end(Step::Complete);
    }
    return static_cast<unsigned char>(byte) >= 0x80 ? end(Step::Aborted) : Step::Inside;
}

VtScanner::Step VtScanner::stepString(char byte)
{
    if (m_state == State::StringEscape) {
        if (byte == '\\')
            return end(Step::Complete);
        m_restarted = true;
        enter(Kind::Escape, State::Escape);
        return byte == escape ? Step::Inside : stepEscape(byte);
    }
    if (byte == escape) {
        m_state = State::StringEscape;
        return Step::Inside;
    }
    if (byte == bell && m_kind == Kind::Osc)
        return end(Step::Complete);
    keep(byte);
    return Step::Inside;
}

} // namespace capsule
