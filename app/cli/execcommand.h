// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"
#include "cli/fdstreams.h"
#include "cli/signalpipe.h"
#include "client/bytestream.h"

namespace capsule::cli {

/// `exec`: the three standard streams of a command, byte for byte, and its exit code.
class ExecCommand : public Command
{
    Q_OBJECT
public:
    explicit ExecCommand(const CommandLine &line);
    void run() override;

protected:
    int codeFor(const Error &error) const override;

private:
    void start(const SessionInfo &session);
    void forwardInput();
    void acknowledge();
    void closed(const api::ChannelClosedParams &how);
    void finishWhenWritten();

    std::unique_ptr<ByteStream> m_stream;
    FdReader m_input;
    FdWriter m_out;
    FdWriter m_err;
    SignalPipe m_signals;
    qint64 m_unacknowledged = 0;
    std::optional<int> m_exitCode;
};

} // namespace capsule::cli
