// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessiondefaults.h"

#include "catalog/agentprofile.h"

#include <QDir>
#include <QFileInfo>
#include <QThread>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr double defaultCpus = 2;
constexpr qint64 defaultMemoryBytes = Q_INT64_C(4) * 1024 * 1024 * 1024;
constexpr int defaultPids = 256;
constexpr int defaultAgentPids = 1024;
constexpr qint64 leastMemoryBytes = 32 * 1024 * 1024;
constexpr int leastPids = 16;
constexpr double leastCpus = 0.01;

} // namespace

Result<Limits> limitsInForce(const Limits &wanted, const AgentProfile &profile)
{
    if (!std::isfinite(wanted.cpus) || wanted.cpus < 0 || (wanted.cpus > 0 && wanted.cpus < leastCpus))
        return fail(ErrorCode::InvalidArgument, u"The number of CPUs must be 0.01 or more."_s);
    if (wanted.memoryBytes < 0 || (wanted.memoryBytes > 0 && wanted.memoryBytes < leastMemoryBytes))
        return fail(ErrorCode::InvalidArgument, u"A session needs at least 32 MiB of memory."_s);
    if (wanted.pids < 0 || (wanted.pids > 0 && wanted.pids < leastPids))
        return fail(ErrorCode::InvalidArgument, u"A session needs at least 16 processes."_s);

    const double ownCpus = profile.limits.cpus > 0 ? profile.limits.cpus : defaultCpus;
    const int ownPids = profile.limits.pids > 0 ? profile.limits.pids : profile.command.isEmpty() ? defaultPids : defaultAgentPids;
    Limits limits = wanted;
    if (limits.cpus <= 0)
        limits.cpus = std::min(ownCpus, static_cast<double>(std::max(1, QThread::idealThreadCount())));
    if (limits.memoryBytes == 0)
        limits.memoryBytes = profile.limits.memoryBytes > 0 ? profile.limits.memoryBytes : defaultMemoryBytes;
    if (limits.pids == 0)
        limits.pids = ownPids;
    return limits;
}

Result<void> checkWorkspace(const WorkspaceSource &workspace)
{
    if (workspace.kind == WorkspaceKind::Empty)
        return {};
    const QFileInfo folder(workspace.path);
    if (workspace.path.isEmpty() || !folder.isAbsolute())
        return fail(ErrorCode::InvalidArgument, u"The workspace must be named with its whole path, as /home/me/project."_s, workspace.path);
    if (!folder.exists())
        return fail(ErrorCode::NotFound, u"The folder %1 does not exist; choose another one."_s.arg(workspace.path));
    if (!folder.isDir())
        return fail(ErrorCode::InvalidArgument, u"%1 is not a folder; choose the folder that it is in."_s.arg(workspace.path));
    if (!folder.isReadable() || !folder.isExecutable())
        return fail(ErrorCode::PermissionDenied, u"The folder %1 cannot be read; change its permissions or choose another one."_s.arg(workspace.path));
    return {};
}

QString nameBase(const WorkspaceSource &workspace, const AgentProfile &profile)
{
    const QString folder = workspace.kind == WorkspaceKind::Copy ? QDir(workspace.path).dirName() : QString();
    return folder.isEmpty() || folder == "."_L1 || folder == "/"_L1 ? profile.id : folder;
}

} // namespace capsule
