// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/jobregistry.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

std::shared_ptr<Job> JobRegistry::begin(const QString &kind, const QString &sessionId)
{
    auto job = std::make_shared<Job>(kind, sessionId);
    m_jobs.push_back(job);
    const QString id = job->id();
    connect(job.get(), &Job::changed, this, &JobRegistry::changed);
    connect(job.get(), &Job::printed, this, [this, id](const QString &text) { emit output(id, text); });
    connect(job.get(), &Job::finished, this, &JobRegistry::forgetOldest);
    emit changed(job->info());
    return job;
}

void JobRegistry::forgetOldest()
{
    auto ended = static_cast<size_t>(std::ranges::count_if(m_jobs, [](const auto &job) { return !job->isRunning(); }));
    while (ended-- > endedKept) {
        const auto oldest = std::ranges::find_if(m_jobs, [](const auto &job) { return !job->isRunning(); });
        m_jobs.erase(oldest);
    }
}

std::vector<JobInfo> JobRegistry::list() const
{
    std::vector<JobInfo> infos;
    for (const auto &job : m_jobs)
        infos.push_back(job->info());
    return infos;
}

std::shared_ptr<Job> JobRegistry::find(const QString &id) const
{
    const auto job = std::ranges::find_if(m_jobs, [&](const auto &candidate) { return candidate->id() == id; });
    return job == m_jobs.end() ? nullptr : *job;
}

Result<api::JobGetResult> JobRegistry::get(const QString &id) const
{
    const auto job = find(id);
    if (!job)
        return fail(ErrorCode::NotFound, u"There is no such job; those that ended long ago are forgotten."_s, id);
    return api::JobGetResult{job->info(), job->output()};
}

Result<void> JobRegistry::cancel(const QString &id)
{
    const auto job = find(id);
    if (!job)
        return fail(ErrorCode::NotFound, u"There is no such job; those that ended long ago are forgotten."_s, id);
    if (!job->isRunning())
        return fail(ErrorCode::Conflict, u"The job has ended already."_s, id);
    job->requestStop();
    return {};
}

} // namespace capsule
