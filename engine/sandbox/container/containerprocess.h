// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/demux.h"
#include "docker/exec.h"
#include "sandbox/sandboxprovider.h"

namespace capsule {

/// One program that the engine runs in a container, and its streams: what terminals and commands have in common.
/// Owned by its channel, from `opened` on. Keeps the client alive.
class ContainerProcess : public QObject
{
    Q_OBJECT
public:
    struct Place {
        std::shared_ptr<docker::Client> client;
        QString container;
        QString exec;
        QString tag; ///< "CAPSULE_TERMINAL=..." in the environment of the program and its children
        QStringList argv;
        docker::ExecTerminal terminal = docker::ExecTerminal::None;
    };
    explicit ContainerProcess(Place place);
    ~ContainerProcess() override;

    void write(const QByteArray &bytes);
    qint64 bytesToWrite() const { return m_input.size(); }
    void closeInput();
    void setReadPaused(bool paused);
    void resize(TerminalSize size);

    /// Runs `script` with the tag as its argument; `ended` follows soon, whatever the program does.
    void endWith(const char *script, int assumedCode);
    bool isEnded() const { return m_ended; }
    const Place &place() const { return m_place; }

    /// Somebody listens: what came before is delivered, then all that comes. Only the first call counts.
    void handOut();

signals:
    void opened();                                 ///< the program runs; once, not after `failed`
    void failed(const capsule::Error &error);      ///< it could not be started; nothing follows
    void output(const QByteArray &bytes);
    void errorOutput(const QByteArray &bytes);
    void written(qint64 bytes);
    void ended(const capsule::ExitStatus &status);

private:
    enum class Phase { Starting, Waiting, Delivering }; ///< Waiting: opened, not handed out

    void take(docker::StandardStream stream, const QByteArray &bytes);
    void deliver(docker::StandardStream stream, const QByteArray &bytes);
    void becomeOpen();
    void openIfRunning();
    void feedInput();
    void sendSize();
    void streamFinished(const Result<void> &result);
    void askExitCode(qsizetype attempt);
    void end(const ExitStatus &status);

    Place m_place;
    docker::HijackedStream *m_stream;
    QByteArray m_input; ///< not yet taken by the stream; bounded by the caller
    QList<docker::StreamPart> m_early; ///< came before it was handed out
    qsizetype m_earlyBytes = 0;
    std::optional<TerminalSize> m_size;     ///< that was asked for last
    std::optional<TerminalSize> m_nextSize; ///< the last one wins while a call is on its way
    std::optional<int> m_assumedCode;
    std::optional<ExitStatus> m_earlyEnd;
    Phase m_phase = Phase::Starting;
    bool m_handedOut = false;
    std::optional<int> m_failedCode; ///< the program could not be started
    bool m_sawOutput = false;
    bool m_sizeInFlight = false;
    bool m_inputClosing = false;
    bool m_paused = false;
    bool m_streamEnded = false;
    bool m_ended = false;
};

} // namespace capsule
