// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/bytestream.h"
#include "desktop/terminal/terminalsource.h"
#include "desktop/terminal/terminalview.h"

namespace capsule {

namespace {

class ByteStreamSource : public TerminalSource
{
public:
    explicit ByteStreamSource(std::unique_ptr<ByteStream> stream)
        : m_stream(std::move(stream))
    {
        connect(m_stream.get(), &ByteStream::replayStarted, this, &TerminalSource::replayStarted);
        connect(m_stream.get(), &ByteStream::output, this, &TerminalSource::output);
        connect(m_stream.get(), &ByteStream::closed, this, &TerminalSource::closed);
    }

    void write(const QByteArray &bytes) override { m_stream->write(bytes); }
    qint64 bytesToWrite() const override { return m_stream->bytesToWrite(); }
    void resize(TerminalSize size) override { m_stream->resize(size); }
    void consumed(qint64 bytes) override { m_stream->consumed(bytes); }

private:
    std::unique_ptr<ByteStream> m_stream;
};

} // namespace

std::unique_ptr<TerminalSource> byteStreamSource(std::unique_ptr<ByteStream> stream)
{
    return std::make_unique<ByteStreamSource>(std::move(stream));
}

// Here and not beside the rest of the view, so that who feeds a view from elsewhere need not link the client.
void TerminalView::attach(std::unique_ptr<ByteStream> stream)
{
    attach(byteStreamSource(std::move(stream)));
}

} // namespace capsule
