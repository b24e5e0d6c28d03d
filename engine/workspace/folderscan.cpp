// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/folderscan.h"

#include "workspace/worker.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace capsule {

namespace {

/// Counts, and tries whether files may be opened.
class Counter : public FolderVisitor
{
public:
    explicit Counter(FolderReport &report) : m_report(report) {}

    bool folder(const QByteArray &, const struct stat &) override { return true; }
    bool link(const QByteArray &, const QByteArray &, const struct stat &) override { return true; }
    bool file(int directory, const char *name, const QByteArray &path, const struct stat &info) override
    {
        if (::faccessat(directory, name, R_OK, AT_EACCESS) != 0) {
            if (errno == ENOENT)
                ++m_report.vanished;
            else
                m_report.addUnreadable(path);
            return true;
        }
        ++m_report.files;
        m_report.bytes += info.st_size;
        return true;
    }

private:
    FolderReport &m_report;
};

} // namespace

Async<FolderReport> scanFolder(const QString &path, const FolderLimits &limits, const std::stop_token &stop, QObject *context)
{
    // All that the thread touches; the event loop reads it after the knock.
    struct Scan {
        FolderWalk walk;
        FolderReport report;
        Result<void> result;
        Answer<FolderReport> answer; // only on the event loop
    };
    const auto scan = std::make_shared<Scan>(Scan{FolderWalk(path, limits, capsuleFolders()), {}, {}, {}});
    auto *worker = new Worker(context);
    QObject::connect(worker, &Worker::knocked, worker, [worker, scan] {
        worker->stop(); // it has knocked as its last act
        worker->deleteLater();
        if (scan->result)
            scan->answer.resolve(scan->report);
        else
            scan->answer.resolve(std::unexpected(scan->result.error()));
    });
    worker->start([worker, scan = scan.get(), stop](const std::stop_token &ended) {
        std::stop_source either;
        const std::stop_callback first(stop, [&either] { either.request_stop(); });
        const std::stop_callback second(ended, [&either] { either.request_stop(); });
        Counter counter(scan->report);
        scan->result = scan->walk.run(counter, scan->report, either.get_token());
        worker->knock();
    });
    return scan->answer.future();
}

} // namespace capsule
