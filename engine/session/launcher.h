// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "catalog/agentprofile.h"
#include "sandbox/sandboxprovider.h"
#include "session/job.h"
#include "session/workspaceopener.h"

#include <QPointer>

#include <functional>
#include <memory>

namespace capsule {

class ImageStore;

/// Everything a launch needs to know, decided before it begins.
struct LaunchPlan {
    QPointer<SandboxProvider> provider;
    QPointer<ImageStore> images;
    OpenWorkspace openWorkspace;
    AgentProfile profile;
    SandboxSpec spec; ///< its image is filled in by the launch
    WorkspaceSource workspace;
    std::function<void(const QString &sandboxId, const QString &image)> created; ///< there is a sandbox now
    std::function<Async<void>(const QString &sandboxId)> openFirstTerminal;
};

struct LaunchOutcome {
    std::optional<Error> error;  ///< none: launched. Cancelled when the job was told to stop
    QString notice;              ///< what was left out of the workspace
    QString leftoverSandboxId;   ///< after an error: what could not be removed again
};

/// Makes a session's sandbox, from the workspace's check to the first terminal, and tells `job` how far it
/// is. A failure or a stop request at any step undoes the steps before. The functions of the plan are
/// called until the answer; the job is finished by the caller.
QFuture<LaunchOutcome> launch(LaunchPlan plan, std::shared_ptr<Job> job);

} // namespace capsule
