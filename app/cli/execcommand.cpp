// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/execcommand.h"

#include "cli/exitcodes.h"
#include "cli/rawterminal.h"

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

constexpr qint64 backlog = 256 * 1024; ///< in either direction; beyond it the source waits

} // namespace

ExecCommand::ExecCommand(const CommandLine &line)
    : Command(line)
    , m_input(STDIN_FILENO)
    , m_out(STDOUT_FILENO)
    , m_err(STDERR_FILENO)
    , m_signals({SIGINT, SIGTERM, SIGHUP})
{
    connect(&m_signals, &SignalPipe::received, this, [this](int number) {
        m_stream.reset(); // ends the command
        finish(128 + number);
    });
    for (FdWriter *writer : {&m_out, &m_err}) {
        connect(writer, &FdWriter::written, this, [this] {
            acknowledge();
            finishWhenWritten();
        });
        connect(writer, &FdWriter::failed, this, [this] {
            if (m_stream)
                m_stream.release()->deleteLater(); // maybe in the middle of its signal
            finish(128 + SIGPIPE); // as a local command would have ended
        });
    }
}

int ExecCommand::codeFor(const Error &error) const
{
    return execExitCodeOf(error);
}

void ExecCommand::run()
{
    withEngine([this] {
        withSession(m_line.operands.at(0), [this](const SessionInfo &session) { start(session); });
    });
}

void ExecCommand::start(const SessionInfo &session)
{
    m_stream = m_client.startExec({session.id, m_line.rest, m_line.options.value(u"env"_s), m_line.value(u"workdir"_s)});
    connect(m_stream.get(), &ByteStream::output, this, [this](const QByteArray &bytes) {
        m_unacknowledged += bytes.size();
        m_out.write(bytes);
        acknowledge();
    });
    connect(m_stream.get(), &ByteStream::errorOutput, this, [this](const QByteArray &bytes) {
        m_unacknowledged += bytes.size();
        m_err.write(bytes);
        acknowledge();
    });
    connect(m_stream.get(), &ByteStream::closed, this, &ExecCommand::closed);
    forwardInput();
}

void ExecCommand::forwardInput()
{
    // Typing into a command without a terminal helps nobody; it sees the end of its input at once.
    if (isTerminal(STDIN_FILENO))
        return m_stream->endInput();
    connect(&m_input, &FdReader::bytes, this, [this](const QByteArray &bytes) {
        if (!m_stream)
            return;
        m_stream->write(bytes);
        m_input.setPaused(m_stream && m_stream->bytesToWrite() >= backlog);
    });
    connect(&m_input, &FdReader::ended, this, [this] {
        if (m_stream)
            m_stream->endInput();
    });
    connect(m_stream.get(), &ByteStream::bytesWritten, this, [this] { m_input.setPaused(!m_stream || m_stream->bytesToWrite() >= backlog); });
    m_input.setPaused(false);
}

void ExecCommand::acknowledge()
{
    if (m_stream && m_unacknowledged > 0 && m_out.pending() + m_err.pending() < backlog)
        m_stream->consumed(std::exchange(m_unacknowledged, 0));
}

void ExecCommand::closed(const api::ChannelClosedParams &how)
{
    m_stream.release()->deleteLater(); // this is its own signal
    m_input.setPaused(true);
    if (how.error)
        return refuse(how.error->toError());
    m_exitCode = how.exitCode.value_or(exitExecFailed);
    finishWhenWritten();
}

void ExecCommand::finishWhenWritten()
{
    if (m_exitCode && m_out.pending() == 0 && m_err.pending() == 0)
        finish(*m_exitCode);
}

} // namespace capsule::cli
