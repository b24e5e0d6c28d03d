// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/engineapp.h"

namespace capsule {

/// Docker or Podman, found as the docker command would. An engine whose configuration cannot be understood
/// is as good as none: the parts then say why at each use.
EngineParts containerParts();

/// Sandboxes and images that live in memory, for tests and for work on the clients.
EngineParts fakeParts();

} // namespace capsule
