// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/folderwalk.h"

#include "base/paths.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <climits>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

struct CloseFolder {
    void operator()(DIR *folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

constexpr int folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

QString systemWords(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

QByteArray below(const QByteArray &path, const char *name)
{
    return path.isEmpty() ? QByteArray(name) : path + '/' + name;
}

} // namespace

struct FolderWalk::State {
    FolderVisitor &visitor;
    FolderReport &report;
    const std::stop_token &stop;
    Result<void> result;

    bool end(ErrorCode code, const QString &message, const QString &detail = {})
    {
        result = fail(code, message, detail);
        return false;
    }
};

FolderWalk::FolderWalk(QString root, FolderLimits limits, const QStringList &excluded)
    : m_root(std::move(root))
    , m_limits(limits)
{
    for (const QString &path : excluded) {
        struct stat info{};
        if (::stat(QFile::encodeName(path).constData(), &info) == 0)
            m_excluded.append({info.st_dev, info.st_ino});
    }
}

bool FolderWalk::isExcluded(const struct stat &info) const
{
    return m_excluded.contains(std::pair(info.st_dev, info.st_ino));
}

Result<void> FolderWalk::run(FolderVisitor &visitor, FolderReport &report, const std::stop_token &stop)
{
    if (!QDir::isAbsolutePath(m_root))
        return fail(ErrorCode::InvalidArgument, u"\"%1\" is not an absolute path; name the folder from / on."_s.arg(m_root));
    // The user's own choice may be a link; below it none is followed.
    const int root = ::open(QFile::encodeName(m_root).constData(), folderFlags & ~O_NOFOLLOW);
    if (root < 0) {
        const int error = errno;
        if (error == EACCES || error == EPERM)
            return fail(ErrorCode::PermissionDenied, u"The folder %1 may not be read; change its permissions or choose another one."_s.arg(m_root), systemWords(error));
        if (error == ENOTDIR)
            return fail(ErrorCode::InvalidArgument, u"%1 is not a folder; choose a folder."_s.arg(m_root), systemWords(error));
        return fail(ErrorCode::NotFound, u"The folder %1 does not exist; choose another one."_s.arg(m_root), systemWords(error));
    }
    struct stat info{};
    struct stat fileSystem{};
    if (::fstat(root, &info) != 0 || ::stat("/", &fileSystem) != 0) {
        const int error = errno;
        ::close(root);
        return fail(ErrorCode::PermissionDenied, u"The folder %1 could not be read."_s.arg(m_root), systemWords(error));
    }
    const bool everything = info.st_dev == fileSystem.st_dev && info.st_ino == fileSystem.st_ino;
    QString above = QFileInfo(m_root).canonicalFilePath(); // the folder or one above it is Capsule's own
    for (bool more = true; more && !everything;) {
        struct stat parent{};
        if (::stat(QFile::encodeName(above).constData(), &parent) == 0 && isExcluded(parent)) {
            ::close(root);
            return fail(ErrorCode::InvalidArgument, u"The folder %1 belongs to Capsule itself; choose another one."_s.arg(m_root));
        }
        more = above.size() > 1;
        above = QFileInfo(above).path();
    }
    if (everything) {
        ::close(root);
        return fail(ErrorCode::InvalidArgument, u"The whole file system cannot be copied into a sandbox; choose a folder in it."_s);
    }
    State state{visitor, report, stop, {}};
    if (!visitor.folder({}, info)) {
        ::close(root);
        return fail(ErrorCode::Cancelled, u"Reading the folder was cancelled."_s);
    }
    if (!descend(state, root, {}, 0) && state.result)
        return fail(ErrorCode::Cancelled, u"Reading the folder was cancelled."_s);
    return state.result;
}

/// Takes over `directory`.
bool FolderWalk::descend(State &state, int directory, const QByteArray &path, int depth)
{
    const OpenFolder folder(::fdopendir(directory));
    if (!folder) {
        ::close(directory);
        return state.end(ErrorCode::LimitReached, u"The folder could not be read: this program may not open more files."_s, systemWords(errno));
    }
    while (true) {
        if (state.stop.stop_requested())
            return state.end(ErrorCode::Cancelled, u"Reading the folder was cancelled."_s);
        errno = 0;
        const dirent *entry = ::readdir(folder.get());
        if (!entry) {
            if (errno != 0)
                state.report.addUnreadable(path);
            return true;
        }
        const char *name = entry->d_name;
        if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0)
            continue;
        if (!visit(state, ::dirfd(folder.get()), name, below(path, name), depth))
            return false;
        if (state.report.entries() > m_limits.entries)
            return state.end(ErrorCode::TooLarge, u"The folder has more than %L1 entries; choose a smaller one."_s.arg(m_limits.entries));
        if (state.report.bytes > m_limits.bytes)
            return state.end(ErrorCode::TooLarge, u"The folder holds more than %L1 MiB; choose a smaller one."_s.arg(m_limits.bytes / (1024 * 1024)));
    }
}

bool FolderWalk::visit(State &state, int directory, const char *name, const QByteArray &path, int depth)
{
    struct stat info{};
    if (::fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            ++state.report.vanished;
        else
            state.report.addUnreadable(path);
        return true;
    }
    FolderReport &report = state.report;
    switch (info.st_mode & S_IFMT) {
    case S_IFDIR: return enter(state, directory, name, path, info, depth);
    case S_IFLNK: return readLink(state, directory, name, path, info);
    case S_IFREG: return state.visitor.file(directory, name, path, info);
    case S_IFSOCK: ++report.sockets; return true;
    case S_IFIFO: ++report.pipes; return true;
    default: ++report.devices; return true;
    }
}

bool FolderWalk::enter(State &state, int directory, const char *name, const QByteArray &path, const struct stat &info, int depth)
{
    if (isExcluded(info)) {
        ++state.report.ownFolders;
        return true;
    }
    if (depth + 1 > maxDepth) {
        ++state.report.tooDeep;
        return true;
    }
    const int child = ::openat(directory, name, folderFlags);
    if (child < 0) {
        if (errno == EMFILE || errno == ENFILE)
            return state.end(ErrorCode::LimitReached, u"The folder could not be read: this program may not open more files."_s, systemWords(errno));
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
            ++state.report.vanished; // something else by now
        else
            state.report.addUnreadable(path);
        return true;
    }
    ++state.report.folders;
    if (!state.visitor.folder(path, info)) {
        ::close(child);
        return false;
    }
    return descend(state, child, path, depth + 1);
}

bool FolderWalk::readLink(State &state, int directory, const char *name, const QByteArray &path, const struct stat &info)
{
    char buffer[PATH_MAX];
    const ssize_t length = ::readlinkat(directory, name, buffer, sizeof buffer);
    if (length < 0) {
        ++state.report.vanished;
        return true;
    }
    const QByteArray target(buffer, length);
    if (!staysInside(path, target)) {
        ++state.report.linksOutside;
        return true;
    }
    ++state.report.links;
    return state.visitor.link(path, target, info);
}

bool staysInside(const QByteArray &path, const QByteArray &target)
{
    if (target.startsWith('/') || target.isEmpty())
        return false;
    qsizetype depth = path.count('/');
    for (const QByteArray &part : target.split('/')) {
        if (part == "..")
            --depth;
        else if (!part.isEmpty() && part != ".")
            ++depth;
        if (depth < 0)
            return false;
    }
    return true;
}

int openRegular(int directory, const char *name, struct stat *info)
{
    // O_NONBLOCK: what was a file a moment ago may be a pipe by now, and must not hold the thread.
    const int file = ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return -1;
    if (::fstat(file, info) == 0 && S_ISREG(info->st_mode))
        return file;
    ::close(file);
    errno = ENOENT;
    return -1;
}

QStringList capsuleFolders()
{
    QStringList folders{paths::configDir(), paths::dataDir(), paths::stateDir()};
    if (const Result<QString> runtime = paths::runtimeDir())
        folders.append(*runtime);
    return folders;
}

} // namespace capsule
