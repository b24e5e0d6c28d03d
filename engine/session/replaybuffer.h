// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/modetracker.h"

#include <QByteArray>
#include <QByteArrayView>

namespace capsule {

/// The last bytes a terminal wrote, by absolute offset since it was opened. A ring that grows to its
/// capacity as needed; then the oldest bytes are dropped, and what they set is remembered, so that a replay
/// that begins later in the stream begins with the right modes.
class ReplayBuffer
{
public:
    explicit ReplayBuffer(qsizetype capacity);

    void append(QByteArrayView bytes);
    quint64 head() const { return m_tail - quint64(m_size); } ///< offset of the oldest byte kept
    quint64 tail() const { return m_tail; }                   ///< offset of the next byte to come
    qsizetype size() const { return m_size; }
    qsizetype capacity() const { return m_capacity; }

    /// Bytes from `offset` (head to tail) on, at most `max`, as far as they lie in one piece.
    QByteArrayView view(quint64 offset, qsizetype max) const;

    /// What a viewer is fed to show the picture at tail(): the last `bytes` bytes or a little less, begun at
    /// a safe place (after a line end outside of escape sequences), without queries and rings. Unless it
    /// begins with the terminal's first byte, or when `anew`, it starts with a reset of styles and modes.
    QByteArray replay(qsizetype bytes, bool anew) const;

private:
    quint64 safeStart(quint64 from, ModeTracker &modes) const;
    void feed(ModeTracker &modes, quint64 from, quint64 to) const;
    void reserve(qsizetype bytes);
    void drop(qsizetype bytes);

    QByteArray m_ring;
    qsizetype m_capacity;
    qsizetype m_first = 0; ///< index of head()
    qsizetype m_size = 0;
    quint64 m_tail = 0;
    ModeTracker m_headModes; ///< has seen every byte before head()
};

} // namespace capsule
