// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/jobfollower.h"

namespace capsule::cli {

JobFollower::JobFollower(EngineClient &client, const JobInfo &job, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_job(job)
{
    connect(&client, &EngineClient::jobChanged, this, &JobFollower::take);
    connect(&client, &EngineClient::connected, this, &JobFollower::ask);
    ask();
}

void JobFollower::ask()
{
    m_client.call<api::JobGet>({m_job.id}).then(this, [this](const Result<api::JobGetResult> &result) {
        if (result)
            return take(result->job);
        // A broken connection comes back; an engine that knows nothing of the job was started anew.
        if (result.error().code == ErrorCode::Unavailable || m_over)
            return;
        m_over = true;
        emit lost(result.error());
    });
}

void JobFollower::take(const JobInfo &job)
{
    if (job.id != m_job.id || m_over)
        return;
    m_job = job;
    emit changed(job);
    if (job.state != JobState::Running && !m_over) {
        m_over = true;
        emit ended(job);
    }
}

} // namespace capsule::cli
