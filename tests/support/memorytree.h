// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/treesource.h"

namespace capsule::test {

/// A TreeSource over bytes in memory; may break at its end, or never come to it.
class MemoryTree : public TreeSource
{
public:
    enum class End { Good, Broken, Never };
    explicit MemoryTree(QByteArray bytes, End end = End::Good)
        : m_bytes(std::move(bytes))
        , m_end(end)
    {
    }

    bool open(OpenMode mode) override
    {
        QMetaObject::invokeMethod(this, &QIODevice::readyRead, Qt::QueuedConnection);
        return QIODevice::open(mode | Unbuffered);
    }
    qint64 bytesAvailable() const override { return m_bytes.size() - m_position; }
    bool atEnd() const override { return m_position == m_bytes.size() && m_end != End::Never; }
    Result<void> outcome() const override
    {
        if (m_end == End::Good && m_position == m_bytes.size())
            return {};
        return fail(m_end == End::Broken ? ErrorCode::Internal : ErrorCode::Cancelled, QStringLiteral("The tree broke."));
    }
    qint64 position() const { return m_position; }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qint64 count = qMin(maxSize, qint64(m_bytes.size()) - m_position);
        memcpy(data, m_bytes.constData() + m_position, size_t(count));
        m_position += count;
        if (m_position == m_bytes.size() && m_end != End::Never)
            QMetaObject::invokeMethod(this, &QIODevice::readChannelFinished, Qt::QueuedConnection);
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    End m_end;
    qint64 m_position = 0;
};

} // namespace capsule::test
