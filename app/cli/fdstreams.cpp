// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/fdstreams.h"

#include <QPointer>
#include <QSocketNotifier>

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace capsule::cli {

namespace {

constexpr qsizetype portion = 32 * 1024;

/// An own, non-blocking open file description of the same terminal or pipe; -1 where there can be none.
int reopened(int fd)
{
    struct stat info{};
    if (::fstat(fd, &info) != 0 || (!S_ISCHR(info.st_mode) && !S_ISFIFO(info.st_mode)))
        return -1;
    const QByteArray path = "/proc/self/fd/" + QByteArray::number(fd);
    return ::open(path.constData(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

} // namespace

FdReader::FdReader(int fd, QObject *parent)
    : QObject(parent)
    , m_fd(fd)
    , m_notifier(new QSocketNotifier(fd, QSocketNotifier::Read, this))
{
    m_notifier->setEnabled(false);
    connect(m_notifier, &QSocketNotifier::activated, this, &FdReader::read);
}

FdReader::~FdReader() = default;

void FdReader::setPaused(bool paused)
{
    m_notifier->setEnabled(!paused && !m_ended);
}

void FdReader::read()
{
    QByteArray buffer(portion, Qt::Uninitialized);
    const ssize_t count = ::read(m_fd, buffer.data(), size_t(buffer.size()));
    if (count > 0) {
        buffer.truncate(count);
        emit bytes(buffer);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        m_ended = true;
        m_notifier->setEnabled(false);
        emit ended();
    }
}

FdWriter::FdWriter(int fd, QObject *parent)
    : QObject(parent)
    , m_fd(fd)
{
    if (const int own = reopened(fd); own >= 0) {
        m_fd = own;
        m_ownsFd = true;
        m_notifier = std::make_unique<QSocketNotifier>(m_fd, QSocketNotifier::Write);
        m_notifier->setEnabled(false);
        connect(m_notifier.get(), &QSocketNotifier::activated, this, &FdWriter::flush);
    }
}

FdWriter::~FdWriter()
{
    m_notifier.reset();
    if (m_ownsFd)
        ::close(m_fd);
}

void FdWriter::write(const QByteArray &bytes)
{
    if (m_failed || bytes.isEmpty())
        return;
    m_queue += bytes;
    flush();
}

void FdWriter::flush()
{
    qint64 done = 0;
    while (done < m_queue.size()) {
        const ssize_t count = ::write(m_fd, m_queue.constData() + done, size_t(m_queue.size() - done));
        if (count >= 0) {
            done += count;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            m_failed = true;
            break;
        }
    }
    m_queue.remove(0, done);
    if (m_notifier)
        m_notifier->setEnabled(!m_failed && !m_queue.isEmpty());
    const QPointer<FdWriter> alive(this);
    if (done > 0)
        emit written(done);
    if (alive && m_failed) {
        m_queue.clear();
        emit failed();
    }
}

void FdWriter::flushAtExit()
{
    pollfd waiting{m_fd, POLLOUT, 0};
    for (int i = 0; i < 10 && !m_failed && !m_queue.isEmpty(); ++i) {
        if (::poll(&waiting, 1, 100) > 0)
            flush();
    }
}

} // namespace capsule::cli
