// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/tinytar.h"

#include <algorithm>
#include <numeric>

namespace capsule::test {

QByteArray tar(const QList<TarFile> &files)
{
    const auto octal = [](qint64 number, int width) { return QByteArray::number(number, 8).rightJustified(width - 1, '0') + '\0'; };
    QByteArray archive;
    for (const TarFile &file : files) {
        const QByteArray body = file.type == '0' ? file.content : QByteArray();
        QByteArray head = file.name.leftJustified(100, '\0', true) + octal(file.mode, 8) + octal(file.uid, 8) + octal(file.gid, 8) + octal(body.size(), 12) + octal(0, 12)
                          + "        " + file.type + (file.type == '2' ? file.content : QByteArray()).leftJustified(100, '\0', true) + QByteArray("ustar\0" "00", 8);
        head = head.leftJustified(512, '\0');
        const int sum = std::accumulate(head.begin(), head.end(), 0, [](int so, char c) { return so + static_cast<unsigned char>(c); });
        head.replace(148, 8, QByteArray::number(sum, 8).rightJustified(6, '0') + QByteArray("\0 ", 2));
        archive += head + body + QByteArray((512 - body.size() % 512) % 512, '\0');
    }
    return archive + QByteArray(1024, '\0');
}

} // namespace capsule::test
