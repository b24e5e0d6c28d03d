// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/enginelock.h"

#include "base/paths.h"
#include "protocol/enginefile.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

QString whoRuns()
{
    const auto file = EngineFile::read();
    if (!file)
        return u"Capsule's engine is starting already; wait a moment."_s;
    return u"Capsule's engine runs already: process %1 at %2, since %3; end it with \"capsule engine stop\"."_s.arg(file->pid).arg(
        file->address, file->startedAt.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"));
}

} // namespace

Result<EngineLock> EngineLock::take()
{
    const auto dir = paths::runtimeDir();
    if (!dir)
        return std::unexpected(dir.error());
    const QString path = *dir + "/engine.lock"_L1;
    EngineLock lock(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock.m_descriptor < 0)
        return fail(ErrorCode::PermissionDenied, u"The file %1 could not be opened; check its permissions."_s.arg(path),
                    QString::fromLocal8Bit(std::strerror(errno)));
    if (::flock(lock.m_descriptor, LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorCode::AlreadyExists, whoRuns());
    return lock;
}

EngineLock::~EngineLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

} // namespace capsule
