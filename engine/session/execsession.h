// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/terminalchannel.h"
#include "session/terminalviewer.h"

#include <deque>
#include <memory>

namespace capsule {

/// A running command and its one channel. Output waits here only while the client's window is full, and
/// the command is held back meanwhile. Owned by the connection; destroying it kills the command.
class ExecSession final : public ViewerChannel
{
    Q_OBJECT
public:
    ExecSession(std::shared_ptr<ExecChannel> channel, ChannelSink &sink);
    ~ExecSession() override;

    void begin() override;
    void receiveData(const QByteArray &bytes) override;
    void receiveEndOfInput() override;
    void receiveConsumed(quint64 total) override;
    Result<void> resize(TerminalSize size) override;
    void close() override;

private:
    void enqueue(FrameKind kind, const QByteArray &bytes);
    void pump();
    void finish(std::optional<int> exitCode, std::optional<Error> error);

    struct Pending {
        FrameKind kind;
        QByteArray bytes;
        qsizetype sent = 0;
    };

    std::shared_ptr<ExecChannel> m_channel;
    ChannelSink *m_sink;
    ChannelWindow m_window;
    std::deque<Pending> m_pending;
    std::optional<ExitStatus> m_ended;
    bool m_begun = false;
    bool m_open = true;
    bool m_inputEnded = false;
    bool m_paused = false;
};

} // namespace capsule
