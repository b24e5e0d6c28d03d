// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/terminalchannel.h"

namespace capsule::test {

/// Keeps what a channel says. Connect it as soon as the channel is there.
class ChannelRecorder : public QObject
{
public:
    explicit ChannelRecorder(TerminalChannel *terminal)
    {
        connect(terminal, &TerminalChannel::output, this, [this](const QByteArray &bytes) { take(output, bytes); });
        connect(terminal, &TerminalChannel::ended, this, [this](const ExitStatus &how) { take(how); });
    }
    explicit ChannelRecorder(ExecChannel *exec)
    {
        connect(exec, &ExecChannel::output, this, [this](const QByteArray &bytes) { take(output, bytes); });
        connect(exec, &ExecChannel::errorOutput, this, [this](const QByteArray &bytes) { take(errorOutput, bytes); });
        connect(exec, &ExecChannel::ended, this, [this](const ExitStatus &how) { take(how); });
    }

    bool isEnded() const { return ends > 0; }

    QByteArray output;
    QByteArray errorOutput;
    ExitStatus status;
    int ends = 0;
    bool outputAfterEnd = false;

private:
    void take(QByteArray &where, const QByteArray &bytes)
    {
        where += bytes;
        outputAfterEnd = outputAfterEnd || ends > 0;
    }
    void take(const ExitStatus &ended)
    {
        status = ended;
        ++ends;
    }
};

} // namespace capsule::test
