// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionactions.h"

#include "base/logging.h"
#include "session/settlement.h"

#include <QCoroFuture>
#include <QCoroTask>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

Error conflict(const SessionEntry &entry, const QString &action)
{
    return {ErrorCode::Conflict, u"\"%1\" cannot be %2 while it is %3."_s.arg(entry.info().name, action, wire::enumToString(entry.state())), {}};
}

Error overtaken()
{
    return {ErrorCode::Conflict, u"Something else happened to the session meanwhile; look at its state and try again."_s, {}};
}

const QString &goneMessage()
{
    static const QString message = settle(SessionState::Running, nullptr).message;
    return message;
}

} // namespace

/// Marks a session as being worked on, so that the reconciler leaves it alone.
class Busy
{
public:
    Busy(SessionActions &actions, const QString &sessionId)
        : m_actions(&actions)
        , m_sessionId(sessionId)
    {
        add(1);
    }
    ~Busy() { add(-1); }
    Q_DISABLE_COPY_MOVE(Busy)

private:
    void add(int number)
    {
        SessionEntry *entry = m_actions ? m_actions->m_table.byId(m_sessionId) : nullptr;
        if (!entry)
            return;
        entry->actions += number;
        if (!entry->isBusy())
            m_actions->released(*entry);
    }
    QPointer<SessionActions> m_actions;
    QString m_sessionId;
};

SessionActions::SessionActions(SessionTable &table, SessionTerminals &terminals, QList<SandboxProvider *> providers, QObject *parent)
    : QObject(parent)
    , m_table(table)
    , m_terminals(terminals)
    , m_providers(std::move(providers))
{
    for (SandboxProvider *provider : std::as_const(m_providers))
        connect(provider, &SandboxProvider::sandboxChanged, this, &SessionActions::onSandboxEvent);
}

SandboxProvider *SessionActions::provider(const QString &id) const
{
    if (id.isEmpty())
        return m_providers.value(0);
    const auto found = std::ranges::find(m_providers, id, [](const SandboxProvider *provider) { return provider->id(); });
    return found == m_providers.end() ? nullptr : *found;
}

Result<SandboxProvider *> SessionActions::providerOf(const SessionEntry &entry) const
{
    if (SandboxProvider *found = provider(entry.info().providerId))
        return found;
    return fail(ErrorCode::Unavailable, u"The session was made with \"%1\", which is not set up here."_s.arg(entry.info().providerId));
}

SessionEntry *SessionActions::inState(const QString &sessionId, SessionState state) const
{
    SessionEntry *entry = m_table.byId(sessionId);
    return entry && entry->state() == state ? entry : nullptr;
}

struct SessionActions::Steps {
    using Done = std::shared_ptr<Answer<void>>;

    static QCoro::Task<void> start(SessionActions *self, QString id, SandboxProvider *provider, Done done)
    {
        const QPointer alive(self);
        const Busy busy(*self, id);
        const QString sandboxId = self->m_table.byId(id)->info().sandboxId;
        const Result<void> started = co_await provider->start(sandboxId);
        if (!alive)
            co_return;
        SessionEntry *entry = self->inState(id, SessionState::Starting);
        if (!entry || !started) {
            done->resolve(std::unexpected(entry ? started.error() : overtaken()));
            if (entry && started.error().code == ErrorCode::NotFound)
                self->m_table.apply(*entry, SessionEvent::SandboxGone, goneMessage(), started.error().detail);
            else if (entry)
                self->m_table.apply(*entry, SessionEvent::ActionFailed, started.error().message, started.error().detail);
            co_return;
        }
        CommandSpec command;
        command.argv = entry->record.command;
        const Result<TerminalInfo> opened = co_await self->m_terminals.open(*provider, id, sandboxId, command);
        if (!alive)
            co_return;
        entry = self->inState(id, SessionState::Starting);
        if (!entry)
            co_return done->resolve(std::unexpected(overtaken()));
        // A sandbox without its first terminal still is of use: another terminal can be opened.
        const Error problem = opened ? Error{} : opened.error();
        self->m_table.apply(*entry, SessionEvent::Started, problem.message, problem.detail);
        done->resolve({});
    }

    static QCoro::Task<void> stop(SessionActions *self, QString id, SandboxProvider *provider, Done done)
    {
        const QPointer alive(self);
        const Busy busy(*self, id);
        const Result<void> stopped = co_await provider->stop(self->m_table.byId(id)->info().sandboxId);
        if (!alive)
            co_return;
        SessionEntry *entry = self->inState(id, SessionState::Stopping);
        if (!entry)
            co_return done->resolve(std::unexpected(overtaken()));
        if (stopped) {
            self->lose(*entry, SessionEvent::Stopped, {}, ErrorCode::Conflict);
            co_return done->resolve({});
        }
        if (stopped.error().code == ErrorCode::NotFound)
            self->lose(*entry, SessionEvent::SandboxGone, goneMessage());
        else
            self->m_table.apply(*entry, SessionEvent::ActionFailed, stopped.error().message, stopped.error().detail);
        done->resolve(stopped);
    }

