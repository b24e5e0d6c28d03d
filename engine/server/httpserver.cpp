// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/httpserver.h"

#include "base/logging.h"
#include "server/clientconnection.h"
#include "server/gate.h"
#include "server/methodregistry.h"

#include <QHttpHeaders>
#include <QHttpServerResponder>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int maxWrongTokens = 20; // in wrongTokenWindowMs; beyond it they are answered 429 and not logged
constexpr qint64 wrongTokenWindowMs = 10'000;

Knock knockOf(const QHttpServerRequest &request)
{
    const QHttpHeaders headers = request.headers();
    using Known = QHttpHeaders::WellKnownHeader;
    return {.path = request.url().path(),
            .isUpgrade = headers.combinedValue(Known::Upgrade).toLower() == "websocket",
            .hosts = headers.values(Known::Host),
            .origins = headers.values(Known::Origin),
            .authorizations = headers.values(Known::Authorization)};
}

void respond(QHttpServerResponder &responder, int status, const QJsonObject &body)
{
    QHttpHeaders headers;
    headers.append(QHttpHeaders::WellKnownHeader::ContentType, "application/json");
    headers.append(QHttpHeaders::WellKnownHeader::CacheControl, "no-store");
    headers.append(QHttpHeaders::WellKnownHeader::XContentTypeOptions, "nosniff");
    if (status >= 400)
        headers.append(QHttpHeaders::WellKnownHeader::Connection, "close");
    responder.write(QJsonDocument(body).toJson(QJsonDocument::Compact), headers, QHttpServerResponder::StatusCode(status));
}

} // namespace

HttpServer::HttpServer(Options options, const MethodRegistry &methods, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_methods(methods)
    , m_door(new Doorkeeper(m_options.door, this))
{
    m_http.addWebSocketUpgradeVerifier(this, [this](const QHttpServerRequest &request) { return verify(request); });
    m_http.setMissingHandler(this,
                             [this](const QHttpServerRequest &request, QHttpServerResponder &responder) { refuse(request, responder); });
    connect(&m_http, &QHttpServer::newWebSocketConnection, this, [this] {
        while (auto socket = m_http.nextPendingWebSocketConnection())
            adopt(std::move(socket));
    });
    m_beat.setInterval(m_options.beat);
    connect(&m_beat, &QTimer::timeout, this, [this] {
        for (const auto &connection : m_connections)
            connection->beat();
    });
    m_beat.start();
}

HttpServer::~HttpServer() = default;

Result<void> HttpServer::listen(quint16 port)
{
    if (!m_door->listen(QHostAddress::LocalHost, port))
        return fail(m_door->serverError() == QAbstractSocket::AddressInUseError ? ErrorCode::AlreadyExists : ErrorCode::Unavailable,
                    u"Port %1 of the loopback interface is not free; choose another."_s.arg(port), m_door->errorString());
    if (!m_http.bind(m_door))
        return fail(ErrorCode::Internal, u"The HTTP server could not be started."_s);
    return {};
}

quint16 HttpServer::port() const
{
    return m_door->serverPort();
}

QString HttpServer::address() const
{
    return u"http://127.0.0.1:%1"_s.arg(port());
}

QHttpServerWebSocketUpgradeResponse HttpServer::verify(const QHttpServerRequest &request)
{
    const House house{port(), m_options.token, connectionCount() >= m_options.maxConnections};
    // A denied upgrade is answered without length or close, and a plain client would wait for ever; one that is
    // passed on goes to the missing handler, which answers properly, and is then disconnected.
    if (refusalOf(knockOf(request), house))
        return QHttpServerWebSocketUpgradeResponse::passToNext();
    m_door->letIn(request.remotePort());
    return QHttpServerWebSocketUpgradeResponse::accept();
}

/// Every request comes here that is not an accepted upgrade, /health among them.
void HttpServer::refuse(const QHttpServerRequest &request, QHttpServerResponder &responder)
{
    const House house{port(), m_options.token, connectionCount() >= m_options.maxConnections};
    auto refusal = refusalOf(knockOf(request), house);
    if (!refusal)
        return respond(responder, 200, {{u"status"_s, u"ok"_s}, {u"version"_s, m_options.version}});

    if (refusal->wrongToken && isTooManyWrongTokens())
        refusal->httpStatus = 429;
    else
        qCWarning(lcServer) << "refused" << request.url().path().left(64) << "from port" << request.remotePort() << refusal->error.message;
    respond(responder, refusal->httpStatus,
            {{u"error"_s, QJsonObject{{u"code"_s, wire::enumToString(refusal->error.code)}, {u"message"_s, refusal->error.message}}}});
    m_door->sendAway(request.remotePort());
}

bool HttpServer::isTooManyWrongTokens()
{
    if (!m_wrongSince.isValid() || m_wrongSince.hasExpired(wrongTokenWindowMs)) {
        m_wrongSince.start();
        m_wrongTokens = 0;
    }
    return ++m_wrongTokens > maxWrongTokens;
}

void HttpServer::adopt(std::unique_ptr<QWebSocket> socket)
{
    auto connection = std::make_unique<ClientConnection>(std::move(socket), m_methods);
    ClientConnection *raw = connection.get();
    connect(raw, &ClientConnection::finished, this, [this, raw] {
        // Queued by deleteLater: the connection is in the middle of telling us.
        std::erase_if(m_connections, [&](std::unique_ptr<ClientConnection> &entry) {
            if (entry.get() != raw)
                return false;
            entry.release()->deleteLater();
            return true;
        });
        emit connectionCountChanged(connectionCount());
    });
    m_connections.push_back(std::move(connection));
    qCInfo(lcServer) << "a client connected," << m_connections.size() << "in all";
    emit connectionCountChanged(connectionCount());
}

void HttpServer::broadcastText(const QString &text)
{
    for (const auto &connection : m_connections)
        connection->sendText(text);
}

void HttpServer::closeAll(const QString &reason)
{
    m_door->close();
    // A connection that is gone at once leaves the list meanwhile.
    QList<QPointer<ClientConnection>> connections;
    for (const auto &connection : m_connections)
        connections << connection.get();
    for (const auto &connection : std::as_const(connections)) {
        if (connection)
            connection->close(QWebSocketProtocol::CloseCodeGoingAway, reason);
    }
}

} // namespace capsule
