// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QList>

namespace capsule::docker {

enum class StandardStream { Output, ErrorOutput };

struct StreamPart {
    StandardStream stream = StandardStream::Output;
    QByteArray bytes{};

    bool operator==(const StreamPart &) const = default;
};

/// Takes apart the engine's multiplexed stream: frames of an eight byte head {stream, 0, 0, 0, length as big
/// endian} and a payload. Bytes may arrive in any portions; payload is handed on at once, never collected, so that
/// nothing here grows with a frame's length. After an error every call fails.
/// Source: Engine API, "Attach to a container", stream format.
class Demultiplexer
{
public:
    /// Parts that follow each other belong to different streams or frames. A part of the input may share its memory.
    Result<QList<StreamPart>> feed(const QByteArray &bytes);

    /// No frame was cut off.
    bool isComplete() const { return m_headLength == 0 && m_left == 0; }

private:
    unsigned char m_head[8] = {};
    int m_headLength = 0;
    quint32 m_left = 0; ///< payload bytes still to come
    StandardStream m_stream = StandardStream::Output;
    bool m_broken = false;
};

} // namespace capsule::docker
