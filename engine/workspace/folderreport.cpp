// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/folderreport.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

QString joined(const QStringList &parts)
{
    if (parts.size() < 2)
        return parts.join(QString());
    return parts.first(parts.size() - 1).join(u", "_s) + u" and "_s + parts.last();
}

} // namespace

void FolderReport::addUnreadable(const QByteArray &path)
{
    ++unreadable;
    if (unreadableNames.size() < maxNames)
        unreadableNames.append(QString::fromUtf8(path)); // names that are not UTF-8 show replacement characters
}

QString FolderReport::summary() const
{
    QStringList parts;
    qint64 total = 0;
    const auto add = [&](qint64 count, const QString &one, const QString &many) {
        if (count > 0)
            parts.append(u"%1 %2"_s.arg(count).arg(count == 1 ? one : many));
        total += count;
    };
    add(unreadable, u"entry that cannot be read"_s, u"entries that cannot be read"_s);
    add(vanished, u"entry that vanished meanwhile"_s, u"entries that vanished meanwhile"_s);
    add(linksOutside, u"link that leads outside"_s, u"links that lead outside"_s);
    add(sockets, u"socket"_s, u"sockets"_s);
    add(pipes, u"named pipe"_s, u"named pipes"_s);
    add(devices, u"device"_s, u"devices"_s);
    add(tooDeep, u"folder that lies too deep"_s, u"folders that lie too deep"_s);
    add(ownFolders, u"folder of Capsule's own"_s, u"folders of Capsule's own"_s);
    QString text;
    if (total > 0)
        text = u"%1 %2 left out."_s.arg(joined(parts), total == 1 ? u"was"_s : u"were"_s);
    if (shrunk > 0) {
        if (!text.isEmpty())
            text += u' ';
        text += shrunk == 1 ? u"1 file changed while it was copied; its end may be zeros."_s
                            : u"%1 files changed while they were copied; their ends may be zeros."_s.arg(shrunk);
    }
    return text;
}

} // namespace capsule
