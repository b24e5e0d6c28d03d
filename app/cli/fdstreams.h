// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>

#include <memory>

class QSocketNotifier;

namespace capsule::cli {

/// Reads a file descriptor as bytes come, in portions of up to 32 KiB. Starts paused.
class FdReader : public QObject
{
    Q_OBJECT
public:
    explicit FdReader(int fd, QObject *parent = nullptr);
    ~FdReader() override;

    void setPaused(bool paused);

signals:
    void bytes(const QByteArray &bytes);
    void ended(); ///< end of file, or it cannot be read any more

private:
    void read();

    int m_fd;
    QSocketNotifier *m_notifier;
    bool m_ended = false;
};

/// Writes to a file descriptor without ever blocking the event loop where that is possible: terminals and pipes are
/// opened anew for that, since O_NONBLOCK on a standard stream would reach every program that shares it. The caller
/// keeps pending() bounded.
class FdWriter : public QObject
{
    Q_OBJECT
public:
    explicit FdWriter(int fd, QObject *parent = nullptr);
    ~FdWriter() override;

    void write(const QByteArray &bytes);
    qint64 pending() const { return m_queue.size(); }
    /// For the last words: waits up to a second for a reader that is slow.
    void flushAtExit();

signals:
    void written(qint64 bytes);
    void failed(); ///< nobody reads any more; what is written from now on is dropped

private:
    void flush();

    int m_fd;
    bool m_ownsFd = false;
    bool m_failed = false;
    QByteArray m_queue;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace capsule::cli
