// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"
#include "cli/completion.h"

#include <QTimer>

namespace capsule::cli {

/// `__complete`: what the completion scripts ask. Never starts the engine and never takes long: without an answer
/// there are just no names to offer.
class CompleteCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;

private:
    void answer(const QList<Candidate> &more);

    CompletionPlan m_plan;
    QTimer m_patience;
};

} // namespace capsule::cli
