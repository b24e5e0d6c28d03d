// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"

namespace capsule::cli {

/// `agents`
class AgentsCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;

private:
    void print(const api::AgentListResult &list) const;
};

} // namespace capsule::cli
