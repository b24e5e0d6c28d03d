// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/fake/fakechannels.h"

#include <QMetaMethod>

using namespace Qt::StringLiterals;

namespace capsule {

FakeTerminal::FakeTerminal(CommandSpec command, Program program)
    : m_command(std::move(command))
    , m_program(program)
{
    m_sizes.append(m_command.size);
    connect(&m_pipe, &FakePipe::output, this, &FakeTerminal::output);
    connect(&m_pipe, &FakePipe::drained, this, [this] {
        if (m_finishing) {
            end();
        } else if (std::exchange(m_prompting, false)) {
            feed("$ ");
        }
    });
    if (m_program == Program::Shell)
        feed("$ ");
}

void FakeTerminal::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&TerminalChannel::output) || signal == QMetaMethod::fromSignal(&TerminalChannel::ended))
        m_pipe.release();
}

void FakeTerminal::write(const QByteArray &bytes)
{
    if (m_ended || m_finishing)
        return;
    m_toWrite += bytes;
    QMetaObject::invokeMethod(this, &FakeTerminal::takeInput, Qt::QueuedConnection);
}

void FakeTerminal::takeInput()
{
    if (m_inputBlocked || m_toWrite.isEmpty() || m_ended)
        return;
    const QByteArray bytes = std::exchange(m_toWrite, {});
    m_received += bytes;
    if (m_program == Program::Shell) {
        for (const char byte : bytes)
            takeByte(byte);
    }
    emit written(bytes.size());
}

void FakeTerminal::takeByte(char byte)
{
    if (byte == '\r' || byte == '\n') {
        feed("\r\n");
        runLine(std::exchange(m_line, {}));
    } else if (byte == '\x03') {
        m_pipe.stopGenerating();
        m_line.clear();
        feed("^C\r\n");
        m_prompting = true;
    } else if (byte == '\x04' && m_line.isEmpty()) {
        finish({.code = 0, .error = {}});
    } else if (byte == '\x7f') {
        if (!m_line.isEmpty()) {
            m_line.chop(1);
            feed("\b \b");
        }
    } else {
        m_line += byte;
        feed(QByteArray(1, byte));
    }
}

void FakeTerminal::runLine(const QByteArray &line)
{
    const QByteArray trimmed = line.trimmed();
    const qsizetype space = trimmed.indexOf(' ');
    const QByteArray name = space < 0 ? trimmed : trimmed.first(space);
    const QByteArray rest = space < 0 ? QByteArray() : trimmed.sliced(space + 1);
    if (name == "exit") {
        finish({.code = rest.toInt(), .error = {}});
        return;
    }
    if (name == "echo")
        feed(rest + "\r\n");
    else if (name == "flood")
        m_pipe.generate(rest.toLongLong());
    else if (!name.isEmpty())
        feed(name + ": command not found\r\n");
    m_prompting = true;
}

void FakeTerminal::resize(TerminalSize size)
{
    m_sizes.append(size);
}

void FakeTerminal::hangUp()
{
    m_pipe.clear();
    finish({.code = 129, .error = {}}); // 128 + SIGHUP
}

void FakeTerminal::feed(const QByteArray &bytes)
{
    if (!m_ended)
        m_pipe.print(bytes);
}

void FakeTerminal::finish(const ExitStatus &status)
{
    if (m_ended || m_finishing)
        return;
    m_finishing = status;
    // A broken stream ends even while its reader is paused; a program's last output is delivered first.
    if (status.error)
        QMetaObject::invokeMethod(this, &FakeTerminal::end, Qt::QueuedConnection);
    else
        m_pipe.print({});
}

void FakeTerminal::end()
{
    if (std::exchange(m_ended, true))
        return;
    m_pipe.disconnect(this);
    emit ended(*m_finishing);
}

void FakeTerminal::setInputBlocked(bool blocked)
{
    m_inputBlocked = blocked;
    QMetaObject::invokeMethod(this, &FakeTerminal::takeInput, Qt::QueuedConnection);
}

