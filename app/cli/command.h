// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/commandline.h"
#include "cli/output.h"
#include "client/engineclient.h"
#include "client/enginestarter.h"

#include <memory>

namespace capsule::cli {

/// One command at work: does its calls on the event loop and ends with an exit code. Made by makeCommand(), run
/// once, owned by main().
class Command : public QObject
{
    Q_OBJECT
public:
    explicit Command(CommandLine line);

    virtual void run() = 0;

signals:
    void finished(int exitCode);

protected:
    void finish(int exitCode);       ///< only the first one counts
    void refuse(const Error &error); ///< prints it and finishes
    void refuseUsage(const QString &message);
    virtual int codeFor(const Error &error) const;

    /// Starts the engine if none runs, connects, then calls `then`. Refuses on failure.
    void withEngine(std::function<void()> then);
    /// The same with an engine that runs already.
    void withRunningEngine(std::function<void()> then);

    /// Calls a method; refuses on failure.
    template<class Method, class Then>
    void call(const typename Method::Params &params, Then then)
    {
        m_client.call<Method>(params).then(this, [this, then](const Result<typename Method::Result> &result) {
            result ? then(*result) : refuse(result.error());
        });
    }

    /// Finds the session that the user means; refuses when there is none.
    void withSession(const QString &text, std::function<void(const SessionInfo &)> then);

    CommandLine m_line;
    Output m_output;
    EngineStarter m_starter;
    EngineClient m_client;

private:
    void connectThen(std::function<void()> then);

    bool m_finished = false;
};

/// Null for commands that need no event loop (help, completion).
std::unique_ptr<Command> makeCommand(const CommandLine &line);

} // namespace capsule::cli
