// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/detachkeys.h"
#include "cli/fdstreams.h"
#include "cli/output.h"
#include "cli/rawterminal.h"
#include "cli/signalpipe.h"
#include "cli/terminalmodes.h"
#include "client/bytestream.h"
#include "client/engineclient.h"
#include "client/enginestarter.h"

#include <QTimer>

namespace capsule::cli {

/// The user's terminal bound to a terminal of a session, until its program ends, the detach keys are typed or a signal
/// comes. When the connection breaks it says so, waits for the engine (starting it again unless it ended of its
/// own will), and attaches again. Puts the user's terminal back in every case.
class Attachment : public QObject
{
    Q_OBJECT
public:
    Attachment(EngineClient &client, EngineStarter &starter, const Output &output, DetachKeys keys, QObject *parent);
    ~Attachment() override;

    void start(const SessionInfo &session, const QString &terminalId);

signals:
    /// `error` is set when it ended otherwise than by the program or the user.
    void ended(int exitCode, const std::optional<capsule::Error> &error);

private:
    void attach();
    void take(const QByteArray &output);
    void startReplay(qint64 bytes);
    void acknowledge();
    void typed(const QByteArray &bytes);
    void closed(const api::ChannelClosedParams &how);
    void waitForEngine();
    void attachAgain();
    void resumeIn(const SessionInfo &session);
    void signalled(int signalNumber);
    void notice(const QString &sentence);
    void leave(int exitCode, const QString &lastWords, const std::optional<Error> &error = {});

    EngineClient &m_client;
    EngineStarter &m_starter;
    const Output &m_output;
    DetachKeys m_keys;
    DetachMatcher m_matcher;
    SessionInfo m_session;
    QString m_terminalId;
    std::unique_ptr<RawTerminal> m_raw;
    std::unique_ptr<ByteStream> m_stream;
    SignalPipe m_signals;
    FdReader m_keyboard;
    FdWriter m_screen;
    TerminalModes m_modes;
    QueryFilter m_replayFilter;
    QTimer m_restart;
    QByteArray m_firstLine; ///< what to say above the next replay
    qint64 m_replayLeft = 0;
    qint64 m_unacknowledged = 0;
    bool m_cleared = false;
    bool m_waiting = false; ///< for the engine
    bool m_engineStopped = false;
    bool m_ended = false;
};

} // namespace capsule::cli
