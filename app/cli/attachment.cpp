// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/attachment.h"

#include "cli/exitcodes.h"
#include "cli/text.h"

#include <algorithm>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule::cli {

namespace {

constexpr qint64 screenBacklog = 128 * 1024;   ///< beyond it, output stays with the engine
constexpr qint64 keyboardBacklog = 256 * 1024; ///< beyond it, what is pasted stays in the terminal

} // namespace

Attachment::Attachment(EngineClient &client, EngineStarter &starter, const Output &output, DetachKeys keys, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_starter(starter)
    , m_output(output)
    , m_keys(std::move(keys))
    , m_matcher(m_keys)
    , m_signals({SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    , m_keyboard(STDIN_FILENO)
    , m_screen(STDOUT_FILENO)
{
    m_restart.setSingleShot(true);
    connect(&m_restart, &QTimer::timeout, this, [this] { m_starter.ensureRunning(); });
    connect(&m_signals, &SignalPipe::received, this, &Attachment::signalled);
    connect(&m_keyboard, &FdReader::bytes, this, &Attachment::typed);
    connect(&m_keyboard, &FdReader::ended, this, [this] { leave(exitOk, u"Detached from %1; it runs on."_s.arg(m_session.name)); });
    connect(&m_screen, &FdWriter::written, this, &Attachment::acknowledge);
    connect(&m_screen, &FdWriter::failed, this, [this] { leave(exitFailure, {}); });
    connect(&client, &EngineClient::engineStopping, this, [this] { m_engineStopped = true; });
    connect(&client, &EngineClient::connected, this, [this] {
        if (m_waiting)
            attachAgain();
    });
}

Attachment::~Attachment() = default;

void Attachment::start(const SessionInfo &session, const QString &terminalId)
{
    m_session = session;
    m_terminalId = terminalId;
    m_output.note(m_keys.keys.isEmpty() ? u"Attached to %1."_s.arg(session.name)
                                        : u"Attached to %1; %2 leaves it running."_s.arg(session.name, m_keys.shown));
    auto raw = RawTerminal::enter();
    if (!raw)
        return leave(exitCodeOf(raw.error()), {}, raw.error());
    m_raw = *std::move(raw);
    m_keyboard.setPaused(false);
    attach();
}

void Attachment::attach()
{
    m_unacknowledged = 0;
    m_stream = m_client.attachTerminal({m_terminalId, terminalSize().value_or(TerminalSize{})});
    connect(m_stream.get(), &ByteStream::replayStarted, this, &Attachment::startReplay);
    connect(m_stream.get(), &ByteStream::output, this, &Attachment::take);
    connect(m_stream.get(), &ByteStream::closed, this, &Attachment::closed);
    connect(m_stream.get(), &ByteStream::bytesWritten, this, [this] {
        if (m_stream && m_stream->bytesToWrite() < keyboardBacklog)
            m_keyboard.setPaused(false);
    });
}

void Attachment::startReplay(qint64 bytes)
{
    m_screen.write(m_modes.resetSequence());
    // What stood on the screen before belongs to the user: the first time it moves up, into the scrollback.
    if (!std::exchange(m_cleared, true))
        m_screen.write(QByteArray(terminalSize().value_or(TerminalSize{}).rows, '\n'));
    m_screen.write("\x1b[H\x1b[2J" + std::exchange(m_firstLine, {}));
    m_modes = {};
    m_replayFilter = {};
    m_replayLeft = bytes;
}

void Attachment::take(const QByteArray &output)
{
    const qint64 replayed = std::min<qint64>(m_replayLeft, output.size());
    QByteArray shown;
    if (replayed > 0) {
        shown = m_replayFilter.feed(output.first(replayed));
        m_replayLeft -= replayed;
        if (m_replayLeft == 0)
            shown += m_replayFilter.finish();
    }
    shown += output.sliced(replayed);
    m_modes.feed(shown);
    m_unacknowledged += output.size();
    m_screen.write(shown);
    acknowledge();
}

void Attachment::acknowledge()
{
    if (m_stream && m_unacknowledged > 0 && m_screen.pending() < screenBacklog)
        m_stream->consumed(std::exchange(m_unacknowledged, 0));
}

void Attachment::typed(const QByteArray &bytes)
{
    const DetachMatcher::Found found = m_matcher.feed(bytes);
    if (m_stream && !found.forward.isEmpty()) {
        m_stream->write(found.forward);
        if (m_stream && m_stream->bytesToWrite() >= keyboardBacklog)
            m_keyboard.setPaused(true);
    }
    if (found.detached)
        leave(exitOk, u"Detached from %1; it runs on. \"capsule attach %1\" brings it back."_s.arg(m_session.name));
}

void Attachment::closed(const api::ChannelClosedParams &how)
{
    m_stream.release()->deleteLater(); // this is its own signal
    if (how.exitCode)
        return leave(*how.exitCode, {});
    if (m_client.state() != EngineClient::State::Connected)
        return waitForEngine();
    if (how.error)
        return leave(exitCodeOf(how.error->toError()), {}, how.error->toError());
    leave(exitOk, u"The terminal was closed."_s);
}

void Attachment::waitForEngine()
{
    m_waiting = true;
    m_cleared = false; // the notices move into the scrollback as well
    m_keyboard.setPaused(false);
    const QString leaves = m_keys.keys.isEmpty() ? QString() : u" %1 leaves."_s.arg(m_keys.shown);
    if (m_engineStopped) {
        notice(u"The engine was stopped; the session runs on. Waiting for the engine to be started again.%1"_s.arg(leaves));
        return;
    }
    notice(u"The connection to the engine broke; attaching again.%1"_s.arg(leaves));
    m_restart.start(1s); // by then somebody else's restart is under way, if there is one
}

void Attachment::attachAgain()
{
    m_restart.stop();
    m_engineStopped = false;
    m_client.call<api::SessionGet>({m_session.id}).then(this, [this](const Result<api::Session> &result) {
        if (result)
            resumeIn(result->session);
        else if (result.error().code != ErrorCode::Unavailable)
            leave(exitCodeOf(result.error()), {}, result.error());
    });
}

void Attachment::resumeIn(const SessionInfo &session)
{
    if (session.state != SessionState::Running) {
        const Error error{ErrorCode::Conflict, u"%1 is %2 now; \"capsule start %1\" starts it again."_s.arg(session.name, stateText(session.state)),
                          session.message};
        return leave(exitFailure, {}, error);
    }
    m_session = session;
    const auto terminal = std::ranges::find(session.terminals, m_terminalId, &TerminalInfo::id);
    if (terminal != session.terminals.end() && terminal->state != TerminalState::Lost) {
        m_waiting = false;
        notice(u"Attached again."_s);
        return attach();
    }
    const QString lost = u"That terminal was lost with the engine; this is a new one in %1."_s.arg(session.name);
    m_firstLine = "[capsule: " + printable(lost).toLocal8Bit() + "]\r\n"; // after its screen is cleared
    m_client.call<api::TerminalOpen>({session.id, {}, terminalSize().value_or(TerminalSize{})}).then(this, [this](const Result<api::Terminal> &opened) {
        if (!opened)
            return leave(exitCodeOf(opened.error()), {}, opened.error());
        m_waiting = false;
        m_terminalId = opened->terminal.id;
        attach();
    });
}

void Attachment::signalled(int signalNumber)
{
    if (signalNumber != SIGWINCH)
        return leave(128 + signalNumber, u"Detached from %1; it runs on."_s.arg(m_session.name));
    if (const auto size = terminalSize(); size && m_stream)
        m_stream->resize(*size);
}

void Attachment::notice(const QString &sentence)
{
    m_screen.write("\r\n\x1b[0m[capsule: " + printable(sentence).toLocal8Bit() + "]\r\n");
}

void Attachment::leave(int exitCode, const QString &lastWords, const std::optional<Error> &error)
{
    if (std::exchange(m_ended, true))
        return;
    m_keyboard.setPaused(true);
    m_restart.stop();
    if (m_stream) {
        m_stream->disconnect(this);
        m_stream.release()->deleteLater();
    }
    if (m_raw) {
        m_screen.write(m_modes.resetSequence() + "\r\n");
        m_screen.flushAtExit();
        m_raw.reset();
    }
    if (!lastWords.isEmpty())
        m_output.note(lastWords);
    emit ended(exitCode, error);
}

} // namespace capsule::cli
