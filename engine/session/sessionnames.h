// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QStringList>

#include <functional>

namespace capsule {

inline constexpr int maxNameLength = 64; ///< characters (code points)

/// 12 random hexadecimal digits: for sessions, terminals and jobs.
QString newId();

/// The name as it is kept (without white space around it). InvalidArgument unless it has 1 to 64 printable characters.
Result<QString> checkedName(const QString &name);

/// A name nobody has: `base` made fit for a name, and a number behind it when it is taken ("claude-code-2").
QString unusedName(const QString &base, const std::function<bool(const QString &)> &isTaken);

} // namespace capsule
