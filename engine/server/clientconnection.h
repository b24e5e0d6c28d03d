// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/jsonrpc.h"
#include "protocol/methods.h"
#include "session/terminalviewer.h"

#include <QTimer>
#include <QWebSocket>

#include <functional>
#include <memory>
#include <unordered_map>

namespace capsule {

class MethodRegistry;

/// One WebSocket of a client that was let in: routes requests to their handlers and binary frames to its
/// channels, which it owns. What it holds for a client that does not read is bounded: terminal bytes by each
/// channel's window, everything else by maxUnsentBytes, beyond which the client is dropped.
class ClientConnection : public QObject {
    Q_OBJECT
public:
    static constexpr int maxChannels = 64;
    static constexpr int maxRequests = 4096; ///< under way at once
    static constexpr int maxStrikes = 10; ///< malformed messages until the connection is closed
    static constexpr qint64 maxUnsentBytes = 8 * 1024 * 1024; ///< beside what the channels may have under way

    ClientConnection(std::unique_ptr<QWebSocket> socket, const MethodRegistry &methods, QObject *parent = nullptr);
    ~ClientConnection() override;

    /// A message that is the same for every connection, encoded once.
    void sendText(const QString &text);
    void close(QWebSocketProtocol::CloseCode code, const QString &reason);

    using MakeChannel = std::function<Result<std::unique_ptr<ViewerChannel>>(ChannelSink &sink)>;
    /// For handlers: a new channel, which begins right after the request has been answered.
    Result<api::Channel> openChannel(const MakeChannel &make);
    Result<api::Nothing> resizeChannel(qint64 number, TerminalSize size);
    Result<api::Nothing> closeChannel(qint64 number);

    /// The engine-wide beat: pings, and drops a client that did not answer the last two.
    void beat();

signals:
    void finished(); ///< the client is gone; delete this

private:
    class Channel;
    friend class Channel;

    void receiveText(const QString &text);
    void receiveBinary(const QByteArray &bytes);
    void handle(const jsonrpc::Request &request);
    void answer(const QJsonValue &id, const Result<QJsonObject> &result);
    void strike(const Error &error);
    void sendFrame(const QByteArray &frame);
    void endChannel(quint32 number, std::optional<int> exitCode, const std::optional<Error> &error);
    void drop(const QString &why);

    std::unique_ptr<QWebSocket> m_socket;
    const MethodRegistry &m_methods;
    std::unordered_map<quint32, std::unique_ptr<Channel>> m_channels;
    std::vector<std::unique_ptr<Channel>> m_ended; ///< closed from within; deleted when their callers returned
    QList<quint32> m_toBegin;
    quint32 m_lastChannel = 0;
    int m_requests = 0;
    int m_strikes = 0;
    int m_missedPongs = 0;
    bool m_dropped = false;
};

} // namespace capsule
