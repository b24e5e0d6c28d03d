// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QStringList>

#include <optional>

/// The container engine's errors in words about sandboxes; its own words stay in `detail`.
namespace capsule {

/// A call about one sandbox has failed. `what` is "start the sandbox".
Error sandboxError(const Error &error, const QString &what);

/// The image for a new sandbox is missing, the machine is full, and so on.
Error creationError(const Error &error, const QString &image);

/// How a channel ends whose stream broke or whose sandbox went away.
Error lostChannelError(const Error &error);

/// Engines switch to the stream first and then write into it why they could not start the program. The sentence
/// for the user when `output`, the very first of a stream, is such a text.
std::optional<QString> startFailure(const QByteArray &output, const QStringList &argv);

} // namespace capsule
