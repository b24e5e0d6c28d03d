// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"

#include "cli/agentscommand.h"
#include "cli/attachcommand.h"
#include "cli/completecommand.h"
#include "cli/enginecommands.h"
#include "cli/execcommand.h"
#include "cli/exitcodes.h"
#include "cli/newcommand.h"
#include "cli/opencommand.h"
#include "cli/sessioncommands.h"
#include "cli/sessionlookup.h"

#include <QHash>

using namespace Qt::StringLiterals;

namespace capsule::cli {

Command::Command(CommandLine line)
    : m_line(std::move(line))
    , m_output(m_line.json())
{
}

void Command::finish(int exitCode)
{
    if (!std::exchange(m_finished, true))
        emit finished(exitCode);
}

void Command::refuse(const Error &error)
{
    if (m_finished)
        return;
    m_output.error(error);
    finish(codeFor(error));
}

void Command::refuseUsage(const QString &message)
{
    m_output.usage(message, u"Usage: capsule %1 %2"_s.arg(m_line.command->name, m_line.command->synopsis));
    finish(exitUsage);
}

int Command::codeFor(const Error &error) const
{
    return exitCodeOf(error);
}

void Command::withEngine(std::function<void()> then)
{
    m_starter.ensureRunning().then(this, [this, then](const Result<EngineFile> &engine) {
        engine ? connectThen(then) : refuse(engine.error());
    });
}

void Command::withRunningEngine(std::function<void()> then)
{
    const auto engine = EngineStarter::running();
    if (engine)
        connectThen(std::move(then));
    else if (engine.error().code == ErrorCode::NotFound)
        refuse({ErrorCode::Unavailable, u"The engine does not run; start it with \"capsule engine start\"."_s, {}});
    else
        refuse(engine.error());
}

void Command::connectThen(std::function<void()> then)
{
    connect(&m_client, &EngineClient::connected, this, std::move(then), Qt::SingleShotConnection);
    auto *first = new QObject(this); // for the first try only: later ones are the attached terminal's business
    connect(&m_client, &EngineClient::connected, first, &QObject::deleteLater);
    connect(&m_client, &EngineClient::stateChanged, first, [this](EngineClient::State state) {
        if (state == EngineClient::State::Waiting)
            refuse(m_client.lastError());
    });
    m_client.connectToEngine();
}

void Command::withSession(const QString &text, std::function<void(const SessionInfo &)> then)
{
    call<api::SessionList>({}, [this, text, then](const api::SessionListResult &list) {
        const auto session = lookUp(list.sessions, text);
        session ? then(*session) : refuse(session.error());
    });
}

std::unique_ptr<Command> makeCommand(const CommandLine &line)
{
    using Maker = std::unique_ptr<Command> (*)(const CommandLine &);
    static const QHash<QString, Maker> makers{
        {u"new"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<NewCommand>(l); }},
        {u"attach"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<AttachCommand>(l); }},
        {u"exec"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<ExecCommand>(l); }},
        {u"ls"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<ListCommand>(l); }},
        {u"stop"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<StopCommand>(l); }},
        {u"start"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<StartCommand>(l); }},
        {u"rename"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<RenameCommand>(l); }},
        {u"rm"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<RemoveCommand>(l); }},
        {u"agents"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<AgentsCommand>(l); }},
        {u"open"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<OpenCommand>(l); }},
        {u"engine start"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<EngineStatusCommand>(l, EngineStatusCommand::Start::Yes); }},
        {u"engine status"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<EngineStatusCommand>(l, EngineStatusCommand::Start::No); }},
        {u"engine stop"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<EngineStopCommand>(l); }},
        {u"engine logs"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<EngineLogsCommand>(l); }},
        {u"__complete"_s, [](const CommandLine &l) -> std::unique_ptr<Command> { return std::make_unique<CompleteCommand>(l); }},
    };
    const Maker maker = line.command ? makers.value(line.command->name) : nullptr;
    return maker ? maker(line) : nullptr;
}

} // namespace capsule::cli
