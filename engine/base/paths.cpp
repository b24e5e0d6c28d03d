// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSysInfo>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::paths {

namespace {

QString xdgDir(const char *variable, const QString &fallback)
{
    const QString value = qEnvironmentVariable(variable);
    // The specification says: relative paths are ignored.
    return (QDir::isAbsolutePath(value) ? value : QDir::homePath() + fallback) + "/capsule"_L1;
}

} // namespace

QString configDir()
{
    return xdgDir("XDG_CONFIG_HOME", u"/.config"_s);
}

QString dataDir()
{
    return xdgDir("XDG_DATA_HOME", u"/.local/share"_s);
}

QString stateDir()
{
    return xdgDir("XDG_STATE_HOME", u"/.local/state"_s);
}

Result<void> makePrivateDir(const QString &path)
{
    if (!QDir().mkpath(QFileInfo(path).path()))
        return fail(ErrorCode::PermissionDenied, u"The folder %1 could not be made; check its parent's permissions."_s.arg(path));
    const QByteArray name = QFile::encodeName(path);
    if (::mkdir(name.constData(), 0700) != 0 && errno != EEXIST)
        return fail(ErrorCode::PermissionDenied, u"The folder %1 could not be made."_s.arg(path), QString::fromLocal8Bit(std::strerror(errno)));

    struct stat info{};
    if (::lstat(name.constData(), &info) != 0 || !S_ISDIR(info.st_mode))
        return fail(ErrorCode::PermissionDenied, u"%1 is not a folder; move it away and try again."_s.arg(path));
    if (info.st_uid != ::geteuid() || (info.st_mode & 0077) != 0)
        return fail(ErrorCode::PermissionDenied, u"The folder %1 must belong to you alone (mode 0700)."_s.arg(path),
                    u"owner %1, mode %2"_s.arg(info.st_uid).arg(info.st_mode & 07777, 4, 8, '0'_L1));
    return {};
}

QString ownerId()
{
    const QByteArray who = QSysInfo::machineUniqueId() + '\0' + QByteArray::number(::geteuid()) + '\0' + QDir::cleanPath(dataDir()).toUtf8();
    return QString::fromLatin1(QCryptographicHash::hash(who, QCryptographicHash::Sha256).toHex().first(16));
}

Result<QString> runtimeDir()
{
    const QString base = qEnvironmentVariable("XDG_RUNTIME_DIR");
    const QString path = QDir::isAbsolutePath(base) ? base + "/capsule"_L1 : u"/tmp/capsule-%1"_s.arg(::geteuid());
    return makePrivateDir(path).transform([&] { return path; });
}

QString installedDataDir()
{
    QStringList candidates{qEnvironmentVariable("CAPSULE_DATA_DIR")};
    if (QCoreApplication::instance()) {
        const QDir bin(QCoreApplication::applicationDirPath());
        candidates << bin.filePath(u"../share/capsule"_s) << QStringLiteral(CAPSULE_BUILD_SOURCE_DIR);
    }
    for (const QString &candidate : std::as_const(candidates)) {
        if (!candidate.isEmpty() && QDir(candidate).exists(u"agents"_s))
            return QDir::cleanPath(candidate);
    }
    return {};
}

QStringList agentDirs()
{
    QStringList dirs{configDir() + "/agents"_L1};
    if (const QString installed = installedDataDir(); !installed.isEmpty())
        dirs << installed + "/agents"_L1;
    return dirs;
}

} // namespace capsule::paths
