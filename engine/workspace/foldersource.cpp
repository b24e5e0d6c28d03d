// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/foldersource.h"

#include "workspace/tarwriter.h"

#include <condition_variable>
#include <cstring>
#include <mutex>

using namespace Qt::StringLiterals;

namespace capsule {

/// Between the thread, which fills, and the event loop, which empties.
struct FolderSource::Shared {
    mutable std::mutex mutex;
    std::condition_variable_any room;
    QByteArray buffer;      ///< from `start` on
    qsizetype start = 0;
    qint64 doneBytes = 0;
    bool finished = false;
    Result<void> outcome;
    FolderReport report;    ///< set with `finished`

    qsizetype size() const { return buffer.size() - start; }
};

FolderSource::FolderSource(Options options, QObject *parent)
    : TreeSource(parent)
    , m_options(std::move(options))
    , m_shared(std::make_unique<Shared>())
{
    connect(&m_worker, &Worker::knocked, this, &FolderSource::hear);
}

FolderSource::~FolderSource()
{
    m_worker.stop();
}

bool FolderSource::open(OpenMode mode)
{
    if (mode != ReadOnly || m_endAnnounced) {
        setErrorString(u"A folder can be read once, from its beginning."_s);
        return false;
    }
    if (!QIODevice::open(mode | Unbuffered))
        return false;
    m_worker.start([this](const std::stop_token &stop) { produce(stop); });
    return true;
}

void FolderSource::close()
{
    m_worker.stop();
    m_endAnnounced = true; // closing says it by aboutToClose
    QIODevice::close();
}

void FolderSource::produce(const std::stop_token &stop)
{
    FolderReport report;
    const auto sink = [this, &stop, &report](const char *bytes, size_t size) {
        std::unique_lock lock(m_shared->mutex);
        const bool wanted = m_shared->room.wait(lock, stop, [this] { return m_shared->size() < bufferLimit / 4; });
        if (!wanted)
            return false;
        m_shared->buffer.append(bytes, qsizetype(size));
        m_shared->doneBytes = report.bytes;
        lock.unlock();
        m_worker.knock();
        return true;
    };
    TarWriter writer(sink, report);
    FolderWalk walk(m_options.path, m_options.limits, capsuleFolders());
    Result<void> result = walk.run(writer, report, stop);
    if (!result && !stop.stop_requested() && !writer.errorText().isEmpty())
        result = fail(ErrorCode::Internal, u"The copy of the folder could not be made."_s, writer.errorText());
    if (result)
        result = writer.finish();
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->finished = true;
        m_shared->outcome = std::move(result);
        m_shared->doneBytes = report.bytes;
        m_shared->report = std::move(report);
    }
    m_worker.knock();
}

void FolderSource::hear()
{
    qint64 done = 0;
    bool more = false;
    bool over = false;
    {
        const std::lock_guard lock(m_shared->mutex);
        done = m_shared->doneBytes;
        more = m_shared->size() > 0;
        over = m_shared->finished && (!more || !m_shared->outcome);
    }
    const QPointer alive(this);
    emit progressed(done, m_options.totalBytes);
    if (alive && more)
        emit readyRead();
    if (alive && over)
        announceEnd();
}

void FolderSource::announceEnd()
{
    if (!std::exchange(m_endAnnounced, true))
        emit readChannelFinished();
}

qint64 FolderSource::readData(char *data, qint64 maxSize)
{
    std::unique_lock lock(m_shared->mutex);
    const qsizetype size = qMin<qsizetype>(m_shared->size(), maxSize);
    std::memcpy(data, m_shared->buffer.constData() + m_shared->start, size_t(size));
    m_shared->start += size;
    const bool empty = m_shared->size() == 0;
    if (empty || m_shared->start >= bufferLimit / 2) {
        m_shared->buffer.remove(0, m_shared->start);
        m_shared->start = 0;
    }
    const bool over = m_shared->finished && empty;
    lock.unlock();
    m_shared->room.notify_one();
    if (over)
        QMetaObject::invokeMethod(this, &FolderSource::announceEnd, Qt::QueuedConnection);
    return over && size == 0 ? -1 : size;
}

bool FolderSource::atEnd() const
{
    const std::lock_guard lock(m_shared->mutex);
    return !isOpen() || (m_shared->finished && m_shared->size() == 0);
}

qint64 FolderSource::bytesAvailable() const
{
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->size() + QIODevice::bytesAvailable();
}

Result<void> FolderSource::outcome() const
{
    const std::lock_guard lock(m_shared->mutex);
    if (m_shared->finished && !m_shared->outcome)
        return m_shared->outcome;
    if (!m_shared->finished || m_shared->size() > 0)
        return fail(ErrorCode::Cancelled, u"The copy was cancelled."_s);
    return {};
}

FolderReport FolderSource::report() const
{
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->report;
}

} // namespace capsule
