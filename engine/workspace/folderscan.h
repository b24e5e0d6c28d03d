// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "workspace/folderwalk.h"

namespace capsule {

/// Looks through a folder before it is copied: how much it is and what would be left out. Fails where a copy would
/// be refused: not a folder, not readable, the whole file system, Capsule's own, larger than `limits`; Cancelled when
/// `stop` is requested. Runs on a thread of its own; `context` ends it when it dies.
Async<FolderReport> scanFolder(const QString &path, const FolderLimits &limits, const std::stop_token &stop, QObject *context);

} // namespace capsule
