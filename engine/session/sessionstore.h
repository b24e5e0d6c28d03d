// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QSqlDatabase>

#include <span>

namespace capsule {

/// What is kept of a session: the SessionInfo without its terminals and job, and what starting it again
/// needs. Never a credential.
struct SessionRecord {
    SessionInfo info;
    QStringList command;     ///< argv of the first terminal; empty: a login shell
    QStringList environment; ///< of the agent's profile

    bool operator==(const SessionRecord &) const = default;
    static constexpr auto wireFields()
    {
        using R = SessionRecord;
        return std::tuple{wire::required("info", &R::info), wire::field("command", &R::command), wire::field("environment", &R::environment)};
    }
};

/// One step of the schema; its number (from 1) is the PRAGMA user_version it leads to.
using Migration = const char *;
/// Brings a database to the newest version, each step in its own transaction. Conflict when it is newer than that.
Result<void> migrate(QSqlDatabase &database, std::span<const Migration> migrations);

/// The sessions on disk: SQLite with WAL, one file, small synchronous writes. A damaged file is put aside
/// as `<path>.damaged-<time>` and a new one begun; a file that cannot be opened or written costs nothing
/// but durability: saving answers with the error, and the next save tries again.
class SessionStore
{
public:
    explicit SessionStore(const QString &path); ///< its folder is made, private, when missing
    ~SessionStore();
    Q_DISABLE_COPY_MOVE(SessionStore)

    /// All records, oldest first. One that cannot be read is left out and said in notices().
    Result<std::vector<SessionRecord>> load();
    Result<void> save(const SessionRecord &record); ///< its terminals and job are not kept
    Result<void> remove(const QString &sessionId);

    /// What the user should know: a damaged file put aside. Sentences.
    QStringList notices() const { return m_notices; }

private:
    Result<void> open();
    Result<void> openOnce();
    Result<void> putAside();
    void closeDatabase();
    template<class... Values>
    Result<void> execute(const QString &sql, const Values &...values);

    QString m_path;
    QString m_connection; ///< name in Qt's connection list
    QStringList m_notices;
    bool m_open = false;
};

} // namespace capsule
