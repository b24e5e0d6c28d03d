// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionstore.h"
#include "session/sessiontable.h"

#include <QDir>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

SessionRecord recordOf(const QString &id)
{
    SessionRecord record;
    SessionInfo &info = record.info;
    info.id = id;
    info.name = u"Näme "_s + id;
    info.agentId = u"claude-code"_s;
    info.agentName = u"Claude Code"_s;
    info.state = SessionState::Stopped;
    info.message = u"A sentence."_s;
    info.detail = u"words"_s;
    info.providerId = u"container"_s;
    info.sandboxId = u"sandbox-"_s + id;
    info.image = u"capsule/base:1"_s;
    info.workspace = {WorkspaceKind::Copy, u"/home/me/it's"_s};
    info.limits = {.cpus = 1.5, .memoryBytes = Q_INT64_C(6) << 30, .pids = 77};
    info.privileges = Privileges::Sudo;
    info.createdAt = QDateTime::fromMSecsSinceEpoch(1'700'000'000'123 + id.toInt(), QTimeZone::UTC);
    info.lastActiveAt = info.createdAt.addSecs(60);
    info.revision = 12;
    record.command = {u"claude"_s, u"--flag=a b"_s};
    record.environment = {u"A=b"_s};
    return record;
}

} // namespace

class TestSessionStore : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void whatIsSavedIsLoadedAgain();
    void savingReplacesAndRemovingForgets();
    void terminalsAndJobAreNotKept();
    void theFileIsForItsOwnerOnly();
    void migrationsRunOnceEach();
    void aFailedMigrationLeavesTheDatabaseAsItWas();
    void aNewerDatabaseIsLeftAlone();
    void aDamagedDatabaseIsPutAside_data();
    void aDamagedDatabaseIsPutAside();
    void oneUnreadableRecordCostsOnlyItself();
    void aStoreThatCannotBeWrittenSaysSoAndTriesAgain();
    void theTableSavesLaterWhatItCouldNotSave();

private:
    QString path() const { return m_dir->filePath(u"data/sessions.db"_s); }
    void editDatabase(const QString &sql);
    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestSessionStore::editDatabase(const QString &sql)
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"edit"_s);
        database.setDatabaseName(path());
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY2(query.exec(sql), qPrintable(sql));
    }
    QSqlDatabase::removeDatabase(u"edit"_s);
}

void TestSessionStore::whatIsSavedIsLoadedAgain()
{
    {
        SessionStore store(path());
        QVERIFY(store.save(recordOf(u"2"_s)).has_value());
        QVERIFY(store.save(recordOf(u"1"_s)).has_value());
    }
    SessionStore store(path());
    const auto records = store.load();
    QVERIFY(records.has_value());
    QCOMPARE(records->size(), 2U);
    QCOMPARE(records->at(0), recordOf(u"1"_s));
    QCOMPARE(records->at(1), recordOf(u"2"_s));
    QVERIFY(store.notices().isEmpty());
}

void TestSessionStore::savingReplacesAndRemovingForgets()
{
    SessionStore store(path());
    SessionRecord record = recordOf(u"1"_s);
    QVERIFY(store.save(record).has_value());
    record.info.name = u"other"_s;
    record.info.revision = 13;
    QVERIFY(store.save(record).has_value());
    QCOMPARE(store.load().value(), std::vector{record});
    QVERIFY(store.remove(u"1"_s).has_value());
    QVERIFY(store.remove(u"1"_s).has_value());
    QVERIFY(store.load().value().empty());
}

void TestSessionStore::terminalsAndJobAreNotKept()
{
    SessionStore store(path());
    SessionRecord record = recordOf(u"1"_s);
    record.info.terminals.resize(2);
    record.info.jobId = u"job"_s;
    QVERIFY(store.save(record).has_value());
    QCOMPARE(store.load().value().at(0), recordOf(u"1"_s));
}

void TestSessionStore::theFileIsForItsOwnerOnly()
{
    SessionStore store(path());
    QVERIFY(store.load().has_value());
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QVERIFY(!(QFile::permissions(path()) & others));
    QVERIFY(!(QFile::permissions(QFileInfo(path()).path()) & others));
}

void TestSessionStore::migrationsRunOnceEach()
{
    constexpr std::array<Migration, 2> steps{"CREATE TABLE t (a TEXT)", "ALTER TABLE t ADD COLUMN b TEXT"};
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"m"_s);
        database.setDatabaseName(u":memory:"_s);
        QVERIFY(database.open());
        QVERIFY(migrate(database, std::span(steps).first(1)).has_value());
        QVERIFY(migrate(database, std::span(steps).first(1)).has_value());
        QSqlQuery query(database);
        QVERIFY(query.exec(u"INSERT INTO t (a) VALUES ('kept')"_s));
        QVERIFY(migrate(database, steps).has_value());
        QVERIFY(query.exec(u"SELECT a, b FROM t"_s) && query.next());
        QCOMPARE(query.value(0).toString(), u"kept"_s);
        QVERIFY(query.exec(u"PRAGMA user_version"_s) && query.next());
        QCOMPARE(query.value(0).toInt(), 2);
    }
    QSqlDatabase::removeDatabase(u"m"_s);
}