    static QCoro::Task<void> remove(SessionActions *self, QString id, Done done)
    {
        const QPointer alive(self);
        if (const std::shared_ptr<Job> job = self->m_table.byId(id)->job) {
            auto ended = std::make_shared<Answer<void>>();
            connect(job.get(), &Job::finished, self, [ended] { ended->resolve({}); });
            job->requestStop();
            (void)co_await ended->future();
            if (!alive)
                co_return;
        }
        SessionEntry *entry = self->m_table.byId(id);
        if (!entry)
            co_return done->resolve({});
        const bool carriesOn = entry->state() == SessionState::Removing && !entry->isBusy();
        if (!carriesOn && !self->m_table.apply(*entry, SessionEvent::RemoveRequested))
            co_return done->resolve(std::unexpected(conflict(*entry, u"deleted"_s)));
        const Busy busy(*self, id);
        if (const QString sandboxId = entry->info().sandboxId; !sandboxId.isEmpty()) {
            const Result<SandboxProvider *> provider = self->providerOf(*entry);
            const Result<void> removed = provider ? co_await (*provider)->remove(sandboxId) : std::unexpected(provider.error());
            if (!alive)
                co_return;
            entry = self->m_table.byId(id);
            if (entry && !removed && removed.error().code != ErrorCode::NotFound) {
                self->m_table.apply(*entry, SessionEvent::ActionFailed, removed.error().message, removed.error().detail);
                co_return done->resolve(removed);
            }
        }
        self->m_terminals.forgetAll(id);
        self->m_table.erase(id);
        done->resolve({});
    }
};

Async<void> SessionActions::start(const QString &sessionId)
{
    SessionEntry *entry = m_table.byId(sessionId);
    const Result<SandboxProvider *> provider = providerOf(*entry);
    if (!provider)
        return ready<void>(std::unexpected(provider.error()));
    if (entry->info().sandboxId.isEmpty() && canHappen(entry->state(), SessionEvent::StartRequested))
        return ready<void>(fail(ErrorCode::NotFound, u"\"%1\" has no sandbox any more; delete it and make a new one."_s.arg(entry->info().name)));
    if (!m_table.apply(*entry, SessionEvent::StartRequested))
        return ready<void>(std::unexpected(conflict(*entry, u"started"_s)));
    m_terminals.forgetAll(sessionId);
    auto done = std::make_shared<Answer<void>>();
    Steps::start(this, sessionId, *provider, done);
    return done->future();
}

Async<void> SessionActions::stop(const QString &sessionId)
{
    SessionEntry *entry = m_table.byId(sessionId);
    const Result<SandboxProvider *> provider = providerOf(*entry);
    if (!provider)
        return ready<void>(std::unexpected(provider.error()));
    if (!m_table.apply(*entry, SessionEvent::StopRequested))
        return ready<void>(std::unexpected(conflict(*entry, u"stopped"_s)));
    auto done = std::make_shared<Answer<void>>();
    Steps::stop(this, sessionId, *provider, done);
    return done->future();
}

Async<void> SessionActions::remove(const QString &sessionId)
{
    auto done = std::make_shared<Answer<void>>();
    Steps::remove(this, sessionId, done);
    return done->future();
}

void SessionActions::lose(SessionEntry &entry, SessionEvent event, const QString &message, ErrorCode code)
{
    const QString id = entry.info().id;
    if (!m_table.apply(entry, event, message))
        return;
    m_terminals.loseAll(id, Error{code, message.isEmpty() ? u"The session was stopped."_s : message, {}});
}

void SessionActions::released(SessionEntry &entry)
{
    if (std::exchange(entry.missedEnd, false))
        emit doubtful();
}

void SessionActions::onSandboxEvent(const SandboxEvent &event)
{
    SessionEntry *entry = m_table.bySandbox(event.sandboxId);
    if (!entry)
        return;
    if (entry->isBusy()) { // whoever works on it gets the provider's answer
        const bool brought = entry->state() == SessionState::Starting || entry->state() == SessionState::Creating;
        entry->missedEnd = entry->missedEnd || (brought && event.kind != SandboxEvent::Kind::Started);
        return;
    }
    switch (event.kind) {
    case SandboxEvent::Kind::Started:
        m_table.apply(*entry, SessionEvent::SandboxUp);
        break;
    case SandboxEvent::Kind::Died:
        lose(*entry, SessionEvent::SandboxDied, reasonOfDeath(event), event.outOfMemory ? ErrorCode::LimitReached : ErrorCode::Unavailable);
        break;
    case SandboxEvent::Kind::Removed:
        if (entry->state() != SessionState::Interrupted) {
            lose(*entry, SessionEvent::SandboxGone, goneMessage());
        } else if (entry->info().message != goneMessage()) { // it had died just before
            entry->info().message = goneMessage();
            m_table.changed(*entry);
        }
        break;
    }
}

} // namespace capsule
