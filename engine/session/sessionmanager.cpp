// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionmanager.h"

#include "base/logging.h"
#include "catalog/agentprofile.h"
#include "catalog/imagestore.h"
#include "session/launcher.h"
#include "session/reconciler.h"
#include "session/sessionactions.h"
#include "session/sessiondefaults.h"
#include "session/sessionnames.h"
#include "session/sessiontable.h"
#include "session/sessionterminals.h"
#include "session/settlement.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

struct SessionManager::Private {
    explicit Private(SessionParts given)
        : parts(std::move(given))
        , table(*parts.store)
        , terminals(parts.terminals, maxTerminals)
        , actions(table, terminals, parts.providers)
        , reconciler(table, actions, parts.providers, parts.findAgent)
    {
    }

    SessionInfo infoOf(const SessionEntry &entry) const;
    Result<SessionEntry *> running(const QString &idOrName) const;
    Result<SessionRecord> newRecord(const api::SessionCreateParams &params, const AgentProfile &profile) const;
    LaunchPlan planFor(const SessionEntry &entry, const AgentProfile &profile, TerminalSize size);
    void launched(const QString &id, const LaunchOutcome &outcome);

    SessionParts parts;
    SessionTable table;
    SessionTerminals terminals;
    SessionActions actions;
    Reconciler reconciler;
};

SessionInfo SessionManager::Private::infoOf(const SessionEntry &entry) const
{
    SessionInfo info = entry.info();
    info.terminals = terminals.infos(info.id);
    info.jobId = entry.job ? entry.job->id() : QString();
    return info;
}

Result<SessionEntry *> SessionManager::Private::running(const QString &idOrName) const
{
    const Result<SessionEntry *> entry = table.find(idOrName);
    if (entry && (*entry)->state() != SessionState::Running)
        return fail(ErrorCode::Conflict, u"\"%1\" does not run; start it first."_s.arg((*entry)->info().name));
    return entry;
}

SessionManager::SessionManager(SessionParts parts, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(std::move(parts)))
{
    connect(&d->table, &SessionTable::sessionChanged, this, [this](const QString &id) {
        if (const SessionEntry *entry = d->table.byId(id))
            emit sessionChanged(d->infoOf(*entry));
    });
    connect(&d->table, &SessionTable::sessionErased, this, &SessionManager::sessionRemoved);
    connect(&d->reconciler, &Reconciler::finished, this, &SessionManager::reconciled);
    connect(&d->terminals, &SessionTerminals::changed, this, [this](const QString &id) {
        if (SessionEntry *entry = d->table.byId(id))
            d->table.mentioned(*entry);
    });
    connect(&d->terminals, &SessionTerminals::active, this, [this](const QString &id) {
        if (SessionEntry *entry = d->table.byId(id)) {
            entry->info().lastActiveAt = QDateTime::currentDateTimeUtc();
            d->table.mentioned(*entry);
        }
    });
    // No launch outlives its engine; what it left in the provider is removed by the reconciler.
    for (const auto &entry : d->table.entries()) {
        if (entry->state() == SessionState::Creating)
            d->table.apply(*entry, SessionEvent::LaunchFailed, settle(SessionState::Creating, nullptr).message);
    }
    QMetaObject::invokeMethod(&d->reconciler, &Reconciler::run, Qt::QueuedConnection);
}

SessionManager::~SessionManager() = default;

std::vector<SessionInfo> SessionManager::list() const
{
    std::vector<SessionInfo> infos;
    for (const auto &entry : d->table.entries())
        infos.push_back(d->infoOf(*entry));
    return infos;
}

Result<SessionInfo> SessionManager::get(const QString &idOrName) const
{
    return d->table.find(idOrName).transform([this](const SessionEntry *entry) { return d->infoOf(*entry); });
}

int SessionManager::runningCount() const
{
    return static_cast<int>(std::ranges::count_if(d->table.entries(), [](const auto &entry) { return entry->state() == SessionState::Running; }));
}

QStringList SessionManager::notices() const
{
    QStringList notices = d->parts.store->notices();
    if (const auto problem = d->table.storeProblem())
        notices += problem->message;
    return notices;
}

