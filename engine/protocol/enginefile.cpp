// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/enginefile.h"

#include "base/paths.h"

#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule {

Result<QString> EngineFile::path()
{
    return paths::runtimeDir().transform([](const QString &dir) { return QString(dir + "/engine.json"_L1); });
}

Result<void> EngineFile::write(const EngineFile &file)
{
    const auto target = path();
    if (!target)
        return std::unexpected(target.error());
    QSaveFile out(*target);
    const QByteArray json = QJsonDocument(wire::toJson(file)).toJson();
    if (!out.open(QIODevice::WriteOnly) || !out.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || out.write(json) != json.size() || !out.commit())
        return fail(ErrorCode::PermissionDenied, u"The file %1 could not be written; check the disk and its permissions."_s.arg(*target),
                    out.errorString());
    return {};
}

Result<EngineFile> EngineFile::read()
{
    const auto source = path();
    if (!source)
        return std::unexpected(source.error());
    const int descriptor = ::open(QFile::encodeName(*source).constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return fail(ErrorCode::NotFound, u"No engine runs; start one with \"capsule engine start\"."_s);
    QFile file;
    if (!file.open(descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return fail(ErrorCode::PermissionDenied, u"The file %1 cannot be read."_s.arg(*source));
    }
    struct stat info{};
    if (::fstat(descriptor, &info) != 0 || info.st_uid != ::geteuid() || (info.st_mode & 0077) != 0)
        return fail(ErrorCode::PermissionDenied,
                    u"The file %1 must belong to you alone; remove it and start the engine again."_s.arg(*source));
    const QJsonDocument document = QJsonDocument::fromJson(file.read(64 * 1024));
    return wire::fromJson<EngineFile>(document.object()).transform_error([&](Error error) {
        error.message = u"The file %1 is damaged; remove it and start the engine again. "_s.arg(*source) + error.message;
        return error;
    });
}

void EngineFile::remove()
{
    if (const auto file = path())
        QFile::remove(*file);
}

} // namespace capsule
