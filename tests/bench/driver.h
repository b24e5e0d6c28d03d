// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/bytestream.h"
#include "client/engineclient.h"

#include <QElapsedTimer>
#include <QSocketNotifier>

namespace capsule::bench {

/// Milliseconds with fractions.
double msSince(const QElapsedTimer &timer);
/// Whether a shell waits for a command: what it printed last, without escape sequences, is "$ " or "# ".
bool endsWithPrompt(const QByteArray &output);

/// Takes one command a line from standard input, measures one sample, answers with one line of JSON:
///     create AGENT NAME            from session.create to the shell's prompt on the attached terminal
///     exec SESSION ARGV...         from exec.start to the exit code
///     echo-open SESSION            a terminal whose line discipline echoes
///     echo                         from a written key to its echo
///     remove SESSION
/// so that the orchestrator interleaves the samples of both sides.
class Driver : public QObject
{
    Q_OBJECT
public:
    explicit Driver(QObject *parent = nullptr);

private:
    void readCommand();
    void run(const QStringList &words);
    void create(const QString &agent, const QString &name);
    void watchLaunch(const SessionInfo &session);
    void exec(const QString &session, const QStringList &argv);
    void openEcho(const QString &session);
    void echo();
    void remove(const QString &session);
    void answer(const QJsonObject &object);
    void answerError(const Error &error);

    EngineClient m_client;
    QSocketNotifier m_input;
    QByteArray m_pending;
    bool m_busy = true; ///< until connected, and while a sample runs
    QElapsedTimer m_timer;
    std::unique_ptr<ByteStream> m_stream;
    std::unique_ptr<ByteStream> m_echoStream;
    QByteArray m_output;
    QString m_launching; ///< id of the session whose start is measured
    int m_echoes = 0;
};

} // namespace capsule::bench
