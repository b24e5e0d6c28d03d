// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace capsule::test {

struct TarFile {
    QByteArray name{};
    QByteArray content{};
    int mode = 0644;
    int uid = 0;
    int gid = 0;
    char type = '0'; ///< '0' file, '5' folder, '2' symbolic link (its target is `content`)
};

/// A plain ustar archive; names up to 100 bytes.
QByteArray tar(const QList<TarFile> &files);

} // namespace capsule::test
