// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/methods.h"
#include "session/job.h"

#include <deque>
#include <memory>

namespace capsule {

/// All jobs of the engine: those at work and the last 50 that ended.
class JobRegistry : public QObject
{
    Q_OBJECT
public:
    static constexpr size_t endedKept = 50;

    using QObject::QObject;

    std::shared_ptr<Job> begin(const QString &kind, const QString &sessionId = {});

    std::vector<JobInfo> list() const; ///< oldest first
    Result<api::JobGetResult> get(const QString &id) const; ///< NotFound
    Result<void> cancel(const QString &id);                 ///< NotFound; Conflict when it has ended

signals:
    void changed(const capsule::JobInfo &job);
    void output(const QString &jobId, const QString &text);

private:
    std::shared_ptr<Job> find(const QString &id) const;
    void forgetOldest();

    std::deque<std::shared_ptr<Job>> m_jobs;
};

} // namespace capsule
