// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/tarwriter.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr size_t chunk = 128 * 1024;
constexpr la_int64_t owner = 1000; ///< "developer" in the sandbox

/// Never tells libarchive of a failure: a writer that failed is not closed when it is freed, and its buffers leak.
la_ssize_t passOn(archive *, void *target, const void *bytes, size_t size)
{
    auto *output = static_cast<TarWriter::Output *>(target);
    output->open = output->open && output->sink(static_cast<const char *>(bytes), size);
    return la_ssize_t(size);
}

} // namespace

TarWriter::TarWriter(Sink sink, FolderReport &report)
    : m_output{.sink = std::move(sink)}
    , m_report(report)
    , m_archive(archive_write_new())
    , m_entry(archive_entry_new())
    , m_buffer(std::make_unique<char[]>(chunk))
{
    archive_write_set_format_pax_restricted(m_archive);
    archive_write_add_filter_none(m_archive);
    // Names are bytes; no locale has a say in them.
    archive_write_set_options(m_archive, "hdrcharset=BINARY");
    archive_write_set_bytes_per_block(m_archive, chunk);
    archive_write_set_bytes_in_last_block(m_archive, 1);
    check(archive_write_open(m_archive, &m_output, nullptr, passOn, nullptr));
}

TarWriter::~TarWriter()
{
    m_output.open = false; // freeing writes the end of the archive, also of one that was cut off
    archive_entry_free(m_entry);
    archive_write_free(m_archive);
}

bool TarWriter::check(ssize_t result)
{
    if (result >= ARCHIVE_WARN && m_output.open)
        return true;
    if (m_error.isEmpty())
        m_error = m_output.open ? QString::fromLocal8Bit(archive_error_string(m_archive)) : u"nobody takes the archive any more"_s;
    return false;
}

bool TarWriter::writeHead(const QByteArray &path, const struct stat &info, mode_t mode, const QByteArray &target)
{
    archive_entry_clear(m_entry);
    archive_entry_copy_pathname(m_entry, path.constData());
    archive_entry_set_mode(m_entry, mode);
    archive_entry_set_uid(m_entry, owner);
    archive_entry_set_gid(m_entry, owner);
    archive_entry_set_mtime(m_entry, info.st_mtim.tv_sec, 0);
    archive_entry_set_size(m_entry, S_ISREG(mode) ? info.st_size : 0);
    if (S_ISLNK(mode))
        archive_entry_copy_symlink(m_entry, target.constData());
    return check(archive_write_header(m_archive, m_entry));
}

bool TarWriter::folder(const QByteArray &path, const struct stat &info)
{
    // The user of the sandbox must be able to work in the workspace, whatever its model on the host allows.
    if (path.isEmpty())
        return writeHead("./", info, S_IFDIR | 0700 | (info.st_mode & 0777));
    return writeHead(path + '/', info, S_IFDIR | (info.st_mode & 0777));
}

bool TarWriter::link(const QByteArray &path, const QByteArray &target, const struct stat &info)
{
    return writeHead(path, info, S_IFLNK | 0777, target);
}

bool TarWriter::file(int directory, const char *name, const QByteArray &path, const struct stat &)
{
    struct stat info{};
    const int file = openRegular(directory, name, &info);
    if (file < 0) {
        if (errno == ENOENT || errno == ELOOP)
            ++m_report.vanished;
        else
            m_report.addUnreadable(path);
        return true;
    }
    ++m_report.files;
    const bool written = writeHead(path, info, S_IFREG | (info.st_mode & 0777)) && writeContent(file, path, info.st_size);
    ::close(file);
    return written;
}

bool TarWriter::writeContent(int file, const QByteArray &path, qint64 size)
{
    qint64 left = size;
    while (left > 0) {
        const ssize_t got = ::read(file, m_buffer.get(), size_t(qMin<qint64>(left, chunk)));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            // The head has promised `size` bytes; libarchive fills up with zeros.
            if (got < 0)
                m_report.addUnreadable(path);
            else
                ++m_report.shrunk;
            break;
        }
        if (!check(archive_write_data(m_archive, m_buffer.get(), size_t(got))))
            return false;
        left -= got;
        m_report.bytes += got;
    }
    return check(archive_write_finish_entry(m_archive));
}

Result<void> TarWriter::finish()
{
    if (!check(archive_write_close(m_archive)))
        return fail(ErrorCode::Internal, u"The copy of the folder could not be finished."_s, m_error);
    return {};
}

} // namespace capsule
