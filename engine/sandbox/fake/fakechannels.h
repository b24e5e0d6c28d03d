// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/fake/fakepipe.h"
#include "sandbox/sandboxprovider.h"

#include <QTimer>

namespace capsule {

/// A terminal without a sandbox. With Program::Shell it behaves like a tiny shell: echoes, prints the prompt "$ ",
/// knows `echo TEXT`, `exit N`, `flood BYTES` and Ctrl-C; with Program::None it says only what a test feeds it.
class FakeTerminal : public TerminalChannel
{
    Q_OBJECT
public:
    enum class Program { Shell, None };
    FakeTerminal(CommandSpec command, Program program);

    void write(const QByteArray &bytes) override;
    qint64 bytesToWrite() const override { return m_toWrite.size(); }
    void resize(TerminalSize size) override;
    void setReadPaused(bool paused) override { m_pipe.setPaused(paused); }
    void hangUp() override;

    // Knobs and records for tests.
    void feed(const QByteArray &bytes);   ///< the program prints this
    void finish(const ExitStatus &status); ///< the program ends, after its last output; an error cuts the output off
    void setInputBlocked(bool blocked);   ///< the program does not read: what is written stays in bytesToWrite
    bool isEnded() const { return m_ended; }
    qsizetype pendingOutput() const { return m_pipe.pending(); }
    const CommandSpec &command() const { return m_command; }
    const QByteArray &received() const { return m_received; } ///< all that the program has read
    const QList<TerminalSize> &sizes() const { return m_sizes; }

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    void takeInput();
    void takeByte(char byte);
    void runLine(const QByteArray &line);
    void end();

    CommandSpec m_command;
    Program m_program;
    FakePipe m_pipe{this};
    QByteArray m_toWrite;
    QByteArray m_received;
    QByteArray m_line;
    QList<TerminalSize> m_sizes;
    std::optional<ExitStatus> m_finishing;
    bool m_inputBlocked = false;
    bool m_prompting = false; ///< a prompt is due when the running command has printed all
    bool m_ended = false;
};

/// A command without a sandbox. Knows `echo ARGS`, `cat`, `env`, `pwd`, `true`, `false`, `exit N`, `sleep SECONDS`,
/// `flood BYTES`, and `sh -c "one of these"`; another one fails with 127.
class FakeExec : public ExecChannel
{
    Q_OBJECT
public:
    explicit FakeExec(CommandSpec command);

    void write(const QByteArray &bytes) override;
    void closeInput() override;
    qint64 bytesToWrite() const override { return m_toWrite.size(); }
    void setReadPaused(bool paused) override { m_pipe.setPaused(paused); }
    void kill() override;

    void finish(const ExitStatus &status);
    bool isEnded() const { return m_ended; }
    const CommandSpec &command() const { return m_command; }
    const QByteArray &received() const { return m_received; }

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    void run(QStringList argv);
    void takeInput();
    void exitWith(int code) { finish({.code = code, .error = {}}); }
    void end();

    CommandSpec m_command;
    FakePipe m_pipe{this};
    QTimer m_sleep;
    QByteArray m_received;
    QByteArray m_toWrite;
    std::optional<ExitStatus> m_finishing;
    bool m_copiesInput = false;
    bool m_inputClosed = false;
    bool m_begun = false;
    bool m_ended = false;
};

} // namespace capsule
