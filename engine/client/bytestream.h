// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/methods.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace capsule {

class EngineClient;

/// The client's end of a channel: a viewed terminal or a running command (protocol/channelframe.h).
/// Flow control is the receiver's duty: call consumed() as output is used up, or the stream stands still
/// after channelWindowBytes. Writing is queued and sent as the engine takes it.
class ByteStream : public QObject
{
    Q_OBJECT
public:
    ~ByteStream() override; ///< detaches from the terminal, or ends the command

    bool isOpen() const; ///< attached, and not closed yet
    void write(const QByteArray &bytes);
    void endInput(); ///< commands: end of standard input, after what was written
    qint64 bytesToWrite() const;
    void resize(TerminalSize size); ///< terminals
    void consumed(qint64 bytes);    ///< so many more bytes of output and errorOutput are used up

signals:
    void opened();
    /// The picture starts anew: clear screen and scrollback; the next `bytes` bytes of output are a
    /// replay, in which queries must not be answered. Comes first after opened(), and again when this
    /// viewer fell too far behind.
    void replayStarted(qint64 bytes);
    void output(const QByteArray &bytes);
    void errorOutput(const QByteArray &bytes);
    void bytesWritten(qint64 bytes); ///< the engine has passed them on
    /// The last signal. Exit code, or the error that ended it; neither after a detach.
    void closed(const capsule::api::ChannelClosedParams &how);

private:
    friend class EngineClient;
    class Private;
    explicit ByteStream(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

} // namespace capsule
