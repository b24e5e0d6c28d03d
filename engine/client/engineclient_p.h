// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/engineclient.h"

#include "protocol/jsonrpc.h"

#include <QFileSystemWatcher>
#include <QHash>
#include <QPointer>
#include <QTimer>
#include <QWebSocket>

namespace capsule {

/// The connection behind EngineClient. A socket is used for one connection only; when it breaks, everything
/// that waited on it is answered before the next one is tried.
class EngineClient::Private {
public:
    Private(EngineClient *client, Locate locateEngine);
    static Private *of(EngineClient *client) { return client->d.get(); }

    EngineClient *q;
    Locate locate;
    State state = State::Disconnected;
    Error lastError;
    EngineFile target; ///< the engine that was tried last
    QPointer<QWebSocket> socket;
    QTimer retryTimer;
    QTimer openTimer; ///< gives up on an engine that accepts but never answers the upgrade
    QTimer pingTimer;
    QFileSystemWatcher watcher;
    int attempts = 0;
    int missedPongs = 0;
    qint64 lastId = 0;
    QHash<qint64, Reply> pending;
    QHash<quint32, ByteStream *> channels;

    void open();
    /// Ends the socket, answers what waited with `error`, and waits for the next try.
    void fallBack(const Error &error);
    void shutDown(const Error &error);
    void setState(State next);
    void watch();
    void retryIfEngineChanged();
    void ping();

    void receiveText(const QString &text);
    void receiveBinary(const QByteArray &bytes);
    void receiveResponse(const jsonrpc::Response &response);
    void receiveNotification(const QString &method, const QJsonObject &params);

    void sendFrame(const QByteArray &frame);
    void releaseChannel(quint32 channel);
    std::unique_ptr<ByteStream> openStream(const QString &method, const QJsonObject &params);
};

} // namespace capsule
