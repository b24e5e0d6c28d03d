// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/agentcatalog.h"

#include "base/logging.h"
#include "catalog/agentfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qsizetype maxAgentsPerFolder = 256;

std::expected<AgentProfile, AgentProblem> readAgentFile(const QString &folder, const QString &path)
{
    const auto refuse = [&](const QString &reason) { return std::unexpected(AgentProblem{path, {}, reason}); };
    const QFileInfo info(path);
    if (!info.exists() && !info.isSymLink())
        return refuse(u"is missing"_s);
    // A pipe or a device would never end.
    if (!info.isFile())
        return refuse(u"must be a file"_s);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(u"could not be read: %1"_s.arg(file.errorString()));
    return parseAgentFile(file.read(agentFileMaxBytes + 1), folder, path);
}

AgentInfo infoOf(const AgentProfile &profile)
{
    return {.id = profile.id, .name = profile.name, .description = profile.description, .icon = profile.icon,
            .origin = profile.origin, .limits = profile.limits, .privileges = profile.privileges};
}

} // namespace

AgentCatalog::AgentCatalog(QStringList dirs)
    : m_dirs(std::move(dirs))
{
}

AgentCatalog::Scan AgentCatalog::scan() const
{
    Scan scan;
    for (const QString &path : m_dirs) {
        const QDir dir(path);
        if (!dir.exists())
            continue;
        if (!dir.isReadable()) {
            scan.problems.push_back({path, {}, u"could not be read; check its permissions"_s});
            continue;
        }
        const QStringList folders = dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
        if (folders.size() > maxAgentsPerFolder)
            scan.problems.push_back({path, {}, u"holds more than %1 folders; the rest is left out"_s.arg(maxAgentsPerFolder)});
        for (const QString &folder : folders.first(std::min(folders.size(), maxAgentsPerFolder))) {
            const bool decided = std::ranges::contains(scan.profiles, folder, &AgentProfile::id);
            auto profile = readAgentFile(folder, dir.filePath(folder + "/agent.json"_L1));
            if (!profile) {
                qCInfo(lcCatalog).noquote() << describe(profile.error());
                scan.problems.push_back(profile.error());
            } else if (!decided) {
                scan.profiles.push_back(*std::move(profile));
            }
        }
    }
    std::ranges::sort(scan.profiles, [](const AgentProfile &a, const AgentProfile &b) {
        const int order = a.name.compare(b.name, Qt::CaseInsensitive);
        return order != 0 ? order < 0 : a.id < b.id;
    });
    return scan;
}

api::AgentListResult AgentCatalog::list() const
{
    Scan found = scan();
    api::AgentListResult result;
    std::ranges::transform(found.profiles, std::back_inserter(result.agents), infoOf);
    result.problems = std::move(found.problems);
    return result;
}

Result<AgentProfile> AgentCatalog::find(const QString &id) const
{
    const Scan found = scan();
    if (const auto it = std::ranges::find(found.profiles, id, &AgentProfile::id); it != found.profiles.end())
        return *it;
    const QString file = u'/' + id + "/agent.json"_L1;
    for (const AgentProblem &problem : found.problems) {
        if (problem.file.endsWith(file))
            return fail(ErrorCode::InvalidArgument, u"The agent \"%1\" cannot be used; correct its agent.json and try again."_s.arg(id), describe(problem));
    }
    QStringList ids;
    for (const AgentProfile &profile : found.profiles)
        ids << profile.id;
    if (ids.isEmpty())
        return fail(ErrorCode::NotFound, u"There is no agent \"%1\", and no other one was found; install Capsule again."_s.arg(id));
    return fail(ErrorCode::NotFound, u"There is no agent \"%1\"; choose one of %2."_s.arg(id, ids.join(u", "_s)));
}

} // namespace capsule
