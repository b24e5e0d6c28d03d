// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace capsule::test {

/// A folder for a test, made entry by entry with any bytes in names.
class FolderTree
{
public:
    FolderTree() { m_folder.setAutoRemove(false); }
    ~FolderTree()
    {
        std::error_code ignored; // QTemporaryDir cannot remove names that are not UTF-8
        std::filesystem::remove_all(m_folder.path().toStdString(), ignored);
    }
    Q_DISABLE_COPY_MOVE(FolderTree)

    QString path() const { return m_folder.path(); }
    QByteArray at(const QByteArray &name) const { return QFile::encodeName(m_folder.path()) + '/' + name; }

    bool folder(const QByteArray &name, mode_t mode = 0755) const { return ::mkdir(at(name).constData(), mode) == 0; }
    bool file(const QByteArray &name, const QByteArray &content = {}, mode_t mode = 0644) const
    {
        const int file = ::open(at(name).constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (file < 0)
            return false;
        const bool good = ::write(file, content.constData(), size_t(content.size())) == content.size() && ::fchmod(file, mode) == 0;
        ::close(file);
        return good;
    }
    bool link(const QByteArray &name, const QByteArray &target) const { return ::symlink(target.constData(), at(name).constData()) == 0; }
    bool pipe(const QByteArray &name) const { return ::mkfifo(at(name).constData(), 0644) == 0; }
    bool socket(const QByteArray &name) const
    {
        const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const QByteArray path = at(name);
        if (path.size() >= qsizetype(sizeof address.sun_path))
            return false;
        std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
        const bool good = ::bind(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
        ::close(socket);
        return good;
    }

private:
    QTemporaryDir m_folder;
};

} // namespace capsule::test
