// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/replaybuffer.h"

#include "session/replayfilter.h"

#include <algorithm>
#include <cstring>

namespace capsule {

namespace {

constexpr qsizetype firstAllocation = 16 * 1024;
constexpr quint64 lineEndSearchBytes = 16 * 1024;

} // namespace

ReplayBuffer::ReplayBuffer(qsizetype capacity)
    : m_capacity(std::max(capacity, firstAllocation))
{
}

void ReplayBuffer::append(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const QByteArrayView part = bytes.first(std::min(bytes.size(), m_capacity / 2));
        bytes = bytes.sliced(part.size());
        reserve(m_size + part.size());
        if (const qsizetype excess = m_size + part.size() - m_ring.size(); excess > 0)
            drop(excess);
        const qsizetype at = (m_first + m_size) % m_ring.size();
        const qsizetype beforeWrap = std::min(part.size(), m_ring.size() - at);
        std::memcpy(m_ring.data() + at, part.data(), static_cast<size_t>(beforeWrap));
        std::memcpy(m_ring.data(), part.data() + beforeWrap, static_cast<size_t>(part.size() - beforeWrap));
        m_size += part.size();
        m_tail += static_cast<quint64>(part.size());
    }
}

void ReplayBuffer::reserve(qsizetype bytes)
{
    if (bytes <= m_ring.size() || m_ring.size() == m_capacity)
        return;
    qsizetype wanted = std::max(m_ring.size(), firstAllocation);
    while (wanted < bytes)
        wanted *= 2;
    QByteArray larger(std::min(wanted, m_capacity), Qt::Uninitialized);
    qsizetype copied = 0;
    while (copied < m_size) {
        const QByteArrayView piece = view(head() + static_cast<quint64>(copied), m_size);
        std::memcpy(larger.data() + copied, piece.data(), static_cast<size_t>(piece.size()));
        copied += piece.size();
    }
    m_ring = std::move(larger);
    m_first = 0;
}

void ReplayBuffer::drop(qsizetype bytes)
{
    feed(m_headModes, head(), head() + static_cast<quint64>(bytes));
    m_first = (m_first + bytes) % m_ring.size();
    m_size -= bytes;
}

QByteArrayView ReplayBuffer::view(quint64 offset, qsizetype max) const
{
    if (offset < head() || offset >= m_tail)
        return {};
    const auto distance = static_cast<qsizetype>(offset - head());
    const qsizetype at = (m_first + distance) % m_ring.size();
    return QByteArrayView(m_ring).sliced(at, std::min({max, m_size - distance, m_ring.size() - at}));
}

void ReplayBuffer::feed(ModeTracker &modes, quint64 from, quint64 to) const
{
    while (from < to) {
        const QByteArrayView piece = view(from, static_cast<qsizetype>(to - from));
        modes.feed(piece);
        from += static_cast<quint64>(piece.size());
    }
}

quint64 ReplayBuffer::safeStart(quint64 from, ModeTracker &modes) const
{
    const ModeTracker modesAtStart = modes;
    const quint64 limit = std::min(m_tail, from + lineEndSearchBytes);
    for (quint64 at = from; at < limit;) {
        QByteArrayView piece = view(at, static_cast<qsizetype>(limit - at));
        const qsizetype lineEnd = piece.indexOf('\n');
        if (lineEnd >= 0)
            piece = piece.first(lineEnd + 1);
        modes.feed(piece);
        at += static_cast<quint64>(piece.size());
        if (lineEnd >= 0 && !modes.inSequence())
            return at;
    }
    // A full-screen program moves its cursor and ends no lines: then between two sequences and characters.
    modes = modesAtStart;
    quint64 at = from;
    while (at < m_tail) {
        const QByteArrayView byte = view(at, 1);
        const bool continues = (static_cast<unsigned char>(byte.front()) & 0xc0) == 0x80;
        if (!modes.inSequence() && !continues)
            break;
        modes.feed(byte);
        ++at;
    }
    return at;
}

QByteArray ReplayBuffer::replay(qsizetype bytes, bool anew) const
{
    quint64 start = m_tail - static_cast<quint64>(std::clamp<qsizetype>(bytes, 0, m_size));
    ModeTracker modes = m_headModes;
    if (start > 0) {
        feed(modes, head(), start);
        start = safeStart(start, modes);
    }
    QByteArray out;
    out.reserve(static_cast<qsizetype>(m_tail - start) + 256);
    if (start > 0 || anew)
        out += modes.restore();
    ReplayFilter filter;
    while (start < m_tail) {
        const QByteArrayView piece = view(start, m_size);
        filter.feed(piece, out);
        start += static_cast<quint64>(piece.size());
    }
    filter.finish(out);
    return out;
}

} // namespace capsule
