// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "sandbox/treesource.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace capsule {

/// A host folder on its way into a new sandbox.
struct WorkspaceTree {
    std::shared_ptr<TreeSource> tree; ///< closed; whoever copies opens it
    QString notice;                   ///< what was left out, as a sentence for the user; or empty
};

/// Looks through a folder and hands it out as a tree; an error (PermissionDenied, NotFound, TooLarge) when
/// it cannot be copied. Answers Cancelled soon after a stop request.
using OpenWorkspace = std::function<Async<WorkspaceTree>(const QString &folder, std::stop_token stop)>;

/// The real one, over workspace/. Its scans end with `context`.
OpenWorkspace folderWorkspaces(QObject *context);

} // namespace capsule
