// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/channelframe.h"
#include "protocol/enginefile.h"
#include "protocol/jsonrpc.h"
#include "protocol/methods.h"

#include <QObject>
#include <QWebSocketServer>

#include <functional>

class QWebSocket;

namespace capsule::test {

/// A WebSocket server that speaks for an engine exactly as a test tells it to, well or badly. Requests are
/// recorded; without a script none is answered.
class ScriptedEngine : public QObject {
    Q_OBJECT
public:
    explicit ScriptedEngine(QObject *parent = nullptr);
    ~ScriptedEngine() override;

    EngineFile file() const; ///< as the engine would write it
    void listen(); ///< again, on the same port, after hangUp()
    void hangUp(); ///< drops every client and listens no more

    /// Called for each request; answer with reply() now, later, twice or never.
    std::function<void(const jsonrpc::Request &)> script;
    void reply(const QJsonValue &id, const Result<QJsonObject> &result);
    template<class Notification>
    void notify(const typename Notification::Params &params)
    {
        sendText(jsonrpc::notification(QLatin1String(Notification::name), wire::toJson(params)));
    }
    void sendText(const QByteArray &text);
    void sendBinary(const QByteArray &bytes);
    void sendFrame(const ChannelFrame &frame) { sendBinary(encodeFrame(frame)); }
    void dropClients();

    int clientCount() const { return int(m_clients.size()); }
    int connectionsSeen() const { return m_connectionsSeen; }
    QByteArray lastAuthorization() const { return m_authorization; }
    bool lastHadOrigin() const { return m_hadOrigin; }
    const QList<jsonrpc::Request> &requests() const { return m_requests; }
    qsizetype requestCount(const char *method) const;
    const QList<ChannelFrame> &frames() const { return m_frames; }
    QByteArray received(quint32 channel) const; ///< all Data of it

private:
    void adopt(QWebSocket *client);

    QWebSocketServer m_server;
    quint16 m_port = 0;
    QList<QWebSocket *> m_clients;
    QList<jsonrpc::Request> m_requests;
    QList<ChannelFrame> m_frames;
    QByteArray m_authorization;
    bool m_hadOrigin = false;
    int m_connectionsSeen = 0;
};

} // namespace capsule::test
