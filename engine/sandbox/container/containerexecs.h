// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

/// Programs of our own inside a sandbox.
namespace capsule {

/// Runs one of scripts.h as the sandbox's user and answers with its exit code; what it prints is not looked at.
/// The client is kept until then.
Async<int> runScript(const std::shared_ptr<docker::Client> &client, const QString &container, const char *script, const QStringList &arguments);

} // namespace capsule
