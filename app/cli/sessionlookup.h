// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

namespace capsule::cli {

/// The session that a person means: by name, id, or the beginning of exactly one id, in this order. NotFound;
/// Conflict when several ids begin so, with all of them in the message.
Result<SessionInfo> lookUp(const std::vector<SessionInfo> &sessions, const QString &text);

} // namespace capsule::cli
