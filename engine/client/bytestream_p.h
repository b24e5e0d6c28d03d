// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/bytestream.h"

#include "protocol/channelframe.h"

#include <QList>

namespace capsule {

/// State of one stream. Input waits in `queue` until the channel is open and its window has room; output
/// is passed on at once and acknowledged as the owner uses it up.
class ByteStream::Private {
public:
    enum class Phase { Opening, Open, Closed };

    ByteStream *q = nullptr;
    QPointer<EngineClient> client;
    Phase phase = Phase::Opening;
    quint32 channel = 0;
    std::optional<TerminalSize> wantedSize; ///< asked for before the channel was open

    QList<QByteArray> queue;
    qint64 queuedBytes = 0;
    qint64 sentBytes = 0;
    qint64 acknowledgedBytes = 0; ///< of sentBytes
    bool inputEnded = false;
    bool endSent = false;

    qint64 receivedBytes = 0;
    qint64 consumedBytes = 0;
    qint64 reportedBytes = 0; ///< of consumedBytes

    static std::unique_ptr<ByteStream> make(EngineClient *client);
    static Private *of(ByteStream *stream) { return stream->d.get(); }

    void opened(quint32 number);
    void receive(const ChannelFrame &frame);
    /// Emits closed() once; later calls do nothing.
    void close(const api::ChannelClosedParams &how);
    void flush();
    void abandon(const Error &error); ///< gives the channel back and closes
};

} // namespace capsule
