// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QByteArrayView>

/// Binary WebSocket frames: the bytes of a channel (a viewed terminal or a running command).
///
///     4 bytes  channel, big endian, not 0
///     1 byte   kind
///     rest     payload
///
/// Flow control works alike in both directions: a side may have at most `channelWindowBytes` of Data (and
/// ErrorData) under way that the other has not yet acknowledged with Consumed. Whoever sends more breaks
/// the protocol and loses the channel. Replay announces where a terminal's picture starts anew: the viewer
/// clears its screen and scrollback, then feeds the next `length` bytes of Data without letting the widget
/// answer queries in them.
namespace capsule {

inline constexpr qint64 channelWindowBytes = 512 * 1024;
inline constexpr qsizetype channelMaxFrameBytes = 64 * 1024; ///< payload of one Data frame

enum class FrameKind : quint8 {
    Data = 0,       ///< terminal bytes, standard input or output
    ErrorData = 1,  ///< standard error of a command; engine to client
    EndOfInput = 2, ///< standard input ends; client to engine, empty
    Consumed = 3,   ///< 8 bytes big endian: all bytes of Data and ErrorData consumed since the channel opened
    Replay = 4,     ///< 8 bytes big endian: how many of the following Data bytes are a replay; engine to client
};

struct ChannelFrame {
    quint32 channel = 0;
    FrameKind kind = FrameKind::Data;
    QByteArray payload;   ///< Data and ErrorData
    quint64 number = 0;   ///< Consumed and Replay

    bool operator==(const ChannelFrame &) const = default;
};

QByteArray encodeFrame(const ChannelFrame &frame);
/// A data frame without copying the payload into a ChannelFrame first.
QByteArray encodeData(quint32 channel, FrameKind kind, QByteArrayView payload);
/// ProtocolError for a short frame, channel 0, an unknown kind, a wrong payload size.
Result<ChannelFrame> decodeFrame(const QByteArray &bytes);

} // namespace capsule
