// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QLocalServer>
#include <QObject>
#include <QTemporaryDir>

class QLocalSocket;

namespace capsule::test {

/// What the server sends, byte for byte, to one request.
struct ScriptedReply {
    QByteArray bytes{};
    qsizetype portion = 0;   ///< >0: sent in portions of so many bytes, one each turn of the event loop
    bool thenClose = false;  ///< closes the connection afterwards: also how to cut an answer off
    bool silent = false;     ///< sends nothing and keeps the connection

    static ScriptedReply json(int status, const QByteArray &body);
    static ScriptedReply chunked(const QList<QByteArray> &chunks, bool complete = true);
    static ScriptedReply upgraded(const QByteArray &first = {});
};

struct SeenRequest {
    QByteArray verb{};
    QByteArray target{}; ///< path and query as they came
    QHash<QByteArray, QByteArray> headers{}; ///< names in lower case
    QByteArray body{};   ///< without chunk framing
};

/// An HTTP server on a private Unix socket that plays a container engine from a script: handwritten answers that may
/// be cut off, delayed, split or lie about their length.
class ScriptedServer : public QObject
{
    Q_OBJECT

public:
    ScriptedServer();
    ~ScriptedServer() override;

    QString path() const { return m_dir.filePath(QStringLiteral("engine.sock")); }
    bool listen();
    void stop();            ///< closes the socket and every connection: the engine dies
    void dropConnections(); ///< closes every connection; new ones are taken

    /// `request` is "GET /version": the target without API version and query. The last given answer repeats.
    void on(const QByteArray &request, const ScriptedReply &reply);
    void onVersion(const QByteArray &apiVersion, const QByteArray &minimum = "1.12", bool podman = false);

    const QList<SeenRequest> &seen() const { return m_seen; }
    int count(const QByteArray &request) const;

    /// The connection that was upgraded, or that a silent reply kept; null when it is gone.
    QLocalSocket *lastConnection() const;
    QByteArray upgradedInput() const { return m_upgradedInput; } ///< what came after the upgrade
    bool upgradedInputClosed() const { return m_upgradedInputClosed; }

signals:
    void requested(const QByteArray &request);

private:
    struct Peer;
    void serve(QLocalSocket *socket);
    void read(Peer *peer);
    void play(Peer *peer, const SeenRequest &request);
    void send(Peer *peer);

    QTemporaryDir m_dir;
    QLocalServer m_server;
    QHash<QByteArray, QList<ScriptedReply>> m_script;
    QList<SeenRequest> m_seen;
    QList<Peer *> m_peers;
    QByteArray m_upgradedInput;
    bool m_upgradedInputClosed = false;
};

} // namespace capsule::test
