// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/paths.h"
#include "catalog/agentprofile.h"
#include "protocol/methods.h"

namespace capsule {

/// The agents of the user's folder and of the installation, by id; the first folder that has a usable one
/// wins. Reads the files anew at each call, so that an edited agent.json counts at once; a file that
/// cannot be used is a problem in the list and hides no other.
class AgentCatalog
{
public:
    explicit AgentCatalog(QStringList dirs = paths::agentDirs());

    /// Sorted by name. `imageReady` is not filled in: ask the ImageStore.
    api::AgentListResult list() const;

    /// NotFound: no such agent. InvalidArgument: its agent.json cannot be used, the message says why.
    Result<AgentProfile> find(const QString &id) const;

private:
    struct Scan {
        std::vector<AgentProfile> profiles;
        std::vector<AgentProblem> problems;
    };
    Scan scan() const;

    QStringList m_dirs;
};

} // namespace capsule
