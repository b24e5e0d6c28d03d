// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessiontable.h"

#include "base/logging.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

SessionTable::SessionTable(SessionStore &store, QObject *parent)
    : QObject(parent)
    , m_store(store)
{
    Result<std::vector<SessionRecord>> records = store.load();
    if (!records) {
        m_problem = records.error();
        qCWarning(lcSession).noquote() << m_problem->message << m_problem->detail;
        return;
    }
    for (SessionRecord &record : *records)
        m_entries.push_back(std::make_unique<SessionEntry>(SessionEntry{.record = std::move(record), .job = {}}));
}

SessionEntry *SessionTable::byId(const QString &id) const
{
    const auto entry = std::ranges::find_if(m_entries, [&](const auto &candidate) { return candidate->info().id == id; });
    return entry == m_entries.end() ? nullptr : entry->get();
}

SessionEntry *SessionTable::bySandbox(const QString &sandboxId) const
{
    const auto entry = std::ranges::find_if(m_entries, [&](const auto &candidate) { return candidate->info().sandboxId == sandboxId; });
    return sandboxId.isEmpty() || entry == m_entries.end() ? nullptr : entry->get();
}

Result<SessionEntry *> SessionTable::find(const QString &idOrName) const
{
    if (SessionEntry *entry = byId(idOrName))
        return entry;
    SessionEntry *fits = nullptr;
    int fitting = 0;
    for (const auto &entry : m_entries) {
        if (entry->info().name.compare(idOrName, Qt::CaseInsensitive) == 0)
            return entry.get();
        if (!idOrName.isEmpty() && entry->info().id.startsWith(idOrName, Qt::CaseInsensitive)) {
            fits = entry.get();
            ++fitting;
        }
    }
    if (fitting == 1)
        return fits;
    if (fitting > 1)
        return fail(ErrorCode::Conflict, u"\"%1\" fits the ids of %2 sessions; give more digits or the name."_s.arg(idOrName).arg(fitting));
    return fail(ErrorCode::NotFound, u"There is no session \"%1\"; list the sessions to see their names."_s.arg(idOrName.left(64)));
}

bool SessionTable::isNameTaken(const QString &name, const QString &exceptId) const
{
    return std::ranges::any_of(m_entries, [&](const auto &entry) {
        return entry->info().id != exceptId && entry->info().name.compare(name, Qt::CaseInsensitive) == 0;
    });
}

SessionEntry &SessionTable::insert(const SessionRecord &record, std::shared_ptr<Job> job)
{
    m_entries.push_back(std::make_unique<SessionEntry>(SessionEntry{.record = record, .job = std::move(job)}));
    SessionEntry &entry = *m_entries.back();
    changed(entry);
    return entry;
}

void SessionTable::erase(const QString &id)
{
    if (std::erase_if(m_entries, [&](const auto &entry) { return entry->info().id == id; }) == 0)
        return;
    m_erased.insert(id);
    save(id);
    qCInfo(lcSession) << "session" << id << "is gone";
    emit sessionErased(id);
}

bool SessionTable::apply(SessionEntry &entry, SessionEvent event, const QString &message, const QString &detail)
{
    const std::optional<SessionState> state = next(entry.state(), event);
    if (!state)
        return false;
    qCInfo(lcSession).noquote() << "session" << entry.info().id << wire::enumToString(entry.state()) << "->" << wire::enumToString(*state) << message;
    entry.info().state = *state;
    entry.info().message = message;
    entry.info().detail = detail;
    ++entry.stamp;
    changed(entry);
    return true;
}

void SessionTable::changed(SessionEntry &entry)
{
    ++entry.info().revision;
    save(entry.info().id);
    emit sessionChanged(entry.info().id);
}

void SessionTable::mentioned(SessionEntry &entry)
{
    ++entry.info().revision;
    emit sessionChanged(entry.info().id);
}

void SessionTable::save(const QString &id)
{
    m_unsaved.insert(id);
    for (const QString &unsaved : QSet(m_unsaved)) {
        const SessionEntry *entry = byId(unsaved);
        const Result<void> saved = entry ? m_store.save(entry->record) : m_store.remove(unsaved);
        if (!saved) {
            if (m_problem != saved.error())
                qCWarning(lcSession).noquote() << saved.error().message << saved.error().detail;
            m_problem = saved.error();
            return;
        }
        m_unsaved.remove(unsaved);
    }
    m_problem.reset();
}

} // namespace capsule
