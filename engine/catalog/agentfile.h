// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/agentprofile.h"

#include <QByteArray>

#include <expected>

namespace capsule {

inline constexpr qsizetype agentFileMaxBytes = 64 * 1024;

/// ^[a-z0-9][a-z0-9-]{0,31}$: such an id is a folder name, a part of an image name and of a sandbox name.
bool isAgentId(QStringView id);

/// Reads one agent.json. Pure: `file` only names it in the problem and in the profile's origin, `folder` is
/// the name of the folder it lies in, which its id must equal. Keys that are not known are ignored, so that
/// a file for a newer Capsule works in an older one.
std::expected<AgentProfile, AgentProblem> parseAgentFile(const QByteArray &bytes, const QString &folder, const QString &file);

/// "FILE: ports[0].port must be a number from 1 to 65535".
QString describe(const AgentProblem &problem);

} // namespace capsule
