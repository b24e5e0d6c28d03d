// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/attachment.h"
#include "cli/command.h"

namespace capsule::cli {

/// What `attach` and `new` share: from a session to a bound terminal.
class AttachingCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;

protected:
    /// Terminal `number` counts from 1; 0: the first that runs, else a new one.
    void attachTo(const SessionInfo &session, int number);
    /// False after having refused.
    bool readDetachKeys();

private:
    void bind(const SessionInfo &session, const QString &terminalId);

    DetachKeys m_keys;
    std::unique_ptr<Attachment> m_attachment;
};

/// `attach`
class AttachCommand : public AttachingCommand
{
    Q_OBJECT
public:
    using AttachingCommand::AttachingCommand;
    void run() override;
};

} // namespace capsule::cli
