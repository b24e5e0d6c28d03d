// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/reconciler.h"

#include "base/logging.h"
#include "catalog/agentprofile.h"
#include "session/sessionnames.h"
#include "session/settlement.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

const SandboxInfo *sandboxOf(const SessionInfo &session, const QList<SandboxInfo> &sandboxes)
{
    // Before its sandbox's id was saved, a session is found by the label.
    const auto found = std::ranges::find_if(sandboxes, [&](const SandboxInfo &sandbox) {
        return session.sandboxId.isEmpty() ? sandbox.sessionId == session.id : sandbox.id == session.sandboxId;
    });
    return found == sandboxes.end() ? nullptr : &*found;
}

} // namespace

Reconciler::Reconciler(SessionTable &table, SessionActions &actions, QList<SandboxProvider *> providers, FindAgent findAgent, QObject *parent)
    : QObject(parent)
    , m_table(table)
    , m_actions(actions)
    , m_providers(std::move(providers))
    , m_findAgent(std::move(findAgent))
{
    connect(&m_actions, &SessionActions::doubtful, this, &Reconciler::run, Qt::QueuedConnection);
    for (SandboxProvider *provider : std::as_const(m_providers)) {
        connect(provider, &SandboxProvider::availabilityChanged, this, [this](bool available) {
            if (available)
                run();
        });
    }
}

void Reconciler::run()
{
    if (m_waiting > 0) {
        m_again = true;
        return;
    }
    m_waiting = m_providers.size();
    for (SandboxProvider *provider : std::as_const(m_providers)) {
        Stamps stamps;
        for (const auto &entry : m_table.entries()) {
            if (!entry->isBusy())
                stamps.insert(entry->info().id, entry->stamp);
        }
        provider->list().then(this, [this, provider, stamps](const Result<QList<SandboxInfo>> &sandboxes) {
            if (sandboxes)
                compare(*provider, stamps, *sandboxes);
            else
                qCInfo(lcSession).noquote() << "sandboxes cannot be listed:" << sandboxes.error().message << sandboxes.error().detail;
            oneDone();
        });
    }
}

void Reconciler::oneDone()
{
    if (--m_waiting > 0)
        return;
    if (std::exchange(m_again, false))
        run();
    else
        emit finished();
}

void Reconciler::compare(SandboxProvider &provider, const Stamps &stamps, const QList<SandboxInfo> &sandboxes)
{
    QStringList ids;
    for (const auto &entry : m_table.entries())
        ids += entry->info().id;
    for (const QString &id : std::as_const(ids)) {
        SessionEntry *entry = m_table.byId(id);
        const auto stamp = stamps.constFind(id);
        const bool asListed = entry && stamp != stamps.constEnd() && *stamp == entry->stamp && !entry->isBusy();
        if (asListed && m_actions.provider(entry->info().providerId) == &provider)
            settleOne(provider, *entry, sandboxOf(entry->info(), sandboxes));
    }
    for (const SandboxInfo &sandbox : sandboxes) {
        if (sandbox.sessionId.isEmpty() || m_table.byId(sandbox.sessionId))
            continue;
        if (m_table.wasErased(sandbox.sessionId))
            removeLeftover(provider, sandbox.id, {});
        else
            adopt(provider, sandbox);
    }
}

void Reconciler::settleOne(SandboxProvider &provider, SessionEntry &entry, const SandboxInfo *found)
{
    if (found && entry.info().sandboxId.isEmpty())
        entry.info().sandboxId = found->id; // kept with the change that follows, or found again the next time
    const Settlement settlement = settle(entry.state(), found);
    const QString id = entry.info().id;
    if (settlement.event) {
        const auto state = next(entry.state(), *settlement.event);
        if (state == SessionState::Running)
            m_table.apply(entry, *settlement.event, settlement.message);
        else
            m_actions.lose(entry, *settlement.event, settlement.message);
    }
    if (settlement.action == Settlement::Action::RemoveSession)
        m_actions.remove(id);
    else if (settlement.action == Settlement::Action::RemoveSandbox)
        removeLeftover(provider, found->id, id);
}

void Reconciler::removeLeftover(SandboxProvider &provider, const QString &sandboxId, const QString &sessionId)
{
    qCInfo(lcSession) << "removing the left-over sandbox" << sandboxId;
    provider.remove(sandboxId).then(this, [this, sandboxId, sessionId](const Result<void> &removed) {
        if (!removed) {
            qCWarning(lcSession).noquote() << "a left-over sandbox stays:" << removed.error().message << removed.error().detail;
            return;
        }
        SessionEntry *entry = m_table.byId(sessionId);
        if (!entry || entry->info().sandboxId != sandboxId || entry->state() != SessionState::Failed)
            return;
        entry->info().sandboxId.clear();
        m_table.changed(*entry);
    });
}

void Reconciler::adopt(SandboxProvider &provider, const SandboxInfo &sandbox)
{
    SessionRecord record;
    record.info.id = sandbox.sessionId;
    const QString label = sandbox.labels.value(u"capsule.name"_s);
    record.info.name = unusedName(label.isEmpty() ? sandbox.name : label, [this](const QString &name) { return m_table.isNameTaken(name); });
    record.info.agentId = sandbox.labels.value(u"capsule.agent"_s);
    record.info.agentName = record.info.agentId;
    if (const Result<AgentProfile> profile = m_findAgent(record.info.agentId)) {
        record.info.agentName = profile->name;
        record.info.privileges = profile->privileges;
        record.command = profile->command;
        record.environment = profile->environment;
    }
    record.info.state = SessionState::Interrupted;
    record.info.message = u"This sandbox was found without an entry in the list of sessions. Start it to go on; its files are there."_s;
    record.info.providerId = provider.id();
    record.info.sandboxId = sandbox.id;
    record.info.image = sandbox.image;
    record.info.createdAt = QDateTime::currentDateTimeUtc();
    record.info.lastActiveAt = record.info.createdAt;
    qCInfo(lcSession) << "adopting the sandbox" << sandbox.id << "as session" << record.info.id;
    SessionEntry &entry = m_table.insert(record);
    if (sandbox.running)
        m_table.apply(entry, SessionEvent::SandboxUp, u"This sandbox was found without an entry in the list of sessions."_s);
}

} // namespace capsule
