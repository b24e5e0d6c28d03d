// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "protocol/types.h"

namespace capsule {

struct AgentProfile;

/// The limits a session gets: what was asked for, else the agent's, else 2 CPUs (no more than this machine
/// has), 4 GiB, and 256 processes or 1024 for an agent (some start 66 threads). InvalidArgument for less than
/// a sandbox can live with.
Result<Limits> limitsInForce(const Limits &wanted, const AgentProfile &profile);

/// Can this be a session's workspace, as far as a glance tells? InvalidArgument, NotFound, PermissionDenied.
Result<void> checkWorkspace(const WorkspaceSource &workspace);

/// What a name is made from when none was given: the folder, else the agent.
QString nameBase(const WorkspaceSource &workspace, const AgentProfile &profile);

} // namespace capsule
