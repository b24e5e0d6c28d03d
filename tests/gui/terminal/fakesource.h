// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/terminal/terminalsource.h"
#include "protocol/channelframe.h"

#include <QPointer>
#include <algorithm>

namespace capsule::test {

/// A stream whose other end is the test. flood() keeps to the channel's window as the engine does.
class FakeSource : public TerminalSource
{
    Q_OBJECT
public:
    void write(const QByteArray &bytes) override { written += bytes; }
    qint64 bytesToWrite() const override { return unsent; }
    void resize(TerminalSize size) override { sizes.push_back(size); }
    void consumed(qint64 bytes) override
    {
        used += bytes;
        if (m_floodLeft > 0)
            QMetaObject::invokeMethod(this, &FakeSource::sendMore, Qt::QueuedConnection);
    }

    void send(const QByteArray &bytes)
    {
        sent += bytes.size();
        emit output(bytes);
    }
    void replay(const QByteArray &bytes)
    {
        emit replayStarted(bytes.size());
        for (qsizetype at = 0; at < bytes.size(); at += channelMaxFrameBytes)
            send(bytes.mid(at, channelMaxFrameBytes));
    }
    void close(int exitCode)
    {
        api::ChannelClosedParams how;
        how.exitCode = exitCode;
        emit closed(how);
    }
    /// Sends `text` again and again, `total` bytes altogether.
    void flood(const QByteArray &text, qint64 total)
    {
        m_floodText = text;
        m_floodLeft = total;
        sendMore();
    }
    bool isFlooding() const { return m_floodLeft > 0 || used < sent; }

    QByteArray written;
    std::vector<TerminalSize> sizes;
    qint64 sent = 0;
    qint64 used = 0;
    qint64 unsent = 0;
    qint64 mostUnderWay = 0;

private:
    void sendMore()
    {
        while (m_floodLeft > 0 && sent - used + channelMaxFrameBytes <= channelWindowBytes) {
            const qsizetype size = qsizetype(std::min<qint64>({m_floodLeft, channelMaxFrameBytes, m_floodText.size() - m_floodAt}));
            m_floodLeft -= size;
            const QByteArray frame = m_floodText.mid(m_floodAt, size);
            m_floodAt = (m_floodAt + size) % m_floodText.size();
            send(frame);
            mostUnderWay = qMax(mostUnderWay, sent - used);
        }
    }

    QByteArray m_floodText;
    qsizetype m_floodAt = 0;
    qint64 m_floodLeft = 0;
};

/// Text as programs print it: colours, wide characters, box drawing, plain lines.
inline QByteArray mixedText(qsizetype bytes)
{
    QByteArray text;
    for (int i = 0; text.size() < bytes; ++i) {
        text += QStringLiteral("\u001b[3%1mline %2\u001b[0m of some output \u4e2d\u6587 \u2500\u2502 \u001b[1;48;5;%3mbold on "
                               "colour\u001b[m and more words 0123456789\r\n")
                    .arg(i % 8)
                    .arg(i)
                    .arg(i % 256)
                    .toUtf8();
    }
    return text;
}

} // namespace capsule::test
