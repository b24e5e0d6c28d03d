// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/doorkeeper.h"

#include "base/logging.h"

using namespace std::chrono_literals;

namespace capsule {

Doorkeeper::Doorkeeper(Limits limits, QObject *parent)
    : QTcpServer(parent)
    , m_limits(limits)
{
    m_sweep.setInterval(std::min<std::chrono::milliseconds>(1s, limits.patience));
    connect(&m_sweep, &QTimer::timeout, this, &Doorkeeper::sweep);
}

void Doorkeeper::incomingConnection(qintptr descriptor)
{
    auto *socket = new QTcpSocket(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    // A key's acknowledgement and its echo are two small writes: Nagle would hold the second for 40 ms.
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    sweep();
    if (m_waiting.size() >= m_limits.halfOpen)
        turnAway(m_waiting.takeFirst().socket, "too many wait");

    Waiting &entry = m_waiting.emplaceBack();
    entry.socket = socket;
    entry.peerPort = socket->peerPort();
    entry.since.start();
    // Connected before the HTTP server does, so that it counts before that reads.
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] { count(socket); });
    m_sweep.start();
    addPendingConnection(socket);
}

QTcpSocket *Doorkeeper::find(quint16 peerPort) const
{
    for (const Waiting &entry : m_waiting) {
        if (entry.peerPort == peerPort && entry.socket)
            return entry.socket;
    }
    return nullptr;
}

void Doorkeeper::letIn(quint16 peerPort)
{
    QTcpSocket *socket = find(peerPort);
    if (!socket)
        return;
    socket->disconnect(this);
    m_waiting.removeIf([socket](const Waiting &entry) { return entry.socket == socket; });
}

void Doorkeeper::sendAway(quint16 peerPort)
{
    QTcpSocket *socket = find(peerPort);
    if (!socket)
        return;
    socket->flush();
    QMetaObject::invokeMethod(socket, &QTcpSocket::disconnectFromHost, Qt::QueuedConnection);
}

void Doorkeeper::count(QTcpSocket *socket)
{
    for (Waiting &entry : m_waiting) {
        if (entry.socket != socket)
            continue;
        entry.receivedBytes += socket->bytesAvailable(); // unread bytes count again: stricter, never laxer
        if (entry.receivedBytes > m_limits.headBytes)
            turnAway(socket, "its request is too large");
        return;
    }
}

void Doorkeeper::sweep()
{
    m_waiting.removeIf([this](const Waiting &entry) {
        if (!entry.socket || entry.socket->state() != QAbstractSocket::ConnectedState)
            return true;
        if (!entry.since.hasExpired(m_limits.patience.count()))
            return false;
        turnAway(entry.socket, "it asked nothing");
        return true;
    });
    if (m_waiting.isEmpty())
        m_sweep.stop();
}

void Doorkeeper::turnAway(QTcpSocket *socket, const char *why)
{
    if (!socket)
        return;
    qCWarning(lcServer) << "a connection from port" << socket->peerPort() << "was dropped:" << why;
    // Queued: the HTTP server may be reading from it just now.
    QMetaObject::invokeMethod(socket, &QTcpSocket::abort, Qt::QueuedConnection);
}

} // namespace capsule