Result<SessionRecord> SessionManager::Private::newRecord(const api::SessionCreateParams &params, const AgentProfile &profile) const
{
    SessionRecord record;
    SessionInfo &info = record.info;
    const auto isTaken = [this](const QString &name) { return table.isNameTaken(name); };
    const Result<QString> name = params.name.isEmpty() ? unusedName(nameBase(params.workspace, profile), isTaken) : checkedName(params.name);
    if (!name)
        return std::unexpected(name.error());
    if (isTaken(*name))
        return fail(ErrorCode::AlreadyExists, u"There is a session named \"%1\" already; choose another name."_s.arg(*name));
    const Result<Limits> limits = limitsInForce(params.limits, profile);
    if (!limits)
        return std::unexpected(limits.error());
    const SandboxProvider *provider = actions.provider(params.providerId);
    if (!provider)
        return fail(ErrorCode::InvalidArgument, u"There is no provider \"%1\"."_s.arg(params.providerId));
    info.privileges = params.privileges.value_or(profile.privileges);
    if (info.privileges == Privileges::Sudo && !provider->capabilities().sudo)
        return fail(ErrorCode::Unsupported, u"Programs cannot become root in this kind of sandbox; create the session without sudo."_s);

    info.id = newId();
    info.name = *name;
    info.agentId = profile.id;
    info.agentName = profile.name;
    info.providerId = provider->id();
    info.workspace = params.workspace;
    info.limits = *limits;
    info.createdAt = QDateTime::currentDateTimeUtc();
    info.lastActiveAt = info.createdAt;
    record.command = profile.command;
    record.environment = profile.environment;
    return record;
}

Result<api::SessionCreateResult> SessionManager::create(const api::SessionCreateParams &params)
{
    const Result<AgentProfile> profile = d->parts.findAgent(params.agentId);
    if (!profile)
        return std::unexpected(profile.error());
    if (!params.size.isValid())
        return fail(ErrorCode::InvalidArgument, u"A terminal has 1 to 1000 columns and rows."_s);
    if (const Result<void> usable = checkWorkspace(params.workspace); !usable)
        return std::unexpected(usable.error());
    if (d->table.entries().size() >= maxSessions)
        return fail(ErrorCode::LimitReached, u"There are %1 sessions already; delete one that you no longer need."_s.arg(maxSessions));
    const Result<SessionRecord> record = d->newRecord(params, *profile);
    if (!record)
        return std::unexpected(record.error());

    const QString id = record->info.id;
    const std::shared_ptr<Job> job = d->parts.jobs->begin(u"session.launch"_s, id);
    const SessionEntry &entry = d->table.insert(*record, job);
    const api::SessionCreateResult result{d->infoOf(entry), job->info()};
    launch(d->planFor(entry, *profile, params.size), job).then(this, [this, id, job](const LaunchOutcome &outcome) {
        d->launched(id, outcome);
        job->finish(outcome.error ? Result<void>(std::unexpected(*outcome.error)) : Result<void>());
    });
    return result;
}

LaunchPlan SessionManager::Private::planFor(const SessionEntry &entry, const AgentProfile &profile, TerminalSize size)
{
    const SessionInfo &info = entry.info();
    LaunchPlan plan;
    plan.provider = actions.provider(info.providerId);
    plan.images = parts.images;
    plan.openWorkspace = parts.openWorkspace;
    plan.profile = profile;
    plan.workspace = info.workspace;
    plan.spec.sessionId = info.id;
    plan.spec.name = info.name;
    plan.spec.environment = entry.record.environment;
    plan.spec.limits = info.limits;
    plan.spec.privileges = info.privileges;
    plan.spec.labels = {{u"capsule.name"_s, info.name}, {u"capsule.agent"_s, info.agentId}};

    // The launch may outlast the manager by the step it waits in.
    const QPointer<SessionTable> alive(&table);
    plan.created = [this, alive, id = info.id](const QString &sandboxId, const QString &image) {
        if (SessionEntry *created = alive ? table.byId(id) : nullptr) {
            created->info().sandboxId = sandboxId;
            created->info().image = image;
            table.changed(*created);
        }
    };
    CommandSpec command;
    command.argv = entry.record.command;
    command.size = size;
    plan.openFirstTerminal = [this, alive, provider = plan.provider, id = info.id, command](const QString &sandboxId) {
        if (!alive || !provider)
            return ready<void>(fail(ErrorCode::Unavailable, u"The engine ends."_s));
        return terminals.open(*provider, id, sandboxId, command).then(&terminals, [](const Result<TerminalInfo> &opened) -> Result<void> {
            return opened.transform([](const TerminalInfo &) {});
        });
    };
    return plan;
}

void SessionManager::Private::launched(const QString &id, const LaunchOutcome &outcome)
{
    SessionEntry *entry = table.byId(id);
    if (!entry)
        return;
    entry->job.reset();
    if (!outcome.error) {
        table.apply(*entry, SessionEvent::Launched, outcome.notice);
        actions.released(*entry);
        return;
    }
    entry->info().sandboxId = outcome.leftoverSandboxId;
    terminals.forgetAll(id);
    if (outcome.error->code == ErrorCode::Cancelled && outcome.leftoverSandboxId.isEmpty()) {
        table.apply(*entry, SessionEvent::RemoveRequested);
        table.erase(id);
        return;
    }
    table.apply(*entry, SessionEvent::LaunchFailed, outcome.error->message, outcome.error->detail);
}

