// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

#include <QHash>
#include <QPointer>
#include <QTimer>

namespace capsule::docker {

class HttpStream;

/// Something that happened at the engine. Docker and Podman differ in names: Docker says "die" and "exec_die",
/// Podman "died" and "exec_died"; Action has Docker's names for those that both have.
struct Event {
    QString type{};   ///< "container", "image", "network", "volume"
    QString action{}; ///< "create", "start", "die", "destroy", "rename", "exec_die", "health_status: healthy", ...
    QString id{};
    QHash<QString, QString> attributes{}; ///< "name", "image", "exitCode" and the object's labels
    qint64 timeNano = 0;

    bool operator==(const Event &) const = default;
};

Result<Event> parseEvent(const QByteArray &json);

/// The engine's events about objects with the given labels, for as long as the object lives. Reconnects by itself,
/// after 0.25 s, then doubling up to 15 s. What happened while it was disconnected is not repeated: take
/// stock at each connected(). Starts by itself once the event loop runs.
class EventStream : public QObject
{
    Q_OBJECT

public:
    EventStream(Client &client, const QStringList &labels, QObject *parent);
    ~EventStream() override;

    bool isConnected() const { return m_connected; }
    void setBackOff(std::chrono::milliseconds first, std::chrono::milliseconds last);

signals:
    void connected();
    void disconnected(const capsule::Error &error); ///< also for each attempt that failed
    void event(const capsule::docker::Event &event);

private:
    void connectNow();
    void take(const QByteArray &bytes);
    void lost(const Result<void> &result);

    Client &m_client;
    QStringList m_labels;
    QPointer<HttpStream> m_stream;
    QTimer m_retry;
    QByteArray m_line;
    std::chrono::milliseconds m_firstDelay{250};
    std::chrono::milliseconds m_lastDelay{15'000};
    std::chrono::milliseconds m_delay{250};
    bool m_connected = false;
};

} // namespace capsule::docker
