// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/treesource.h"
#include "workspace/folderwalk.h"
#include "workspace/worker.h"

#include <QPointer>

#include <memory>

namespace capsule {

/// A host folder as a tar stream, made on a thread of its own while it is read. The buffer between is at most
/// 1 MiB; a reader that stops reading stops the thread. close() and destruction cancel, waiting for the thread's
/// current system call.
class FolderSource : public TreeSource
{
    Q_OBJECT
public:
    static constexpr qsizetype bufferLimit = 1024 * 1024;

    struct Options {
        QString path;          ///< absolute
        qint64 totalBytes = 0; ///< of a scan before, for `progressed`; 0: not known
        FolderLimits limits;
    };
    explicit FolderSource(Options options, QObject *parent = nullptr);
    ~FolderSource() override;

    bool open(OpenMode mode) override; ///< ReadOnly, once
    void close() override;
    bool atEnd() const override;
    qint64 bytesAvailable() const override;
    Result<void> outcome() const override;

    /// What was left out; complete at the end of the stream.
    FolderReport report() const;

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    struct Shared;
    void produce(const std::stop_token &stop);
    void hear();
    void announceEnd();

    Options m_options;
    std::unique_ptr<Shared> m_shared;
    bool m_endAnnounced = false;
    Worker m_worker; ///< last: its thread ends before the rest goes
};

} // namespace capsule
