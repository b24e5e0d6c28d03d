// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/folderscan.h"

#include "base/paths.h"
#include "support/await.h"
#include "support/foldertree.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::await;
using test::FolderTree;

/// What a folder holds, and which folders are refused.
class TestFolderScan : public QObject
{
    Q_OBJECT

    Result<FolderReport> scan(const QString &path, const FolderLimits &limits = {})
    {
        return await(scanFolder(path, limits, {}, this));
    }

private slots:
    void initTestCase()
    {
        // Capsule's own folders are asked for; none of them may be the real ones.
        for (const char *variable : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"})
            qputenv(variable, QFile::encodeName(m_home.path()) + "/home");
        QVERIFY(m_home.folder("home", 0700));
        QVERIFY(m_home.folder("home/capsule", 0700));
    }

    void everythingIsCounted()
    {
        FolderTree tree;
        QVERIFY(tree.file("a", "12345"));
        QVERIFY(tree.folder("d"));
        QVERIFY(tree.file("d/b", "123"));
        QVERIFY(tree.file("d/\xff\xfe\n\"odd"));
        QVERIFY(tree.link("d/inside", "../a"));
        QVERIFY(tree.link("absolute", "/etc/passwd"));
        QVERIFY(tree.link("d/above", "../../x"));
        QVERIFY(tree.pipe("pipe"));
        QVERIFY(tree.socket("s"));
        const auto report = scan(tree.path());
        VERIFY_RESULT(report);
        QCOMPARE(report->files, 3);
        QCOMPARE(report->folders, 1);
        QCOMPARE(report->links, 1);
        QCOMPARE(report->bytes, 8);
        QCOMPARE(report->linksOutside, 2);
        QCOMPARE(report->pipes, 1);
        QCOMPARE(report->sockets, 1);
        QCOMPARE(report->unreadable, 0);
        QCOMPARE(report->summary(), u"2 links that lead outside, 1 socket and 1 named pipe were left out."_s);
    }

    void unreadableEntriesAreNamed()
    {
        if (::geteuid() == 0)
            QSKIP("root may read everything");
        FolderTree tree;
        QVERIFY(tree.file("secret", "x", 0000));
        QVERIFY(tree.folder("closed", 0000));
        const auto report = scan(tree.path());
        VERIFY_RESULT(report);
        QCOMPARE(report->unreadable, 2);
        QStringList names = report->unreadableNames;
        names.sort();
        QCOMPARE(names, (QStringList{u"closed"_s, u"secret"_s}));
    }

    void manyUnreadableNamesAreBounded()
    {
        FolderReport report;
        for (int i = 0; i < 100; ++i)
            report.addUnreadable(QByteArray::number(i));
        QCOMPARE(report.unreadable, 100);
        QCOMPARE(report.unreadableNames.size(), FolderReport::maxNames);
    }

    void unsuitableFoldersAreRefused_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("missing") << m_home.path() + u"/missing"_s << ErrorCode::NotFound;
        QTest::newRow("relative") << u"home"_s << ErrorCode::InvalidArgument;
        QTest::newRow("a device") << u"/dev/null"_s << ErrorCode::InvalidArgument;
        QTest::newRow("everything") << u"/"_s << ErrorCode::InvalidArgument;
        QTest::newRow("everything, roundabout") << u"/usr/.."_s << ErrorCode::InvalidArgument;
        QTest::newRow("Capsule's own") << m_home.path() + u"/home/capsule"_s << ErrorCode::InvalidArgument;
        QTest::newRow("in Capsule's own") << m_home.path() + u"/home/capsule/deeper"_s << ErrorCode::InvalidArgument;
    }

    void unsuitableFoldersAreRefused()
    {
        m_home.folder("home/capsule/deeper");
        QFETCH(const QString, path);
        const auto report = scan(path);
        QVERIFY(!report);
        QTEST(report.error().code, "code");
        QVERIFY(!report.error().message.isEmpty());
    }

    void ownFolderInsideIsLeftOut()
    {
        const auto report = scan(m_home.path());
        VERIFY_RESULT(report);
        QCOMPARE(report->ownFolders, 1);
    }

    void largerThanTheLimitIsRefused()
    {
        FolderTree tree;
        for (int i = 0; i < 20; ++i)
            QVERIFY(tree.file("f" + QByteArray::number(i), "0123456789"));
        QCOMPARE(scan(tree.path(), {.bytes = 100, .entries = 1000}).error_or({}).code, ErrorCode::TooLarge);
        QCOMPARE(scan(tree.path(), {.bytes = 1000, .entries = 10}).error_or({}).code, ErrorCode::TooLarge);
        VERIFY_RESULT(scan(tree.path(), {.bytes = 200, .entries = 20}));
    }

    void veryDeepFoldersAreLeftOut()
    {
        FolderTree tree;
        QByteArray path;
        for (int i = 0; i < FolderWalk::maxDepth + 10; ++i) {
            path += path.isEmpty() ? "d" : "/d";
            QVERIFY(tree.folder(path));
        }
        const auto report = scan(tree.path());
        VERIFY_RESULT(report);
        QCOMPARE(report->folders, FolderWalk::maxDepth);
        QCOMPARE(report->tooDeep, 1);
    }

    void stoppedScanIsCancelled()
    {
        FolderTree tree;
        QVERIFY(tree.file("a"));
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(await(scanFolder(tree.path(), {}, stop.get_token(), this)).error_or({}).code, ErrorCode::Cancelled);
    }

    void scanWhoseOwnerDiesIsAnswered()
    {
        FolderTree tree;
        auto owner = std::make_unique<QObject>();
        const auto answer = scanFolder(tree.path(), {}, {}, owner.get());
        owner.reset();
        QVERIFY(answer.isFinished());
        QVERIFY(!answer.result());
    }

    void linksStayInsideByTheirNames_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<bool>("inside");
        QTest::newRow("beside") << QByteArray("a") << QByteArray("b") << true;
        QTest::newRow("root itself") << QByteArray("d/a") << QByteArray("..") << true;
        QTest::newRow("above") << QByteArray("a") << QByteArray("..") << false;
        QTest::newRow("above and back") << QByteArray("a") << QByteArray("../root/b") << false;
        QTest::newRow("down and up") << QByteArray("a") << QByteArray("x/../y") << true;
        QTest::newRow("dots and slashes") << QByteArray("d/a") << QByteArray(".//./../b") << true;
        QTest::newRow("absolute") << QByteArray("d/a") << QByteArray("/d/b") << false;
    }

    void linksStayInsideByTheirNames()
    {
        QFETCH(const QByteArray, path);
        QFETCH(const QByteArray, target);
        QTEST(staysInside(path, target), "inside");
    }

private:
    FolderTree m_home;
};

QTEST_GUILESS_MAIN(TestFolderScan)
#include "tst_folderscan.moc"
