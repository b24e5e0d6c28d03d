// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/connection.h"

#include "docker/errors.h"

#include <QFile>
#include <QLocalSocket>
#include <QPointer>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

#include <sys/socket.h>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qint64 chunk = 64 * 1024;

Result<QByteArray> readPem(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > 1024 * 1024)
        return fail(ErrorCode::InvalidArgument, u"The certificate file %1 for the container engine cannot be read."_s.arg(path), file.errorString());
    return file.readAll();
}

Result<QSslKey> readKey(const QString &path)
{
    const Result<QByteArray> pem = readPem(path);
    if (!pem)
        return std::unexpected(pem.error());
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec}) {
        const QSslKey key(*pem, algorithm);
        if (!key.isNull())
            return key;
    }
    return fail(ErrorCode::InvalidArgument, u"The key file %1 for the container engine is not an RSA or EC key without a password."_s.arg(path));
}

} // namespace

Result<QSslConfiguration> tlsConfiguration(const Endpoint &endpoint)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setPeerVerifyMode(endpoint.verifyPeer ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
    tls.setAllowedNextProtocols({QByteArrayLiteral("http/1.1")});
    if (!endpoint.caFile.isEmpty()) {
        const Result<QByteArray> pem = readPem(endpoint.caFile);
        if (!pem)
            return std::unexpected(pem.error());
        tls.setCaCertificates(QSslCertificate::fromData(*pem, QSsl::Pem)); // only these, not the system's
    }
    if (!endpoint.certificateFile.isEmpty() && !endpoint.keyFile.isEmpty()) {
        const Result<QByteArray> pem = readPem(endpoint.certificateFile);
        if (!pem)
            return std::unexpected(pem.error());
        const Result<QSslKey> key = readKey(endpoint.keyFile);
        if (!key)
            return std::unexpected(key.error());
        tls.setLocalCertificateChain(QSslCertificate::fromData(*pem, QSsl::Pem));
        tls.setPrivateKey(*key);
    }
    return tls;
}

Connection::Connection(const Route &route)
    : m_endpoint(route.endpoint)
{
    if (m_endpoint.kind == EndpointKind::Unix) {
        m_local = new QLocalSocket(this);
        m_device = m_local;
        watch(m_local);
        connect(m_local, &QLocalSocket::connected, this, &Connection::opened);
        m_local->connectToServer(m_endpoint.socketPath);
    } else if (m_endpoint.kind == EndpointKind::Tls) {
        auto *socket = new QSslSocket(this);
        m_tcp = socket;
        m_device = socket;
        watch(socket);
        socket->setSslConfiguration(route.tls);
        connect(socket, &QSslSocket::encrypted, this, &Connection::opened);
        socket->connectToHostEncrypted(m_endpoint.host, m_endpoint.port);
    } else {
        m_tcp = new QTcpSocket(this);
        m_device = m_tcp;
        watch(m_tcp);
        connect(m_tcp, &QTcpSocket::connected, this, &Connection::opened);
        m_tcp->connectToHost(m_endpoint.host, m_endpoint.port);
    }
}

Connection::~Connection()
{
    m_device->disconnect(this); // its last signals would come to a half destroyed object
}

template<class Socket>
void Connection::watch(Socket *socket)
{
    socket->setReadBufferSize(readBuffer);
    // Queued: a socket may fail within the call that connects or writes, before anybody listens to us.
    connect(socket, &Socket::disconnected, this, &Connection::disconnected, Qt::QueuedConnection);
    connect(socket, &Socket::errorOccurred, this, [this, socket] { failed(socket->errorString()); });
    connect(socket, &QIODevice::readyRead, this, &Connection::drain);
    connect(socket, &QIODevice::bytesWritten, this, [this] {
        if (m_shutdownWanted && bytesToWrite() == 0)
            shutdownNow();
        emit bytesWritten();
    });
}

void Connection::opened()
{
    m_connected = true;
    if (m_tcp)
        m_tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    // A local socket connects within the constructor.
    QMetaObject::invokeMethod(this, &Connection::connected, Qt::QueuedConnection);
}

void Connection::write(QByteArrayView data)
{
    if (m_connected && !m_result)
        m_device->write(data.data(), data.size());
}

qint64 Connection::bytesToWrite() const
{
    return m_device->bytesToWrite();
}

void Connection::setReadPaused(bool paused)
{
    if (std::exchange(m_paused, paused) == paused || paused)
        return;
    QMetaObject::invokeMethod(this, &Connection::drain, Qt::QueuedConnection);
}

void Connection::drain()
{
    const QPointer<Connection> alive(this);
    while (!m_paused && m_device->bytesAvailable() > 0) {
        const QByteArray bytes = m_device->read(chunk);
        if (bytes.isEmpty())
            break;
        emit received(bytes);
        if (!alive)
            return;
    }
    if (m_result && !m_paused && !std::exchange(m_told, true))
        emit closed(*m_result);
}

void Connection::failed(const QString &detail)
{
    if (m_result)
        return;
    if (!m_connected) {
        close(std::unexpected(connectError(m_endpoint, detail)));
        return;
    }
    // Reported here and then as disconnected(): the other side closed in good order, or while we wrote.
    const bool orderly = m_local ? m_local->error() == QLocalSocket::PeerClosedError : m_tcp->error() == QAbstractSocket::RemoteHostClosedError;
    if (!orderly) {
        close(std::unexpected(lostError(u"go on"_s, detail)));
        return;
    }
    salvage();
}

/// When writing fails Qt throws away what the engine had answered: its reason for closing. Called before Qt does so.
void Connection::salvage()
{
    const QPointer<Connection> alive(this);
    drain();
    if (!alive || m_paused || (m_tcp && m_endpoint.kind == EndpointKind::Tls) || descriptor() < 0)
        return;
    QByteArray rest(chunk, Qt::Uninitialized);
    const ssize_t count = ::recv(static_cast<int>(descriptor()), rest.data(), static_cast<size_t>(rest.size()), MSG_DONTWAIT);
    if (count > 0)
        emit received(rest.first(count));
}

void Connection::disconnected()
{
    close({});
}

void Connection::close(Result<void> result)
{
    if (!m_result) {
        m_result = std::move(result);
        QMetaObject::invokeMethod(this, &Connection::drain, Qt::QueuedConnection);
    }
}

void Connection::shutdownWrites()
{
    if (m_endpoint.kind == EndpointKind::Tls || std::exchange(m_shutdownWanted, true))
        return;
    if (m_connected && bytesToWrite() == 0)
        shutdownNow();
}

void Connection::shutdownNow()
{
    if (descriptor() >= 0)
        ::shutdown(static_cast<int>(descriptor()), SHUT_WR);
}

qintptr Connection::descriptor() const
{
    return m_local ? m_local->socketDescriptor() : m_tcp->socketDescriptor();
}

} // namespace capsule::docker
