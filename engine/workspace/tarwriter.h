// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/folderwalk.h"

#include <functional>
#include <memory>

struct archive;
struct archive_entry;

namespace capsule {

/// Writes what a walk meets as a plain pax tar: owner 1000:1000, permissions without set-id bits, names byte for
/// byte. For worker threads.
class TarWriter : public FolderVisitor
{
public:
    using Sink = std::function<bool(const char *bytes, size_t size)>; ///< false: nobody wants more

    struct Output {
        Sink sink;
        bool open = true; ///< false: the rest is thrown away
    };

    TarWriter(Sink sink, FolderReport &report);
    ~TarWriter() override;

    bool folder(const QByteArray &path, const struct stat &info) override;
    bool file(int directory, const char *name, const QByteArray &path, const struct stat &info) override;
    bool link(const QByteArray &path, const QByteArray &target, const struct stat &info) override;

    Result<void> finish(); ///< writes the end of the archive
    QString errorText() const { return m_error; }

private:
    bool writeHead(const QByteArray &path, const struct stat &info, mode_t mode, const QByteArray &target = {});
    bool writeContent(int file, const QByteArray &path, qint64 size);
    bool check(ssize_t result);

    Output m_output;
    FolderReport &m_report;
    archive *m_archive;
    archive_entry *m_entry;
    std::unique_ptr<char[]> m_buffer;
    QString m_error;
};

} // namespace capsule
