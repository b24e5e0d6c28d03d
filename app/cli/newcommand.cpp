// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/newcommand.h"

#include "base/bytesize.h"
#include "cli/exitcodes.h"

#include <QFileInfo>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

std::unexpected<Error> badValue(const QString &option, const QString &needs)
{
    return fail(ErrorCode::InvalidArgument, u"--%1 needs %2."_s.arg(option, needs));
}

Result<Limits> limitsOf(const CommandLine &line)
{
    Limits limits;
    if (line.has(u"cpus"_s)) {
        limits.cpus = line.value(u"cpus"_s).toDouble();
        if (!(limits.cpus > 0 && limits.cpus <= 1024))
            return badValue(u"cpus"_s, u"a number of processors such as 2 or 0.5"_s);
    }
    if (line.has(u"memory"_s)) {
        limits.memoryBytes = parseByteSize(line.value(u"memory"_s)).value_or(0);
        if (limits.memoryBytes <= 0)
            return badValue(u"memory"_s, u"a size such as 4g or 512m"_s);
    }
    if (line.has(u"pids"_s)) {
        limits.pids = line.value(u"pids"_s).toInt();
        if (limits.pids <= 0)
            return badValue(u"pids"_s, u"a number of processes"_s);
    }
    return limits;
}

} // namespace

Result<api::SessionCreateParams> createParams(const CommandLine &line)
{
    api::SessionCreateParams params;
    params.agentId = line.operands.at(0);
    params.name = line.value(u"name"_s);
    if (line.has(u"name"_s) && params.name.isEmpty())
        return badValue(u"name"_s, u"a name"_s);
    if (line.has(u"folder"_s)) {
        if (line.value(u"folder"_s).isEmpty())
            return badValue(u"folder"_s, u"a folder"_s);
        params.workspace = {WorkspaceKind::Copy, QFileInfo(line.value(u"folder"_s)).absoluteFilePath()};
    }
    if (line.has(u"sudo"_s) && line.has(u"no-sudo"_s))
        return fail(ErrorCode::InvalidArgument, u"--sudo and --no-sudo do not go together."_s);
    if (line.has(u"sudo"_s) || line.has(u"no-sudo"_s))
        params.privileges = line.has(u"sudo"_s) ? Privileges::Sudo : Privileges::Locked;
    return limitsOf(line).transform([&](const Limits &limits) {
        params.limits = limits;
        return params;
    });
}

void NewCommand::run()
{
    auto params = createParams(m_line);
    if (!params)
        return refuseUsage(params.error().message);
    if (!readDetachKeys())
        return;
    params->size = terminalSize().value_or(TerminalSize{});
    m_progress = std::make_unique<ProgressLine>(m_output);
    withEngine([this, asked = *params] {
        call<api::SessionCreate>(asked, [this](const api::SessionCreateResult &result) { launched(result); });
    });
}

void NewCommand::launched(const api::SessionCreateResult &result)
{
    m_sessionId = result.session.id;
    m_sessionName = result.session.name;
    m_interrupts = std::make_unique<SignalPipe>(QList<int>{SIGINT, SIGTERM, SIGHUP});
    connect(m_interrupts.get(), &SignalPipe::received, this, &NewCommand::interrupt);
    m_follower = new JobFollower(m_client, result.job, this);
    connect(m_follower, &JobFollower::changed, this, [this](const JobInfo &job) {
        if (!m_cancelling)
            m_progress->show(job);
    });
    connect(m_follower, &JobFollower::ended, this, &NewCommand::ended);
    connect(m_follower, &JobFollower::lost, this, &NewCommand::refuse);
}

void NewCommand::interrupt()
{
    m_progress->clear();
    if (std::exchange(m_cancelling, true)) {
        m_output.note(u"Left; the engine goes on cancelling."_s);
        return finish(exitInterrupted);
    }
    m_output.note(u"Cancelling; what was made so far is removed."_s);
    m_client.call<api::JobCancel>({m_follower->job().id});
}

void NewCommand::ended(const JobInfo &job)
{
    m_progress->clear();
    m_interrupts.reset();
    if (job.state == JobState::Succeeded)
        return call<api::SessionGet>({m_sessionId}, [this](const api::Session &result) { running(result.session); });
    if (job.state == JobState::Cancelled || !job.error) {
        return refuse({ErrorCode::Cancelled, u"The session was not started, as you asked; nothing is left of it."_s, {}});
    }
    m_output.error(job.error->toError());
    m_output.note(u"\"capsule rm %1\" removes its entry from the list."_s.arg(m_sessionName));
    finish(exitCodeOf(job.error->toError()));
}

void NewCommand::running(const SessionInfo &session)
{
    const bool attaches = !m_line.has(u"detach"_s) && !m_output.isJson() && isTerminal(STDIN_FILENO) && isTerminal(STDOUT_FILENO);
    if (!session.message.isEmpty())
        m_output.note(session.message);
    if (attaches)
        return attachTo(session, 0);
    m_output.json(wire::toJson(api::Session{session}));
    m_output.text(session.name + u'\n');
    m_output.note(u"It runs. \"capsule attach %1\" opens its terminal."_s.arg(session.name));
    finish(exitOk);
}

} // namespace capsule::cli
