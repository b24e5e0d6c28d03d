// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "docker/endpoint.h"

#include <QByteArray>

namespace capsule::docker {

/// The one place where an engine's refusal becomes an Error. `what` is "create the container"; `body` the engine's
/// JSON: Docker's {"message"}, Podman's {"cause", "message", "response"}.
Error statusError(int status, const QByteArray &body, const QString &what);

/// No connection: looks at the socket to tell "not running" from "not allowed". `detail` is the platform's words.
Error connectError(const Endpoint &endpoint, const QString &detail);

/// The engine went away in the middle of `what`.
Error lostError(const QString &what, const QString &detail);

} // namespace capsule::docker
