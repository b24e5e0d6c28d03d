// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scriptedserver.h"

#include <QLocalSocket>
#include <QPointer>
#include <QTimer>

namespace capsule::test {

struct ScriptedServer::Peer {
    QPointer<QLocalSocket> socket{};
    QByteArray input{};
    QByteArray output{};
    ScriptedReply reply{};
    bool upgraded = false;
};

namespace {

QByteArray keyOf(const QByteArray &verb, QByteArray target)
{
    if (const qsizetype mark = target.indexOf('?'); mark >= 0)
        target.truncate(mark);
    if (target.startsWith("/v1.")) {
        const qsizetype slash = target.indexOf('/', 1);
        target = slash < 0 ? QByteArray() : target.sliced(slash);
    }
    return verb + ' ' + target;
}

/// The body of a complete request and its end in `input`; -1 while it is not complete.
qsizetype takeBody(const QByteArray &input, qsizetype at, const SeenRequest &request, QByteArray &body)
{
    if (request.headers.value("transfer-encoding") != "chunked") {
        const qsizetype length = request.headers.value("content-length").toLongLong();
        body = input.mid(at, length);
        return input.size() >= at + length ? at + length : -1;
    }
    while (true) {
        const qsizetype line = input.indexOf("\r\n", at);
        if (line < 0)
            return -1;
        const qsizetype size = input.mid(at, line - at).toLongLong(nullptr, 16);
        if (input.size() < line + 2 + size + 2)
            return -1;
        body += input.mid(line + 2, size);
        at = line + 2 + size + 2;
        if (size == 0)
            return at;
    }
}

} // namespace

ScriptedReply ScriptedReply::json(int status, const QByteArray &body)
{
    return {"HTTP/1.1 " + QByteArray::number(status) + " Scripted\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body};
}

ScriptedReply ScriptedReply::chunked(const QList<QByteArray> &chunks, bool complete)
{
    QByteArray bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const QByteArray &chunk : chunks)
        bytes += QByteArray::number(chunk.size(), 16) + "\r\n" + chunk + "\r\n";
    return {bytes + (complete ? "0\r\n\r\n" : "")};
}

ScriptedReply ScriptedReply::upgraded(const QByteArray &first)
{
    return {"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n" + first};
}

ScriptedServer::ScriptedServer()
{
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server.nextPendingConnection())
            serve(socket);
    });
    onVersion("1.41");
}

ScriptedServer::~ScriptedServer()
{
    stop();
    qDeleteAll(m_peers);
}

bool ScriptedServer::listen()
{
    return m_server.listen(path());
}

void ScriptedServer::stop()
{
    m_server.close();
    dropConnections();
}

void ScriptedServer::dropConnections()
{
    for (const Peer *peer : std::as_const(m_peers)) {
        if (peer->socket)
            peer->socket->abort();
    }
}

void ScriptedServer::on(const QByteArray &request, const ScriptedReply &reply)
{
    m_script[request].append(reply);
}

void ScriptedServer::onVersion(const QByteArray &apiVersion, const QByteArray &minimum, bool podman)
{
    const QByteArray name = podman ? "Podman Engine" : "Engine";
    m_script.remove("GET /version");
    on("GET /version",
       ScriptedReply::json(200,
                           R"({"Version":"9.9","ApiVersion":")" + apiVersion + R"(","MinAPIVersion":")" + minimum + R"(","Arch":"amd64","KernelVersion":"6.1","Components":[{"Name":")" + name
                               + R"("}]})"));
}

int ScriptedServer::count(const QByteArray &request) const
{
    return static_cast<int>(std::count_if(m_seen.begin(), m_seen.end(), [&](const SeenRequest &one) { return keyOf(one.verb, one.target) == request; }));
}

QLocalSocket *ScriptedServer::lastConnection() const
{
    for (auto it = m_peers.rbegin(); it != m_peers.rend(); ++it) {
        if ((*it)->upgraded || (*it)->reply.silent || !(*it)->reply.bytes.isEmpty())
            return (*it)->socket;
    }
    return nullptr;
}

void ScriptedServer::serve(QLocalSocket *socket)
{
    auto *peer = new Peer{.socket = socket};
    m_peers.append(peer);
    connect(socket, &QLocalSocket::readyRead, this, [this, peer] { read(peer); });
    connect(socket, &QLocalSocket::disconnected, this, [this, peer] {
        m_upgradedInputClosed = m_upgradedInputClosed || peer->upgraded;
        peer->socket->deleteLater();
    });
    read(peer);
}

void ScriptedServer::read(Peer *peer)
{
    if (!peer->socket)
        return;
    if (peer->upgraded) {
        m_upgradedInput += peer->socket->readAll();
        return;
    }
    peer->input += peer->socket->readAll();
    const qsizetype end = peer->input.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    SeenRequest request;
    const QList<QByteArray> lines = peer->input.first(end).split('\n');
    const QList<QByteArray> words = lines.first().trimmed().split(' ');
    request.verb = words.value(0);
    request.target = words.value(1);
    for (const QByteArray &line : lines.sliced(1))
        request.headers.insert(line.left(line.indexOf(':')).trimmed().toLower(), line.mid(line.indexOf(':') + 1).trimmed());
    const qsizetype next = takeBody(peer->input, end + 4, request, request.body);
    if (next < 0)
        return;
    peer->input.remove(0, next);
    m_seen.append(request);
    play(peer, request);
}

void ScriptedServer::play(Peer *peer, const SeenRequest &request)
{
    const QByteArray key = keyOf(request.verb, request.target);
    QList<ScriptedReply> &replies = m_script[key];
    if (replies.isEmpty())
        replies.append(ScriptedReply::json(404, R"({"message":"nothing scripted for )" + key + "\"}"));
    peer->reply = replies.size() > 1 ? replies.takeFirst() : replies.first();
    emit requested(key);
    if (peer->reply.silent)
        return;
    peer->upgraded = peer->reply.bytes.startsWith("HTTP/1.1 101");
    if (peer->upgraded)
        m_upgradedInput += std::exchange(peer->input, {});
    peer->output = peer->reply.bytes;
    send(peer);
}

void ScriptedServer::send(Peer *peer)
{
    if (!peer->socket || peer->output.isEmpty())
        return;
    const qsizetype count = peer->reply.portion > 0 ? std::min(peer->reply.portion, peer->output.size()) : peer->output.size();
    peer->socket->write(peer->output.first(count));
    peer->socket->flush();
    peer->output.remove(0, count);
    if (!peer->output.isEmpty())
        QTimer::singleShot(0, this, [this, peer] { send(peer); });
    else if (peer->reply.thenClose)
        peer->socket->disconnectFromServer();
}

} // namespace capsule::test
