// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/singleinstance.h"

#include "base/logging.h"

#include <QDeadlineTimer>
#include <QJsonDocument>
#include <QLocalSocket>
#include <QThread>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qint64 maxRequestBytes = 16 * 1024;
constexpr int handOverTimeoutMs = 3000;

/// True when the running instance said that it took the request.
bool handOver(const QString &socketPath, const LaunchRequest &request)
{
    // The other one may hold the lock and not listen yet: both were started in the same moment.
    QDeadlineTimer deadline(handOverTimeoutMs);
    while (!deadline.hasExpired()) {
        QLocalSocket socket;
        socket.connectToServer(socketPath);
        if (!socket.waitForConnected(int(deadline.remainingTime()))) {
            QThread::msleep(20);
            continue;
        }
        socket.write(QJsonDocument(wire::toJson(request)).toJson(QJsonDocument::Compact) + '\n');
        while (!socket.canReadLine() && socket.waitForReadyRead(int(deadline.remainingTime()))) { }
        return socket.readLine(16) == "ok\n";
    }
    return false;
}

} // namespace

Result<std::unique_ptr<SingleInstance>> SingleInstance::claim(const QString &directory, const LaunchRequest &request)
{
    const QString socketPath = directory + "/desktop.sock"_L1;
    auto lock = std::make_unique<QLockFile>(directory + "/desktop.lock"_L1);
    lock->setStaleLockTime(0); // stale only when its process is gone
    if (!lock->tryLock(0)) {
        if (lock->error() != QLockFile::LockFailedError)
            return fail(ErrorCode::PermissionDenied, u"The folder %1 cannot be written; check its permissions."_s.arg(directory));
        if (handOver(socketPath, request))
            return nullptr;
        return fail(ErrorCode::Unavailable, u"Capsule runs already but does not answer; end that process and start again."_s,
                    socketPath);
    }
    QLocalServer::removeServer(socketPath); // we hold the lock: whoever made it is gone
    std::unique_ptr<SingleInstance> instance(new SingleInstance(std::move(lock)));
    if (!instance->m_server.listen(socketPath))
        return fail(ErrorCode::PermissionDenied, u"The socket %1 could not be made; check the folder's permissions."_s.arg(socketPath),
                    instance->m_server.errorString());
    return instance;
}

SingleInstance::SingleInstance(std::unique_ptr<QLockFile> lock)
    : m_lock(std::move(lock))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server.nextPendingConnection()) {
            connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QLocalSocket::readyRead, this, [this, socket] { readRequest(socket); });
            readRequest(socket);
        }
    });
}

SingleInstance::~SingleInstance()
{
    m_server.close(); // removes the socket before the lock is given up
}

void SingleInstance::readRequest(QLocalSocket *socket)
{
    if (!socket->canReadLine()) {
        if (socket->bytesAvailable() > maxRequestBytes)
            socket->abort();
        return;
    }
    const auto request = wire::fromJson<LaunchRequest>(QJsonDocument::fromJson(socket->readLine(maxRequestBytes)).object());
    if (!request) {
        qCWarning(lcDesktop, "A second start sent a request that could not be read: %ls", qUtf16Printable(request.error().message));
        socket->abort();
        return;
    }
    socket->write("ok\n");
    socket->disconnectFromServer();
    emit requested(*request);
}

} // namespace capsule
