// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/jsonrpc.h"
#include "server/doorkeeper.h"

#include <QHttpServer>

#include <memory>
#include <vector>

namespace capsule {

class ClientConnection;
class MethodRegistry;

/// The engine's one port on the loopback interface: /health for everybody on the machine, /ws for whoever
/// holds the token. Checks the head of each request (gate.h) before any upgrade. Owns the connections.
class HttpServer : public QObject {
    Q_OBJECT
public:
    struct Options {
        QByteArray token;
        QString version;
        int maxConnections = 64;
        std::chrono::milliseconds beat{30'000};
        Doorkeeper::Limits door;
    };

    HttpServer(Options options, const MethodRegistry &methods, QObject *parent = nullptr);
    ~HttpServer() override;

    /// Port 0: any free one. AlreadyExists: somebody else has that port.
    Result<void> listen(quint16 port);
    quint16 port() const;
    QString address() const; ///< http://127.0.0.1:PORT
    const QByteArray &token() const { return m_options.token; }
    int connectionCount() const { return int(m_connections.size()); }

    template<class Notification>
    void broadcast(const typename Notification::Params &params)
    {
        broadcastText(QString::fromUtf8(jsonrpc::notification(QLatin1String(Notification::name), wire::toJson(params))));
    }
    void closeAll(const QString &reason);

signals:
    void connectionCountChanged(int count);

private:
    QHttpServerWebSocketUpgradeResponse verify(const QHttpServerRequest &request);
    void refuse(const QHttpServerRequest &request, QHttpServerResponder &responder);
    void adopt(std::unique_ptr<QWebSocket> socket);
    void broadcastText(const QString &text);
    bool isTooManyWrongTokens();

    Options m_options;
    const MethodRegistry &m_methods;
    QHttpServer m_http;
    Doorkeeper *m_door; ///< owned by m_http once bound
    std::vector<std::unique_ptr<ClientConnection>> m_connections;
    QTimer m_beat;
    QElapsedTimer m_wrongSince;
    int m_wrongTokens = 0; ///< since then
};

} // namespace capsule
