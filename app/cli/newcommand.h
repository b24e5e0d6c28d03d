// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/attachcommand.h"
#include "cli/jobfollower.h"
#include "cli/progressline.h"

namespace capsule::cli {

/// What `new` asks the engine for; the message of a failure is about the command line. Pure but for the folder, which
/// is made absolute.
Result<api::SessionCreateParams> createParams(const CommandLine &line);

/// `new`
class NewCommand : public AttachingCommand
{
    Q_OBJECT
public:
    using AttachingCommand::AttachingCommand;
    void run() override;

private:
    void launched(const api::SessionCreateResult &result);
    void interrupt();
    void ended(const JobInfo &job);
    void running(const SessionInfo &session);

    QString m_sessionId;
    QString m_sessionName;
    JobFollower *m_follower = nullptr;
    std::unique_ptr<SignalPipe> m_interrupts;
    std::unique_ptr<ProgressLine> m_progress;
    bool m_cancelling = false;
};

} // namespace capsule::cli
