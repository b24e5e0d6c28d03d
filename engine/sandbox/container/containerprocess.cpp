// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containerprocess.h"

#include "docker/hijack.h"
#include "sandbox/container/containererrors.h"
#include "sandbox/container/containerexecs.h"

#include <QPointer>
#include <QTimer>

#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule {

namespace {

/// The stream may end a little before the engine knows how the program ended.
constexpr std::array exitCodeDelays = {0ms, 10ms, 30ms, 100ms, 300ms, 1000ms};
constexpr auto endGrace = 1s; ///< between a script that ended everything and giving up on the stream
constexpr qsizetype earlyLimit = 64 * 1024;

} // namespace

ContainerProcess::ContainerProcess(Place place)
    : m_place(std::move(place))
    , m_stream(docker::startExec(*m_place.client, m_place.exec, m_place.terminal, this))
{
    using docker::StandardStream;
    connect(m_stream, &docker::HijackedStream::output, this, [this](const QByteArray &bytes) { take(StandardStream::Output, bytes); });
    connect(m_stream, &docker::HijackedStream::errorOutput, this, [this](const QByteArray &bytes) { take(StandardStream::ErrorOutput, bytes); });
    connect(m_stream, &docker::HijackedStream::writable, this, &ContainerProcess::feedInput);
    connect(m_stream, &docker::HijackedStream::finished, this, &ContainerProcess::streamFinished);
    connect(m_stream, &docker::HijackedStream::started, this, [this] {
        // A terminal counts as open once its size could be set: only a program that runs has one.
        if (m_place.terminal == docker::ExecTerminal::Tty)
            sendSize();
        else
            becomeOpen();
    });
}

ContainerProcess::~ContainerProcess()
{
    // This may be within one of its signals. The client that it refers to goes later than it.
    m_stream->disconnect(this);
    m_stream->close();
    m_stream->setParent(nullptr);
    m_stream->deleteLater();
}

void ContainerProcess::write(const QByteArray &bytes)
{
    if (m_ended || m_streamEnded || m_inputClosing)
        return;
    m_input += bytes;
    // Queued, so that `written` never comes within the caller's write().
    QMetaObject::invokeMethod(this, &ContainerProcess::feedInput, Qt::QueuedConnection);
}

void ContainerProcess::feedInput()
{
    if (m_input.isEmpty() || m_streamEnded)
        return;
    const qint64 taken = m_stream->write(m_input);
    m_input.remove(0, taken);
    if (m_input.isEmpty() && m_inputClosing)
        m_stream->closeInput();
    if (taken > 0)
        emit written(taken);
}

void ContainerProcess::closeInput()
{
    if (std::exchange(m_inputClosing, true) || m_streamEnded)
        return;
    if (m_input.isEmpty())
        m_stream->closeInput();
}

void ContainerProcess::setReadPaused(bool paused)
{
    m_paused = paused;
    if (m_phase == Phase::Delivering && !m_streamEnded && !m_assumedCode)
        m_stream->setReadPaused(paused);
}

void ContainerProcess::take(docker::StandardStream stream, const QByteArray &bytes)
{
    if (m_ended || (m_assumedCode && m_paused))
        return; // hung up while nobody reads
    if (!std::exchange(m_sawOutput, true)) {
        const std::optional<QString> sentence = startFailure(bytes, m_place.argv);
        if (sentence && m_phase == Phase::Starting) {
            m_ended = true;
            emit failed({ErrorCode::NotFound, *sentence, QString::fromUtf8(bytes.first(qMin<qsizetype>(bytes.size(), 4000)))});
            return;
        }
        if (sentence) {
            // Docker before 26 says 126 for a program that is not there, too; shells say 127.
            if (bytes.contains("executable file not found") || bytes.contains("no such file or directory"))
                m_failedCode = 127;
            deliver(docker::StandardStream::ErrorOutput, sentence->toUtf8() + '\n');
            return;
        }
        // A size that was set before the program ran is lost, and reported as set.
        m_nextSize = m_size;
        sendSize();
    }
    deliver(stream, bytes);
}

void ContainerProcess::deliver(docker::StandardStream stream, const QByteArray &bytes)
{
    if (m_phase == Phase::Delivering) {
        if (stream == docker::StandardStream::Output)
            emit output(bytes);
        else
            emit errorOutput(bytes);
        return;
    }
    m_early.append({stream, bytes});
    m_earlyBytes += bytes.size();
    if (m_earlyBytes >= earlyLimit)
        m_stream->setReadPaused(true);
    becomeOpen();
}

