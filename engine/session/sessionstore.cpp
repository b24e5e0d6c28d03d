// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionstore.h"

#include "base/logging.h"
#include "base/paths.h"
#include "session/sessionnames.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

// A record is one JSON document: what a newer version adds needs no new column.
constexpr std::array<Migration, 1> migrations{
    "CREATE TABLE sessions (id TEXT PRIMARY KEY NOT NULL, record TEXT NOT NULL)",
};

Error errorOf(const QSqlError &error, const QString &path)
{
    // https://www.sqlite.org/rescode.html: the low byte is the primary code.
    const int code = error.nativeErrorCode().toInt() & 0xff;
    const QString detail = u"%1: %2"_s.arg(path, error.text());
    switch (code) {
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
        return {ErrorCode::ProtocolError, u"The list of sessions on disk is damaged."_s, detail};
    case 13: // SQLITE_FULL
        return {ErrorCode::LimitReached, u"The list of sessions could not be saved: the disk is full. Free some space."_s, detail};
    default:
        return {ErrorCode::PermissionDenied, u"The list of sessions could not be read or saved; check the folder %1."_s.arg(QFileInfo(path).path()), detail};
    }
}

Result<void> run(QSqlDatabase &database, const QString &sql)
{
    QSqlQuery query(database);
    if (!query.exec(sql))
        return std::unexpected(errorOf(query.lastError(), database.databaseName()));
    return {};
}

} // namespace

Result<void> migrate(QSqlDatabase &database, std::span<const Migration> steps)
{
    QSqlQuery query(database);
    if (!query.exec(u"PRAGMA user_version"_s) || !query.next())
        return std::unexpected(errorOf(query.lastError(), database.databaseName()));
    const int version = query.value(0).toInt();
    query.finish();
    if (version > static_cast<int>(steps.size())) {
        return fail(ErrorCode::Conflict, u"The list of sessions was written by a newer version of Capsule; update Capsule to use it."_s,
                    u"%1: version %2"_s.arg(database.databaseName()).arg(version));
    }
    for (size_t step = static_cast<size_t>(std::max(0, version)); step < steps.size(); ++step) {
        Result<void> done = run(database, u"BEGIN IMMEDIATE"_s);
        for (const QString &sql : {QString::fromLatin1(steps[step]), u"PRAGMA user_version = %1"_s.arg(step + 1), u"COMMIT"_s}) {
            if (done)
                done = run(database, sql);
        }
        if (!done) {
            (void)run(database, u"ROLLBACK"_s);
            return done;
        }
    }
    return {};
}

SessionStore::SessionStore(const QString &path)
    : m_path(path)
    , m_connection(u"sessions-"_s + newId())
{
}

SessionStore::~SessionStore()
{
    closeDatabase();
}

void SessionStore::closeDatabase()
{
    m_open = false;
    if (!QSqlDatabase::contains(m_connection))
        return;
    QSqlDatabase::database(m_connection, false).close();
    QSqlDatabase::removeDatabase(m_connection);
}

Result<void> SessionStore::open()
{
    if (m_open)
        return {};
    Result<void> opened = openOnce();
    if (!opened && opened.error().code == ErrorCode::ProtocolError) {
        opened = putAside();
        if (opened)
            opened = openOnce();
    }
    if (!opened)
        closeDatabase();
    m_open = opened.has_value();
    return opened;
}

Result<void> SessionStore::openOnce()
{
    closeDatabase();
    if (const QString folder = QFileInfo(m_path).path(); !QFileInfo(folder).isDir()) {
        if (const Result<void> made = paths::makePrivateDir(folder); !made)
            return made;
    }
    QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_connection);
    database.setDatabaseName(m_path);
    database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=200"_s); // on the event loop
    if (!database.open())
        return std::unexpected(errorOf(database.lastError(), m_path));
    QFile::setPermissions(m_path, QFile::ReadOwner | QFile::WriteOwner);
    for (const QString &pragma : {u"PRAGMA journal_mode = WAL"_s, u"PRAGMA synchronous = NORMAL"_s}) {
        if (const Result<void> set = run(database, pragma); !set)
            return set;
    }
    QSqlQuery check(database);
    if (!check.exec(u"PRAGMA quick_check(1)"_s) || !check.next())
        return std::unexpected(errorOf(check.lastError(), m_path));
    if (const QString found = check.value(0).toString(); found != "ok"_L1)
        return fail(ErrorCode::ProtocolError, u"The list of sessions on disk is damaged."_s, found);
    check.finish();
    return migrate(database, migrations);
}

Result<void> SessionStore::putAside()
{
    closeDatabase();
    const QString time = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss-zzz"_s);
    const QString aside = u"%1.damaged-%2"_s.arg(m_path, time);
    if (!QFile::rename(m_path, aside))
        return fail(ErrorCode::PermissionDenied, u"The damaged list of sessions could not be put aside; check the folder."_s, m_path);
    // What these hold belongs to the damaged file and must not be applied to the new one.
    for (const QString &suffix : {u"-wal"_s, u"-shm"_s}) {
        if (QFile::exists(m_path + suffix))
            QFile::rename(m_path + suffix, aside + suffix);
    }
    m_notices += u"The list of sessions was damaged; it was kept as %1 and a new one begun. Running sessions are found again by themselves."_s.arg(aside);
    qCWarning(lcSession).noquote() << m_notices.last();
    return {};
}

template<class... Values>
Result<void> SessionStore::execute(const QString &sql, const Values &...values)
{
    if (const Result<void> opened = open(); !opened)
        return opened;
    QSqlDatabase database = QSqlDatabase::database(m_connection);
    QSqlQuery query(database);
    bool done = query.prepare(sql);
    if (done) {
        (query.addBindValue(values), ...);
        done = query.exec();
    }
    if (done)
        return {};
    const Error error = errorOf(query.lastError(), m_path);
    query.clear();
    m_open = false; // the next change opens the file anew
    return std::unexpected(error);
}

Result<std::vector<SessionRecord>> SessionStore::load()
{
    if (const Result<void> opened = open(); !opened)
        return std::unexpected(opened.error());
    QSqlQuery query(QSqlDatabase::database(m_connection));
    if (!query.exec(u"SELECT id, record FROM sessions"_s))
        return std::unexpected(errorOf(query.lastError(), m_path));
    std::vector<SessionRecord> records;
    while (query.next()) {
        const QJsonDocument json = QJsonDocument::fromJson(query.value(1).toString().toUtf8());
        if (Result<SessionRecord> record = wire::fromJson<SessionRecord>(json.object())) {
            records.push_back(std::move(*record));
            continue;
        } else {
            m_notices += u"One session of the list on disk could not be read and was left out."_s;
            qCWarning(lcSession) << "session" << query.value(0).toString() << "cannot be read:" << record.error().message;
        }
    }
    std::ranges::sort(records, {}, [](const SessionRecord &record) { return std::pair(record.info.createdAt, record.info.id); });
    return records;
}

Result<void> SessionStore::save(const SessionRecord &record)
{
    SessionRecord kept = record;
    kept.info.terminals.clear();
    kept.info.jobId.clear();
    const QByteArray json = QJsonDocument(wire::toJson(kept)).toJson(QJsonDocument::Compact);
    return execute(u"INSERT INTO sessions (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record"_s,
                   record.info.id, QString::fromUtf8(json));
}

Result<void> SessionStore::remove(const QString &sessionId)
{
    return execute(u"DELETE FROM sessions WHERE id = ?"_s, sessionId);
}

} // namespace capsule
