// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "workspace/folderreport.h"

#include <stop_token>
#include <sys/stat.h>

namespace capsule {

struct FolderLimits {
    qint64 bytes = 20LL * 1024 * 1024 * 1024;
    qint64 entries = 1'000'000;
};

/// What a walk meets, in an order in which a folder comes before what is in it. Paths are relative to the root,
/// without a leading "./", any bytes. Returning false ends the walk with the visitor's own error.
class FolderVisitor
{
public:
    virtual ~FolderVisitor() = default;
    virtual bool folder(const QByteArray &path, const struct stat &info) = 0; ///< "" is the root
    /// A regular file: `name` in the open folder `directory`. Opening it may meet something else by now.
    virtual bool file(int directory, const char *name, const QByteArray &path, const struct stat &info) = 0;
    virtual bool link(const QByteArray &path, const QByteArray &target, const struct stat &info) = 0;
};

/// Walks a host folder by folder descriptors, so that nobody who renames or links things meanwhile can lead it outside.
/// Blocks: for worker threads. Counts in `report`; leaves out what FolderReport names.
class FolderWalk
{
public:
    static constexpr int maxDepth = 128; ///< each level keeps a descriptor open

    /// `excluded`: absolute folders that are left out.
    FolderWalk(QString root, FolderLimits limits, const QStringList &excluded);

    /// PermissionDenied, InvalidArgument (no folder, the whole file system, one of `excluded`), TooLarge, Cancelled.
    Result<void> run(FolderVisitor &visitor, FolderReport &report, const std::stop_token &stop);

private:
    struct State;
    bool descend(State &state, int directory, const QByteArray &path, int depth);
    bool visit(State &state, int directory, const char *name, const QByteArray &path, int depth);
    bool enter(State &state, int directory, const char *name, const QByteArray &path, const struct stat &info, int depth);
    bool readLink(State &state, int directory, const char *name, const QByteArray &path, const struct stat &info);
    bool isExcluded(const struct stat &info) const;

    QString m_root;
    FolderLimits m_limits;
    QList<std::pair<dev_t, ino_t>> m_excluded;
};

/// A link at `path` (relative to the root) to `target` stays inside the root, going by the names alone.
bool staysInside(const QByteArray &path, const QByteArray &target);

/// Opens the regular file `name` for reading, never through a link: a descriptor, or -1 and errno.
int openRegular(int directory, const char *name, struct stat *info);

/// Where Capsule keeps its own things: sessions, settings, logs and the engine's token.
QStringList capsuleFolders();

} // namespace capsule