void ContainerProcess::becomeOpen()
{
    if (m_phase != Phase::Starting || m_ended)
        return;
    m_phase = Phase::Waiting;
    emit opened();
}

void ContainerProcess::handOut()
{
    if (std::exchange(m_handedOut, true))
        return;
    // Queued, so that its listener has made all of its connections.
    QMetaObject::invokeMethod(this, [this] {
        const QPointer alive(this);
        m_phase = Phase::Delivering;
        for (const docker::StreamPart &part : std::exchange(m_early, {})) {
            deliver(part.stream, part.bytes);
            if (!alive)
                return;
        }
        if (m_earlyEnd)
            end(*std::exchange(m_earlyEnd, {}));
        else if (!m_streamEnded)
            m_stream->setReadPaused(m_paused);
    }, Qt::QueuedConnection);
}

void ContainerProcess::resize(TerminalSize size)
{
    if (m_ended || m_streamEnded)
        return;
    m_size = m_nextSize = size;
    if (m_stream->isStarted())
        sendSize();
}

void ContainerProcess::sendSize()
{
    if (m_sizeInFlight || !m_nextSize || m_streamEnded)
        return;
    m_sizeInFlight = true;
    const TerminalSize size = *std::exchange(m_nextSize, {});
    docker::resizeExec(*m_place.client, m_place.exec, size.columns, size.rows).then(this, [this](const Result<void> &result) {
        const QPointer alive(this);
        m_sizeInFlight = false;
        if (result)
            becomeOpen();
        else if (m_phase == Phase::Starting)
            openIfRunning();
        if (alive)
            sendSize();
    });
}

void ContainerProcess::openIfRunning()
{
    docker::inspectExec(*m_place.client, m_place.exec).then(this, [this](const Result<docker::ExecState> &state) {
        if (state && state->running)
            becomeOpen();
    });
}

void ContainerProcess::endWith(const char *script, int assumedCode)
{
    if (m_ended || m_streamEnded || m_assumedCode)
        return;
    m_assumedCode = assumedCode;
    m_stream->setReadPaused(false);
    runScript(m_place.client, m_place.container, script, {m_place.tag}).then(this, [this](const Result<int> &result) {
        if (m_ended || m_streamEnded)
            return;
        if (!result && result.error().code == ErrorCode::Conflict) { // frozen: nothing can be ended in it now
            end({.code = {}, .error = sandboxError(result.error(), u"end the program"_s)});
            return;
        }
        // Something that hides from the script may hold the terminal open.
        QTimer::singleShot(endGrace, this, [this] {
            if (!m_ended && !m_streamEnded)
                end({.code = m_assumedCode, .error = {}});
        });
    });
}

void ContainerProcess::streamFinished(const Result<void> &result)
{
    if (m_ended || std::exchange(m_streamEnded, true))
        return;
    if (!result && m_phase == Phase::Starting) {
        m_ended = true;
        emit failed(sandboxError(result.error(), u"start the program"_s));
    } else if (!result) {
        end({.code = {}, .error = lostChannelError(result.error())});
    } else {
        askExitCode(0);
    }
}

void ContainerProcess::askExitCode(qsizetype attempt)
{
    docker::inspectExec(*m_place.client, m_place.exec).then(this, [this, attempt](const Result<docker::ExecState> &state) {
        if (m_ended)
            return;
        if (!state) {
            end({.code = {}, .error = lostChannelError(state.error())});
        } else if (!state->running && state->exitCode >= 0) {
            const QPointer alive(this);
            becomeOpen(); // a program that was too quick to be given a size
            if (alive)
                end({.code = m_failedCode.value_or(state->exitCode), .error = {}});
        } else if (attempt + 1 < qsizetype(exitCodeDelays.size())) {
            QTimer::singleShot(exitCodeDelays[size_t(attempt) + 1], this, [this, attempt] { askExitCode(attempt + 1); });
        } else if (m_assumedCode) {
            end({.code = m_assumedCode, .error = {}});
        } else {
            end({.code = {}, .error = lostChannelError({ErrorCode::Unavailable, {}, u"the stream ended before the program"_s})});
        }
    });
}

void ContainerProcess::end(const ExitStatus &status)
{
    if (m_phase == Phase::Waiting) {
        m_earlyEnd = status;
        return;
    }
    if (std::exchange(m_ended, true))
        return;
    if (m_phase == Phase::Starting) {
        emit failed(status.error.value_or(Error{ErrorCode::Internal, u"The program ended before it was seen to run."_s, {}}));
        return;
    }
    emit ended(status);
}

} // namespace capsule
