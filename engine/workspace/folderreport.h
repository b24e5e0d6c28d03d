// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace capsule {

/// What was found in a folder and what had to be left out of a copy.
struct FolderReport {
    static constexpr qsizetype maxNames = 20;

    qint64 files = 0;
    qint64 folders = 0; ///< without the folder itself
    qint64 links = 0;   ///< that are kept
    qint64 bytes = 0;   ///< of the files

    qint64 linksOutside = 0; ///< symbolic links with an absolute target or one outside the folder
    qint64 sockets = 0;
    qint64 pipes = 0;
    qint64 devices = 0;
    qint64 tooDeep = 0;    ///< folders below the depth limit
    qint64 ownFolders = 0; ///< Capsule's own
    qint64 unreadable = 0;
    qint64 vanished = 0;
    qint64 shrunk = 0;     ///< files that became shorter while they were read: filled up with zeros
    QStringList unreadableNames; ///< the first ones, relative to the folder

    qint64 entries() const { return files + folders + links; }
    void addUnreadable(const QByteArray &path);

    /// "3 links that lead outside and 1 socket were left out." Empty when the copy is complete.
    QString summary() const;

    bool operator==(const FolderReport &) const = default;
};

} // namespace capsule