FakeExec::FakeExec(CommandSpec command)
    : m_command(std::move(command))
{
    m_sleep.setSingleShot(true);
    connect(&m_sleep, &QTimer::timeout, this, [this] { exitWith(0); });
    connect(&m_pipe, &FakePipe::output, this, &FakeExec::output);
    connect(&m_pipe, &FakePipe::output, this, &FakeExec::takeInput);
    connect(&m_pipe, &FakePipe::drained, this, [this] {
        if (m_finishing)
            end();
    });
}

void FakeExec::connectNotify(const QMetaMethod &signal)
{
    const bool heard = signal == QMetaMethod::fromSignal(&ExecChannel::output) || signal == QMetaMethod::fromSignal(&ExecChannel::ended);
    if (!heard || std::exchange(m_begun, true))
        return;
    m_pipe.release();
    QMetaObject::invokeMethod(this, [this] { run(m_command.argv); }, Qt::QueuedConnection);
}

void FakeExec::run(QStringList argv)
{
    if (m_finishing)
        return;
    if (argv.size() == 3 && (argv[0] == "sh"_L1 || argv[0] == "bash"_L1) && argv[1] == "-c"_L1)
        argv = argv[2].split(u' ', Qt::SkipEmptyParts);
    const QString name = argv.value(0);
    const QString argument = argv.value(1);
    if (name == "cat"_L1) {
        m_copiesInput = true;
        takeInput();
        return;
    }
    if (name == "sleep"_L1) {
        m_sleep.start(std::chrono::milliseconds(qRound64(argument.toDouble() * 1000)));
        return;
    }
    if (name == "echo"_L1)
        m_pipe.print(argv.sliced(1).join(u' ').toUtf8() + '\n');
    else if (name == "env"_L1)
        m_pipe.print(m_command.environment.join(u'\n').toUtf8() + '\n');
    else if (name == "pwd"_L1)
        m_pipe.print((m_command.workingDirectory.isEmpty() ? u"/workspace"_s : m_command.workingDirectory).toUtf8() + '\n');
    else if (name == "flood"_L1)
        m_pipe.generate(argument.toLongLong());
    else if (name != "true"_L1 && name != "false"_L1 && name != "exit"_L1) {
        emit errorOutput(name.toUtf8() + ": command not found\n");
        exitWith(127);
        return;
    }
    exitWith(name == "false"_L1 ? 1 : name == "exit"_L1 ? argument.toInt() : 0);
}

void FakeExec::write(const QByteArray &bytes)
{
    if (m_ended || m_finishing || m_inputClosed)
        return;
    m_toWrite += bytes;
    QMetaObject::invokeMethod(this, &FakeExec::takeInput, Qt::QueuedConnection);
}

void FakeExec::takeInput()
{
    // `cat` reads no faster than its output is read.
    if (m_ended || !m_copiesInput || m_pipe.pending() >= FakePipe::capacity)
        return;
    const QByteArray bytes = m_toWrite.first(qMin(FakePipe::chunk, m_toWrite.size()));
    m_toWrite.remove(0, bytes.size());
    m_received += bytes;
    m_pipe.print(bytes);
    if (m_toWrite.isEmpty() && m_inputClosed)
        exitWith(0);
    else if (!m_toWrite.isEmpty())
        QMetaObject::invokeMethod(this, &FakeExec::takeInput, Qt::QueuedConnection);
    if (!bytes.isEmpty())
        emit written(bytes.size());
}

void FakeExec::closeInput()
{
    m_inputClosed = true;
    QMetaObject::invokeMethod(this, &FakeExec::takeInput, Qt::QueuedConnection);
}

void FakeExec::kill()
{
    m_pipe.clear();
    finish({.code = 137, .error = {}}); // 128 + SIGKILL
}

void FakeExec::finish(const ExitStatus &status)
{
    if (m_ended || m_finishing)
        return;
    m_finishing = status;
    m_sleep.stop();
    if (status.error)
        QMetaObject::invokeMethod(this, &FakeExec::end, Qt::QueuedConnection);
    else
        m_pipe.print({});
}

void FakeExec::end()
{
    if (std::exchange(m_ended, true))
        return;
    m_pipe.disconnect(this);
    emit ended(*m_finishing);
}

} // namespace capsule
