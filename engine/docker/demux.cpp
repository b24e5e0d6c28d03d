// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/demux.h"

#include <QtEndian>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule::docker {

Result<QList<StreamPart>> Demultiplexer::feed(const QByteArray &bytes)
{
    QList<StreamPart> parts;
    qsizetype at = 0;
    while (at < bytes.size() && !m_broken) {
        if (m_left > 0) {
            const qsizetype count = std::min<qsizetype>(bytes.size() - at, m_left);
            parts.append({m_stream, count == bytes.size() ? bytes : bytes.sliced(at, count)});
            m_left -= static_cast<quint32>(count);
            at += count;
            continue;
        }
        const qsizetype count = std::min<qsizetype>(bytes.size() - at, 8 - m_headLength);
        std::copy_n(bytes.constData() + at, count, m_head + m_headLength);
        m_headLength += static_cast<int>(count);
        at += count;
        if (m_headLength == 8) {
            // 0 is standard input, which engines echo as output; 3 is the engine's own error.
            m_broken = m_head[0] > 3 || m_head[1] || m_head[2] || m_head[3];
            m_stream = m_head[0] >= 2 ? StandardStream::ErrorOutput : StandardStream::Output;
            m_left = qFromBigEndian<quint32>(m_head + 4);
            m_headLength = 0;
        }
    }
    if (m_broken)
        return fail(ErrorCode::ProtocolError, u"The container engine broke its stream protocol."_s, u"malformed frame head"_s);
    return parts;
}

} // namespace capsule::docker
