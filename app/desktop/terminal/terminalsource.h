// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/methods.h"

#include <QObject>

#include <memory>

namespace capsule {

class ByteStream;

/// Where a TerminalView's bytes come from and its keys go to. The engine's ByteStream in the application
/// (byteStreamSource), anything else in tests. At most channelWindowBytes of output may be under way that
/// the view has not yet declared consumed. Deleting it detaches. Lives on the GUI thread.
class TerminalSource : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    virtual void write(const QByteArray &bytes) = 0;
    virtual qint64 bytesToWrite() const = 0;
    virtual void resize(TerminalSize size) = 0;
    virtual void consumed(qint64 bytes) = 0;

signals:
    /// Clear screen and scrollback; the next `bytes` of output are a replay, whose queries stay unanswered.
    void replayStarted(qint64 bytes);
    void output(const QByteArray &bytes);
    /// The last signal.
    void closed(const capsule::api::ChannelClosedParams &how);
};

std::unique_ptr<TerminalSource> byteStreamSource(std::unique_ptr<ByteStream> stream);

} // namespace capsule
