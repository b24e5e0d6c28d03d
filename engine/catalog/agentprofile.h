// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QStringList>

namespace capsule {

/// A port on which the agent shows something in a browser.
struct AgentPort {
    int port = 0;
    QString label{};

    bool operator==(const AgentPort &) const = default;
};

/// One agent as its agent.json describes it (fields: agents/README.md). Checked by readAgentFile(): every
/// text is bounded and free of control characters, ids are safe in names of images and sandboxes.
struct AgentProfile {
    QString id{};
    QString name{};
    QString description{};
    QString icon{}; ///< an icon name, never a path
    QString install{}; ///< shell text run as root when its image is built; empty: the base image itself
    QString setup{}; ///< shell text run as the user when a sandbox of it is new
    QStringList command{}; ///< argv of the first terminal; empty: a login shell
    QStringList environment{}; ///< "NAME=value", sorted by name
    Limits limits{}; ///< zero: the engine's default
    Privileges privileges = Privileges::Locked;
    std::vector<AgentPort> ports{};
    bool warmPool = false; ///< worth keeping sandboxes of it started in advance
    QString origin{}; ///< the agent.json it was read from

    bool operator==(const AgentProfile &) const = default;
};

} // namespace capsule
