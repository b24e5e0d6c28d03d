// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"

namespace capsule::cli {

/// `open`: starts the desktop application as a process of its own; one that runs already comes forward.
class OpenCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;

private:
    void open(const QStringList &arguments);
};

} // namespace capsule::cli
