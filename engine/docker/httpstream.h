// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"
#include "docker/httpparser.h"

#include <QPointer>

class QIODevice;

namespace capsule::docker {

class Connection;

enum class RequestBody { None, Streamed };

/// A streamed request. `path` as in Call.
struct StreamRequest {
    QByteArray verb = "GET";
    QString path{};
    QUrlQuery query{};
    RequestBody body = RequestBody::None;
    QByteArray contentType = "application/x-tar";
    QString what{}; ///< for the error's sentence: "build the image"
};

/// One HTTP exchange on a connection of its own whose bodies are streamed in both directions, with flow control
/// and without a timeout. Starts by itself once the event loop runs. finished() comes exactly once; then it only waits
/// to be deleted.
class HttpStream : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 writeLimit = 1024 * 1024;

    HttpStream(Client &client, StreamRequest request, QObject *parent);
    ~HttpStream() override;

    /// Takes what fits into writeLimit and says how much that was; writable() follows when there is room again.
    qint64 write(QByteArrayView data);
    void endBody(); ///< the request's body is complete

    /// Sends all of `source` and ends the body. A sequential source ends with readChannelFinished() or by being
    /// closed. It must live until finished(), and may be sending already.
    void sendFrom(QIODevice *source);

    void setReadPaused(bool paused); ///< the engine then feels the back-pressure
    void cancel();                   ///< finished(Cancelled)

signals:
    void writable();
    void sent(qint64 bytes);                                       ///< of the body, given to the system so far
    void answered(const capsule::docker::ResponseHead &head);      ///< a 2xx reply begins
    void data(const QByteArray &bytes);                            ///< of a 2xx reply's body
    void finished(const capsule::Result<void> &result);

private:
    void begin(const Result<Route> &route);
    void flush();
    void pump();
    void receive(const QByteArray &bytes);
    void disconnected(const Result<void> &result);
    void end(Result<void> result);
    bool succeeded() const;

    Client &m_client;
    StreamRequest m_request;
    std::unique_ptr<Connection> m_connection;
    QPointer<QIODevice> m_source;
    ResponseParser m_parser;
    QByteArray m_pending;   ///< body written before the head was sent
    QByteArray m_errorBody; ///< of a reply that is not a 2xx, at most 64 KiB
    qint64 m_accepted = 0;
    bool m_headSent = false;
    bool m_bodyEnded = false;
    bool m_trailerSent = false;
    bool m_sourceEnded = false;
    bool m_full = false;
    bool m_paused = false;
    bool m_ended = false;
};

/// A call that takes long but says little (wait, stop, commit): its body, at most 1 MiB. It has a connection of its
/// own, so that no number of them delays a short call. Without a timeout it waits for ever.
Async<QByteArray> sendSlowly(Client &client, const StreamRequest &request, std::optional<std::chrono::milliseconds> timeout);

} // namespace capsule::docker
