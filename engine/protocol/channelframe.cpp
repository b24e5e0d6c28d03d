// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/channelframe.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qsizetype headerBytes = 5;

std::unexpected<Error> broken(const QString &what)
{
    return fail(ErrorCode::ProtocolError, u"A binary message was malformed."_s, what);
}

} // namespace

QByteArray encodeData(quint32 channel, FrameKind kind, QByteArrayView payload)
{
    QByteArray bytes(headerBytes + payload.size(), Qt::Uninitialized);
    qToBigEndian(channel, bytes.data());
    bytes[4] = char(kind);
    std::copy(payload.begin(), payload.end(), bytes.begin() + headerBytes);
    return bytes;
}

QByteArray encodeFrame(const ChannelFrame &frame)
{
    if (frame.kind != FrameKind::Consumed && frame.kind != FrameKind::Replay)
        return encodeData(frame.channel, frame.kind, frame.payload);
    char number[8];
    qToBigEndian(frame.number, number);
    return encodeData(frame.channel, frame.kind, QByteArrayView(number, sizeof number));
}

Result<ChannelFrame> decodeFrame(const QByteArray &bytes)
{
    if (bytes.size() < headerBytes)
        return broken(u"%1 bytes are too few"_s.arg(bytes.size()));
    ChannelFrame frame;
    frame.channel = qFromBigEndian<quint32>(bytes.constData());
    if (frame.channel == 0)
        return broken(u"channel 0 does not exist"_s);

    const auto kind = quint8(bytes[4]);
    const qsizetype size = bytes.size() - headerBytes;
    frame.kind = FrameKind(kind);
    switch (frame.kind) {
    case FrameKind::Data:
    case FrameKind::ErrorData:
        if (size == 0 || size > channelMaxFrameBytes)
            return broken(u"a data frame of %1 bytes"_s.arg(size));
        frame.payload = bytes.sliced(headerBytes);
        return frame;
    case FrameKind::EndOfInput:
        if (size != 0)
            return broken(u"an end of input with a payload"_s);
        return frame;
    case FrameKind::Consumed:
    case FrameKind::Replay:
        if (size != 8)
            return broken(u"a number of %1 bytes"_s.arg(size));
        frame.number = qFromBigEndian<quint64>(bytes.constData() + headerBytes);
        return frame;
    }
    return broken(u"unknown kind %1"_s.arg(kind));
}

} // namespace capsule
