// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/job.h"
#include "session/sessionstore.h"

#include <QObject>
#include <QSet>

#include <functional>
#include <memory>
#include <vector>

namespace capsule {

struct SessionEntry {
    SessionRecord record;
    std::shared_ptr<Job> job; ///< its launch, while that runs
    int actions = 0;          ///< at work on it in this engine: start, stop, remove
    int stamp = 0;            ///< grows with every change of state
    bool missedEnd = false;   ///< its sandbox died or went while somebody was at work on it

    SessionInfo &info() { return record.info; }
    const SessionInfo &info() const { return record.info; }
    SessionState state() const { return record.info.state; }
    bool isBusy() const { return job || actions > 0; }
};

/// The sessions in memory and on disk: the one place where a state changes, by the table next(). Entries
/// stay where they are until erased; whoever waits in between looks them up again by id.
class SessionTable : public QObject
{
    Q_OBJECT
public:
    explicit SessionTable(SessionStore &store, QObject *parent = nullptr);

    const std::vector<std::unique_ptr<SessionEntry>> &entries() const { return m_entries; }
    SessionEntry *byId(const QString &id) const; ///< null when there is none
    SessionEntry *bySandbox(const QString &sandboxId) const;
    /// By id, by name (whatever the case), by unique prefix of the id. NotFound, Conflict.
    Result<SessionEntry *> find(const QString &idOrName) const;
    bool isNameTaken(const QString &name, const QString &exceptId = {}) const;

    SessionEntry &insert(const SessionRecord &record, std::shared_ptr<Job> job = {});
    void erase(const QString &id);
    bool wasErased(const QString &id) const { return m_erased.contains(id); }

    /// Moves the session; false when `event` cannot happen in its state. Message and detail replace what was there.
    bool apply(SessionEntry &entry, SessionEvent event, const QString &message = {}, const QString &detail = {});
    void changed(SessionEntry &entry);   ///< saved and told
    void mentioned(SessionEntry &entry); ///< told only: nothing that is kept has changed

    std::optional<Error> storeProblem() const { return m_problem; }

signals:
    void sessionChanged(const QString &id);
    void sessionErased(const QString &id);

private:
    void save(const QString &id);

    SessionStore &m_store;
    std::vector<std::unique_ptr<SessionEntry>> m_entries;
    QSet<QString> m_erased;  ///< in this engine's life
    QSet<QString> m_unsaved; ///< not on disk as they are here; tried again at the next change
    std::optional<Error> m_problem;
};

} // namespace capsule
