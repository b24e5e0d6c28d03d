// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "protocol/channelframe.h"
#include "protocol/types.h"
#include "session/replayfilter.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>

namespace capsule {

class TerminalHub;

/// Where a channel's frames go: one client connection, one channel number. Implemented by the server, which
/// only passes them on; how much may be under way is decided by the channel (channelWindowBytes). The sink
/// outlives its channel. It must not destroy the channel from within a call other than closed().
class ChannelSink
{
public:
    virtual ~ChannelSink() = default;

    virtual void sendData(FrameKind kind, QByteArrayView bytes) = 0; ///< at most channelMaxFrameBytes; Data or ErrorData
    virtual void sendReplay(quint64 bytes) = 0;                      ///< so many of the following Data bytes are a replay
    virtual void sendConsumed(quint64 total) = 0;
    /// The last call, exactly once unless the channel is closed or destroyed first by its owner. Exit code,
    /// or the error that ended it.
    virtual void closed(std::optional<int> exitCode, std::optional<Error> error) = 0;
};

/// The engine's end of one channel: what a client sends goes in here, what it shall get comes out of the
/// ChannelSink, and nothing comes before begin(). Owned by the connection; destroying it detaches from the
/// terminal, or kills the command. A client that breaks the window gets closed() with ProtocolError.
class ViewerChannel : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    virtual void begin() = 0; ///< after the request was answered
    virtual void receiveData(const QByteArray &bytes) = 0;
    virtual void receiveEndOfInput() = 0; ///< commands; a terminal breaks the protocol with it
    virtual void receiveConsumed(quint64 total) = 0;
    virtual Result<void> resize(TerminalSize size) = 0; ///< terminals; a command answers Unsupported
    virtual void close() = 0; ///< detaches or kills; no more calls to the sink, closed() neither
};

/// What both kinds of channel count: bytes sent and acknowledged, received and consumed.
class ChannelWindow
{
public:
    qint64 sendable() const { return channelWindowBytes - qint64(m_sent - m_acknowledged); }
    bool hasUnacknowledged() const { return m_sent != m_acknowledged; }
    void sent(qint64 bytes) { m_sent += quint64(bytes); }
    bool acknowledge(quint64 total); ///< false: more than was sent, or less than before
    bool receive(qint64 bytes);      ///< false: more than the window
    quint64 consume(qint64 bytes) { return m_consumed += quint64(bytes); }

private:
    quint64 m_sent = 0;
    quint64 m_acknowledged = 0;
    quint64 m_received = 0;
    quint64 m_consumed = 0;
};

/// One viewer of a terminal. Reads the hub's ring at its own pace; it holds no queue but a replay snapshot.
/// Queries, bells and notifications go to one viewer only, the one last used (TerminalHub::lead), or a
/// program would be answered once for each window that shows it.
class TerminalViewer final : public ViewerChannel
{
    Q_OBJECT
public:
    TerminalViewer(TerminalHub &hub, ChannelSink &sink);
    ~TerminalViewer() override;

    void begin() override;
    void receiveData(const QByteArray &bytes) override;
    void receiveEndOfInput() override;
    void receiveConsumed(quint64 total) override;
    Result<void> resize(TerminalSize size) override;
    void close() override;

private:
    friend class TerminalHub;
    static constexpr qsizetype maxHeldSequenceBytes = 8 * 1024;
    void pump();                     ///< sends what the window allows
    void send(QByteArrayView bytes);
    void sendLive(QByteArrayView bytes);
    void startReplay(qsizetype bytes, bool anew);
    void inputWritten(qint64 bytes); ///< hub: so much of this viewer's input left for the program
    void finish(std::optional<int> exitCode, std::optional<Error> error);
    bool isLive() const { return m_open && m_begun; }
    bool isBlocked() const { return m_window.sendable() <= 0; }
    qint64 backlog() const;

    QPointer<TerminalHub> m_hub;
    ChannelSink *m_sink;
    ChannelWindow m_window;
    QByteArray m_replay;      ///< filtered snapshot being sent
    qsizetype m_replaySent = 0;
    quint64 m_next = 0;       ///< ring offset of the next live byte
    ReplayFilter m_follower{maxHeldSequenceBytes}; ///< while another viewer answers the program's queries
    QElapsedTimer m_lastHeard; ///< last acknowledgement, or when data began to wait
    bool m_begun = false;
    bool m_open = true;
};

} // namespace capsule
