// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "protocol/methods.h"

#include <QObject>
#include <QPointer>

class QWidget;

namespace capsule {

class EngineLink;
class Prompts;
class SessionModel;

/// What a user can do to a session, from whatever list, menu, tab or bar he does it: asks where something is
/// lost, calls the engine, tells a failure. Windows only show what follows. GUI thread.
class SessionActions : public QObject
{
    Q_OBJECT
public:
    SessionActions(EngineLink &link, SessionModel &sessions, Prompts &prompts, QObject *parent = nullptr);

    void setWindow(QWidget *window) { m_window = window; } ///< parent of the questions

    void start(const QString &sessionId);
    void stop(const QString &sessionId);   ///< asks when terminals run
    void rename(const QString &sessionId); ///< asks for the name
    void remove(const QString &sessionId); ///< asks, names what is lost
    void retry(const QString &sessionId);  ///< a failed one: removes its entry and creates it again
    void create(const api::SessionCreateParams &params);
    void newTerminal(const QString &sessionId, TerminalSize size);
    void closeTerminal(const QString &terminalId); ///< ends its program if it still runs
    void cancelJob(const QString &jobId);
    void stopEverything(); ///< asks; then stops the sessions and the engine

signals:
    void failed(const capsule::Error &error);
    void created(const capsule::api::SessionCreateResult &result);
    void createFailed(const capsule::Error &error);
    void terminalOpened(const QString &sessionId, const capsule::TerminalInfo &terminal);
    void stoppingEverything(int sessions);
    void everythingStopped();

private:
    template<class Method>
    void call(const typename Method::Params &params);
    void removeNow(const QString &sessionId);

    EngineLink &m_link;
    SessionModel &m_sessions;
    Prompts &m_prompts;
    QPointer<QWidget> m_window;
};

} // namespace capsule