void TestSessionStore::aFailedMigrationLeavesTheDatabaseAsItWas()
{
    constexpr std::array<Migration, 2> steps{"CREATE TABLE t (a TEXT)", "ALTER TABLE nowhere ADD COLUMN b TEXT"};
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"m"_s);
        database.setDatabaseName(u":memory:"_s);
        QVERIFY(database.open());
        QVERIFY(!migrate(database, steps).has_value());
        QSqlQuery query(database);
        QVERIFY(query.exec(u"PRAGMA user_version"_s) && query.next());
        QCOMPARE(query.value(0).toInt(), 1);
        query.finish();
        QVERIFY(query.exec(u"BEGIN"_s)); // no transaction is left open
    }
    QSqlDatabase::removeDatabase(u"m"_s);
}

void TestSessionStore::aNewerDatabaseIsLeftAlone()
{
    {
        SessionStore store(path());
        QVERIFY(store.save(recordOf(u"1"_s)).has_value());
    }
    editDatabase(u"PRAGMA user_version = 999"_s);
    SessionStore store(path());
    QCOMPARE(store.load().error().code, ErrorCode::Conflict);
    QCOMPARE(store.save(recordOf(u"2"_s)).error().code, ErrorCode::Conflict);
    QVERIFY(QDir(QFileInfo(path()).path()).entryList({u"*.damaged-*"_s}).isEmpty());
}

void TestSessionStore::aDamagedDatabaseIsPutAside_data()
{
    QTest::addColumn<int>("offset");
    QTest::newRow("not a database at all") << 0;
    QTest::newRow("a page is damaged") << 100;
}

void TestSessionStore::aDamagedDatabaseIsPutAside()
{
    QFETCH(const int, offset);
    {
        SessionStore store(path());
        for (int i = 0; i < 50; ++i)
            QVERIFY(store.save(recordOf(QString::number(i))).has_value());
    }
    QFile file(path());
    QVERIFY(file.open(QFile::ReadWrite));
    QVERIFY(file.seek(offset));
    file.write(QByteArray(2000, 'x'));
    file.close();

    SessionStore store(path());
    const auto records = store.load();
    QVERIFY2(records.has_value(), records ? "" : qPrintable(records.error().message + records.error().detail));
    QVERIFY(records->empty());
    QCOMPARE(store.notices().size(), 1);
    const QStringList aside = QDir(QFileInfo(path()).path()).entryList({u"sessions.db.damaged-*"_s});
    QVERIFY(!aside.isEmpty());
    QVERIFY(store.notices().first().contains(aside.first()));
    QVERIFY(store.save(recordOf(u"1"_s)).has_value());
    QCOMPARE(SessionStore(path()).load().value().size(), 1U);
}

void TestSessionStore::oneUnreadableRecordCostsOnlyItself()
{
    {
        SessionStore store(path());
        QVERIFY(store.save(recordOf(u"1"_s)).has_value());
        QVERIFY(store.save(recordOf(u"2"_s)).has_value());
    }
    editDatabase(u"UPDATE sessions SET record = '{\"info\":{\"id\":7}}' WHERE id = '1'"_s);
    SessionStore store(path());
    QCOMPARE(store.load().value(), std::vector{recordOf(u"2"_s)});
    QCOMPARE(store.notices().size(), 1);
}

void TestSessionStore::aStoreThatCannotBeWrittenSaysSoAndTriesAgain()
{
    // A folder in the file's place fails for root too, as a read-only folder would not.
    QVERIFY(QDir().mkpath(path()));
    SessionStore store(path());
    const Result<void> saved = store.save(recordOf(u"1"_s));
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::PermissionDenied);
    QVERIFY(!saved.error().message.isEmpty() && !saved.error().detail.isEmpty());
    QVERIFY(QDir().rmdir(path()));
    QVERIFY(store.save(recordOf(u"1"_s)).has_value());
    QCOMPARE(store.load().value().size(), 1U);
}

void TestSessionStore::theTableSavesLaterWhatItCouldNotSave()
{
    QVERIFY(QDir().mkpath(path()));
    SessionStore store(path());
    SessionTable table(store);
    QVERIFY(table.storeProblem());
    QSignalSpy changes(&table, &SessionTable::sessionChanged);
    SessionRecord record = recordOf(u"1"_s);
    record.info.state = SessionState::Creating;
    SessionEntry &entry = table.insert(record);
    QCOMPARE(changes.size(), 1); // goes on in memory
    QVERIFY(QDir().rmdir(path()));
    QVERIFY(table.apply(entry, SessionEvent::Launched));
    QVERIFY(!table.storeProblem());
    QCOMPARE(SessionStore(path()).load().value().at(0).info.state, SessionState::Running);
    QCOMPARE(entry.info().revision, record.info.revision + 2);
}

QTEST_GUILESS_MAIN(TestSessionStore)
#include "tst_sessionstore.moc"
