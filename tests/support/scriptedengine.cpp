// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scriptedengine.h"

#include <QCoreApplication>
#include <QNetworkRequest>
#include <QTimeZone>
#include <QWebSocket>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule::test {

ScriptedEngine::ScriptedEngine(QObject *parent)
    : QObject(parent)
    , m_server(u"scripted engine"_s, QWebSocketServer::NonSecureMode)
{
    connect(&m_server, &QWebSocketServer::newConnection, this, [this] {
        while (auto *client = m_server.nextPendingConnection())
            adopt(client);
    });
    listen();
}

ScriptedEngine::~ScriptedEngine()
{
    hangUp();
}

EngineFile ScriptedEngine::file() const
{
    return {u"0.0.test"_s,
            api::version,
            QCoreApplication::applicationPid(),
            u"http://127.0.0.1:%1"_s.arg(m_port),
            u"sesame"_s,
            QDateTime(QDate(2026, 1, 1), QTime(0, 0), QTimeZone::UTC)};
}

void ScriptedEngine::listen()
{
    if (m_server.listen(QHostAddress::LocalHost, m_port))
        m_port = m_server.serverPort();
}

void ScriptedEngine::hangUp()
{
    m_server.close();
    dropClients();
}

void ScriptedEngine::dropClients()
{
    for (QWebSocket *client : std::exchange(m_clients, {})) {
        client->disconnect(this);
        client->abort();
        client->deleteLater();
    }
}

void ScriptedEngine::adopt(QWebSocket *client)
{
    ++m_connectionsSeen;
    m_clients << client;
    m_authorization = client->request().rawHeader("Authorization");
    m_hadOrigin = client->request().hasRawHeader("Origin");
    connect(client, &QWebSocket::disconnected, this, [this, client] {
        m_clients.removeOne(client);
        client->deleteLater();
    });
    connect(client, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &bytes) {
        if (const auto frame = decodeFrame(bytes))
            m_frames << *frame;
    });
    connect(client, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
        const auto message = jsonrpc::parse(text.toUtf8());
        if (!message || !std::holds_alternative<jsonrpc::Request>(*message))
            return;
        const auto request = std::get<jsonrpc::Request>(*message);
        m_requests << request;
        if (script)
            script(request);
    });
}

void ScriptedEngine::reply(const QJsonValue &id, const Result<QJsonObject> &result)
{
    sendText(jsonrpc::response(id, result));
}

void ScriptedEngine::sendText(const QByteArray &text)
{
    for (QWebSocket *client : std::as_const(m_clients))
        client->sendTextMessage(QString::fromUtf8(text));
}

void ScriptedEngine::sendBinary(const QByteArray &bytes)
{
    for (QWebSocket *client : std::as_const(m_clients))
        client->sendBinaryMessage(bytes);
}

qsizetype ScriptedEngine::requestCount(const char *method) const
{
    return std::ranges::count_if(m_requests, [&](const jsonrpc::Request &request) { return request.method == QLatin1String(method); });
}

QByteArray ScriptedEngine::received(quint32 channel) const
{
    QByteArray bytes;
    for (const ChannelFrame &frame : m_frames) {
        if (frame.channel == channel && frame.kind == FrameKind::Data)
            bytes += frame.payload;
    }
    return bytes;
}

} // namespace capsule::test
