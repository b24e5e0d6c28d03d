// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

#include <QIODevice>

class QTcpSocket;
class QLocalSocket;

namespace capsule::docker {

/// One byte stream to an engine over a Unix socket, TCP or TLS, with bounded buffers and a pause that reaches the
/// kernel. Starts connecting at once. closed() comes exactly once, after the last received(), and not while
/// reading is paused.
class Connection : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 readBuffer = 256 * 1024;

    explicit Connection(const Route &route);
    ~Connection() override;

    bool isConnected() const { return m_connected; }
    void write(QByteArrayView data);
    qint64 bytesToWrite() const;
    void setReadPaused(bool paused);
    void shutdownWrites(); ///< once all is written; nothing over TLS, where Qt has no half close

signals:
    void connected();
    void received(const QByteArray &bytes);
    void bytesWritten();
    void closed(const capsule::Result<void> &result); ///< success: in good order by the other side

private:
    template<class Socket>
    void watch(Socket *socket);
    void opened();
    void drain();
    void failed(const QString &detail);
    void salvage();
    void disconnected();
    void close(Result<void> result);
    void shutdownNow();
    qintptr descriptor() const;

    Endpoint m_endpoint;
    QLocalSocket *m_local = nullptr; ///< one of the two, our child
    QTcpSocket *m_tcp = nullptr;
    QIODevice *m_device = nullptr;
    std::optional<Result<void>> m_result; ///< how it ended, until it can be told
    bool m_connected = false;
    bool m_paused = false;
    bool m_shutdownWanted = false;
    bool m_told = false;
};

/// The certificates that the endpoint names. InvalidArgument when a file cannot be read.
Result<QSslConfiguration> tlsConfiguration(const Endpoint &endpoint);

} // namespace capsule::docker
