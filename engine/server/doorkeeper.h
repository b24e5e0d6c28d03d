// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

namespace capsule {

/// The listening socket. Qt's HTTP server bounds neither how many connections wait without a request, nor
/// for how long, nor how much they send; any user of the machine can reach a loopback port, so this does.
/// Owned by HttpServer.
class Doorkeeper : public QTcpServer {
    Q_OBJECT
public:
    struct Limits {
        int halfOpen = 16; ///< connections that are not a WebSocket (yet); beyond it the oldest goes
        std::chrono::milliseconds patience{10'000};
        qint64 headBytes = 64 * 1024; ///< what a connection may send before it is a WebSocket
    };

    explicit Doorkeeper(Limits limits, QObject *parent = nullptr);

    /// The connection from this port was let in: no limit of ours counts for it any more.
    void letIn(quint16 peerPort);
    /// Its refusal has been written: sends that now and ends the connection. Qt's HTTP server disconnects a
    /// refused upgrade itself, but destroys the socket before what was written has left.
    void sendAway(quint16 peerPort);
    int halfOpenCount() const { return int(m_waiting.size()); }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    struct Waiting {
        QPointer<QTcpSocket> socket;
        quint16 peerPort = 0;
        QElapsedTimer since;
        qint64 receivedBytes = 0;
    };

    QTcpSocket *find(quint16 peerPort) const;
    void count(QTcpSocket *socket);
    void sweep();
    void turnAway(QTcpSocket *socket, const char *why);

    Limits m_limits;
    QList<Waiting> m_waiting; ///< oldest first
    QTimer m_sweep;
};

} // namespace capsule
