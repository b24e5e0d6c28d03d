// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/bytestream_p.h"

#include "base/logging.h"
#include "client/engineclient_p.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

// A caller that ignores bytesToWrite() is stopped here rather than by the machine's memory.
constexpr qint64 maxQueuedBytes = 64 * 1024 * 1024;
// Half as often would do; more often only costs frames.
constexpr qint64 reportEveryBytes = channelWindowBytes / 4;

} // namespace

ByteStream::ByteStream(std::unique_ptr<Private> state)
    : d(std::move(state))
{
    d->q = this;
}

ByteStream::~ByteStream()
{
    if (d->phase == Private::Phase::Open && d->client)
        EngineClient::Private::of(d->client)->releaseChannel(d->channel);
}

bool ByteStream::isOpen() const
{
    return d->phase == Private::Phase::Open;
}

void ByteStream::write(const QByteArray &bytes)
{
    if (d->phase == Private::Phase::Closed || d->inputEnded || bytes.isEmpty())
        return;
    if (d->queuedBytes + bytes.size() > maxQueuedBytes) {
        d->abandon({ErrorCode::LimitReached, u"The program does not read its input; the terminal was detached. Open it again."_s, {}});
        return;
    }
    d->queue.append(bytes);
    d->queuedBytes += bytes.size();
    d->flush();
}

void ByteStream::endInput()
{
    d->inputEnded = true;
    d->flush();
}

qint64 ByteStream::bytesToWrite() const
{
    return d->queuedBytes + d->sentBytes - d->acknowledgedBytes;
}

void ByteStream::resize(TerminalSize size)
{
    if (d->phase == Private::Phase::Opening)
        d->wantedSize = size;
    else if (d->phase == Private::Phase::Open && d->client)
        d->client->call<api::TerminalResize>({d->channel, size});
}

void ByteStream::consumed(qint64 bytes)
{
    d->consumedBytes = std::min(d->consumedBytes + bytes, d->receivedBytes);
    if (d->phase != Private::Phase::Open || !d->client || d->consumedBytes - d->reportedBytes < reportEveryBytes)
        return;
    d->reportedBytes = d->consumedBytes;
    EngineClient::Private::of(d->client)->sendFrame(
        encodeFrame({.channel = d->channel, .kind = FrameKind::Consumed, .payload = {}, .number = quint64(d->consumedBytes)}));
}

std::unique_ptr<ByteStream> ByteStream::Private::make(EngineClient *client)
{
    auto state = std::make_unique<Private>();
    state->client = client;
    return std::unique_ptr<ByteStream>(new ByteStream(std::move(state)));
}

void ByteStream::Private::opened(quint32 number)
{
    channel = number;
    phase = Phase::Open;
    const QPointer alive(q);
    emit q->opened();
    if (!alive || phase != Phase::Open)
        return;
    if (const auto size = std::exchange(wantedSize, std::nullopt))
        q->resize(*size);
    flush();
}

void ByteStream::Private::receive(const ChannelFrame &frame)
{
    switch (frame.kind) {
    case FrameKind::Data:
    case FrameKind::ErrorData:
        receivedBytes += frame.payload.size();
        if (receivedBytes - consumedBytes > channelWindowBytes + channelMaxFrameBytes)
            return abandon({ErrorCode::ProtocolError, u"The engine sent more than was asked for; open the terminal again."_s, {}});
        if (frame.kind == FrameKind::Data)
            emit q->output(frame.payload);
        else
            emit q->errorOutput(frame.payload);
        return;
    case FrameKind::Replay:
        emit q->replayStarted(qint64(frame.number));
        return;
    case FrameKind::Consumed: {
        const qint64 step = qint64(frame.number) - acknowledgedBytes;
        if (step < 0 || qint64(frame.number) > sentBytes)
            return abandon({ErrorCode::ProtocolError, u"The engine acknowledged what was not sent; open the terminal again."_s, {}});
        acknowledgedBytes += step;
        const QPointer alive(q);
        flush();
        if (alive && step > 0)
            emit q->bytesWritten(step);
        return;
    }
    case FrameKind::EndOfInput:
        return; // only ever sent by clients
    }
}

void ByteStream::Private::close(const api::ChannelClosedParams &how)
{
    if (phase == Phase::Closed)
        return;
    phase = Phase::Closed;
    queue.clear();
    queuedBytes = 0;
    emit q->closed(how);
}

void ByteStream::Private::flush()
{
    if (phase != Phase::Open || !client)
        return;
    auto *connection = EngineClient::Private::of(client);
    while (!queue.isEmpty()) {
        const qint64 room = channelWindowBytes - (sentBytes - acknowledgedBytes);
        const qint64 size = std::min({room, qint64(channelMaxFrameBytes), qint64(queue.first().size())});
        if (size <= 0)
            return;
        QByteArray &head = queue.first();
        connection->sendFrame(encodeData(channel, FrameKind::Data, QByteArrayView(head).first(size)));
        sentBytes += size;
        queuedBytes -= size;
        if (size == head.size())
            queue.removeFirst();
        else
            head.remove(0, size); // cheap: QByteArray only moves its begin
    }
    if (inputEnded && !std::exchange(endSent, true))
        connection->sendFrame(encodeData(channel, FrameKind::EndOfInput, {}));
}

void ByteStream::Private::abandon(const Error &error)
{
    if (phase == Phase::Open && client)
        EngineClient::Private::of(client)->releaseChannel(channel);
    qCWarning(lcClient) << "channel" << channel << "given up:" << error.message;
    close({.channel = channel, .exitCode = std::nullopt, .error = ErrorInfo::of(error)});
}

} // namespace capsule
