// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/engineclient.h"

#include <QTimer>

namespace capsule::cli {

/// Follows one job of the engine to its end, also when it ended before we looked and across a reconnection.
class JobFollower : public QObject
{
    Q_OBJECT
public:
    JobFollower(EngineClient &client, const JobInfo &job, QObject *parent);

    const JobInfo &job() const { return m_job; }

signals:
    void changed(const capsule::JobInfo &job);
    void ended(const capsule::JobInfo &job); ///< once
    void lost(const capsule::Error &error);  ///< the engine does not know it any more; instead of ended

private:
    void ask();
    void take(const JobInfo &job);

    EngineClient &m_client;
    JobInfo m_job;
    bool m_over = false;
};

} // namespace capsule::cli