Result<SessionInfo> SessionManager::rename(const QString &idOrName, const QString &name)
{
    const Result<SessionEntry *> entry = d->table.find(idOrName);
    const Result<QString> checked = checkedName(name);
    if (!entry || !checked)
        return std::unexpected(entry ? checked.error() : entry.error());
    if (d->table.isNameTaken(*checked, (*entry)->info().id))
        return fail(ErrorCode::AlreadyExists, u"There is a session named \"%1\" already; choose another name."_s.arg(*checked));
    if ((*entry)->info().name != *checked) {
        (*entry)->info().name = *checked;
        d->table.changed(**entry);
    }
    return d->infoOf(**entry);
}

Async<SessionInfo> SessionManager::settled(const QString &id, Async<void> action)
{
    return action.then(this, [this, id](const Result<void> &done) -> Result<SessionInfo> {
        return done ? get(id) : std::unexpected(done.error());
    });
}

Async<SessionInfo> SessionManager::start(const QString &idOrName)
{
    const Result<SessionEntry *> entry = d->table.find(idOrName);
    if (!entry)
        return ready<SessionInfo>(std::unexpected(entry.error()));
    const QString id = (*entry)->info().id;
    return settled(id, d->actions.start(id));
}

Async<SessionInfo> SessionManager::stop(const QString &idOrName)
{
    const Result<SessionEntry *> entry = d->table.find(idOrName);
    if (!entry)
        return ready<SessionInfo>(std::unexpected(entry.error()));
    const QString id = (*entry)->info().id;
    return settled(id, d->actions.stop(id));
}

Async<void> SessionManager::remove(const QString &idOrName)
{
    const Result<SessionEntry *> entry = d->table.find(idOrName);
    if (!entry)
        return ready<void>(std::unexpected(entry.error()));
    return d->actions.remove((*entry)->info().id);
}

Async<void> SessionManager::stopAll()
{
    QList<Async<void>> stops;
    for (const SessionInfo &session : list()) {
        if (session.state == SessionState::Running)
            stops += d->actions.stop(session.id);
    }
    if (stops.isEmpty())
        return ready<void>({});
    return QtFuture::whenAll(stops.begin(), stops.end()).then(this, [](const QList<Async<void>> &done) -> Result<void> {
        const auto failed = std::ranges::find_if(done, [](const Async<void> &one) { return !one.result().has_value(); });
        return failed == done.end() ? Result<void>() : failed->result();
    });
}

Async<TerminalInfo> SessionManager::openTerminal(const api::TerminalOpenParams &params)
{
    const Result<SessionEntry *> entry = d->running(params.sessionId);
    if (!entry)
        return ready<TerminalInfo>(std::unexpected(entry.error()));
    const Result<SandboxProvider *> provider = d->actions.providerOf(**entry);
    if (!provider)
        return ready<TerminalInfo>(std::unexpected(provider.error()));
    CommandSpec command;
    command.argv = params.argv;
    command.size = params.size;
    const SessionInfo &info = (*entry)->info();
    return d->terminals.open(**provider, info.id, info.sandboxId, command).then(this, [this](const Result<TerminalInfo> &opened) {
        if (!opened && (opened.error().code == ErrorCode::NotFound || opened.error().code == ErrorCode::Conflict))
            emit d->actions.doubtful(); // its sandbox is not what we thought
        return opened;
    });
}

Result<std::unique_ptr<ViewerChannel>> SessionManager::attachTerminal(const api::TerminalAttachParams &params, ChannelSink &sink)
{
    TerminalHub *hub = d->terminals.find(params.terminalId);
    if (!hub)
        return fail(ErrorCode::NotFound, u"There is no such terminal any more; open another one."_s, params.terminalId);
    if (!params.size.isValid())
        return fail(ErrorCode::InvalidArgument, u"A terminal has 1 to 1000 columns and rows."_s);
    return hub->attach(sink, params.size);
}

Result<void> SessionManager::closeTerminal(const QString &terminalId)
{
    return d->terminals.close(terminalId);
}

Async<std::shared_ptr<ExecChannel>> SessionManager::startExec(const api::ExecParams &params)
{
    using Channel = std::shared_ptr<ExecChannel>;
    if (params.argv.isEmpty())
        return ready<Channel>(fail(ErrorCode::InvalidArgument, u"Name a command to run."_s));
    const Result<SessionEntry *> entry = d->running(params.sessionId);
    if (!entry)
        return ready<Channel>(std::unexpected(entry.error()));
    const Result<SandboxProvider *> provider = d->actions.providerOf(**entry);
    if (!provider)
        return ready<Channel>(std::unexpected(provider.error()));
    CommandSpec command;
    command.argv = params.argv;
    command.environment = params.environment;
    command.workingDirectory = params.workingDirectory;
    return (*provider)->openExec((*entry)->info().sandboxId, command);
}

} // namespace capsule
