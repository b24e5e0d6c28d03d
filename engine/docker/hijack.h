// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"
#include "docker/demux.h"
#include "docker/httpparser.h"

namespace capsule::docker {

class Connection;

enum class Framing {
    Raw,   ///< a TTY: bytes as they are
    Multiplexed, ///< stdout and stderr in frames, see demux.h
};

/// A POST that turns its connection into a two-way byte stream (exec start, container attach).
struct HijackRequest {
    QString path{};
    QUrlQuery query{};
    QJsonObject body{};
    Framing framing = Framing::Raw;
    QString what{}; ///< for the error's sentence: "open the terminal"
};

/// The two-way byte stream behind an exec or an attach, bounded in both directions. Starts by itself once the
/// event loop runs. finished() comes exactly once, after the last output; ending or deleting the stream does not
/// end the process behind it.
class HijackedStream : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 writeLimit = 1024 * 1024;
    static constexpr qint64 readLimit = 256 * 1024; ///< held here while reading is paused; the rest waits in the kernel

    HijackedStream(Client &client, HijackRequest request, QObject *parent);
    ~HijackedStream() override;

    bool isStarted() const { return m_started; }

    /// Takes what fits into writeLimit and says how much that was; writable() follows when there is room again.
    /// Before started() and after closeInput() it takes bytes too, and none, respectively.
    qint64 write(QByteArrayView data);
    qint64 bytesToWrite() const;

    /// Half close, after what was written: the process sees the end of its input (not with a TTY: send Ctrl-D).
    /// Over TLS there is no half close and nothing happens.
    void closeInput();

    void setReadPaused(bool paused); ///< nothing more is delivered or read; the process feels the back-pressure
    void close();                    ///< finished(Cancelled)

signals:
    void started();                          ///< the engine switched; from now on resizeExec() works
    void output(const QByteArray &bytes);
    void errorOutput(const QByteArray &bytes); ///< Framing::Multiplexed only
    void writable();
    void finished(const capsule::Result<void> &result); ///< success: the other side closed in good order

private:
    void begin(const Result<Route> &route);
    void receive(const QByteArray &bytes);
    void receiveHead(const QByteArray &bytes);
    void deliver(const QByteArray &bytes);
    void deliverHeld();
    void refuse();
    void disconnected(const Result<void> &result);
    void end(Result<void> result);

    Client &m_client;
    HijackRequest m_request;
    std::unique_ptr<Connection> m_connection;
    ResponseParser m_head;
    Demultiplexer m_demultiplexer;
    QByteArray m_pending;   ///< input written before started()
    QList<StreamPart> m_held; ///< taken apart already when reading was paused
    QByteArray m_errorBody;
    bool m_started = false;
    bool m_inputClosed = false;
    bool m_full = false;
    bool m_paused = false;
    bool m_ended = false;
};

} // namespace capsule::docker
