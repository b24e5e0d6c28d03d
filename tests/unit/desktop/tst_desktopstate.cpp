// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/launchrequest.h"
#include "desktop/settings.h"
#include "desktop/singleinstance.h"

#include <QFile>
#include <QLocalSocket>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <memory>

using namespace Qt::StringLiterals;
using namespace capsule;

/// What outlives a run or spans two of them: settings, the command line, one instance per user.
class TestDesktopState : public QObject
{
    Q_OBJECT

    using Claim = Result<std::unique_ptr<SingleInstance>>;

    /// The second start, in a thread of its own since it waits for the first one's event loop.
    static Claim claimElsewhere(const QString &directory, const LaunchRequest &request)
    {
        std::optional<Claim> claim;
        std::unique_ptr<QThread> thread(QThread::create([&] { claim.emplace(SingleInstance::claim(directory, request)); }));
        QSignalSpy finished(thread.get(), &QThread::finished);
        thread->start();
        finished.wait(10'000);
        thread->wait();
        return std::move(*claim);
    }

private slots:
    void settingsComeBackAsTheyWere()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"desktop.conf"_s);
        Settings settings;
        settings.appearance.font.setPointSize(14);
        settings.appearance.colorScheme = u"Capsule Light"_s;
        settings.appearance.historyLines = 1234;
        settings.appearance.cursorShape = TerminalAppearance::CursorShape::IBeam;
        settings.tabs = {{u"s1"_s, u"t1"_s}, {u"s2"_s, {}}};
        settings.currentTab = 1;
        settings.trayNoticeShown = true;
        settings.windowGeometry = "\x01\x02\x00geometry"_ba;
        settings.addRecentFolder(u"/a, b"_s);
        settings.save(path);
        QCOMPARE(Settings::load(path), settings);
        settings.tabs.removeLast();
        settings.save(path);
        QCOMPARE(Settings::load(path).tabs.size(), 1);
    }

    void damagedSettingsAreDefaults()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"desktop.conf"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[terminal]\nfont\\pointSize=-7\nhistoryLines=999999999\ncursor\\shape=dog\n[tabs]\nsize=99999999\n1\\terminal=x\n");
        file.close();
        const Settings settings = Settings::load(path);
        QCOMPARE(settings.appearance.font.pointSize(), 4);
        QCOMPARE(settings.appearance.historyLines, 100'000);
        QCOMPARE(settings.appearance.cursorShape, TerminalAppearance::CursorShape::Block);
        QVERIFY(settings.tabs.isEmpty());
    }

    void recentFoldersAreFewAndNewestFirst()
    {
        Settings settings;
        for (int i = 0; i < 12; ++i)
            settings.addRecentFolder(u"/f%1"_s.arg(i));
        settings.addRecentFolder(u"/f5"_s);
        QCOMPARE(settings.recentFolders.size(), 8);
        QCOMPARE(settings.recentFolders.first(), u"/f5"_s);
        QCOMPARE(settings.recentFolders.count(u"/f5"_s), 1);
    }

    void theCommandLineIsRead_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode"); // -1: goes on
        QTest::addColumn<QString>("open");
        QTest::addColumn<bool>("newSession");
        QTest::newRow("nothing") << QStringList() << -1 << QString() << false;
        QTest::newRow("open") << QStringList({u"--open"_s, u"web"_s}) << -1 << u"web"_s << false;
        QTest::newRow("new") << QStringList({u"--new"_s, u"--background"_s}) << -1 << QString() << true;
        QTest::newRow("version") << QStringList({u"--version"_s}) << 0 << QString() << false;
        QTest::newRow("help") << QStringList({u"--help"_s}) << 0 << QString() << false;
        QTest::newRow("unknown") << QStringList({u"--frobnicate"_s}) << 2 << QString() << false;
        QTest::newRow("open what") << QStringList({u"--open"_s}) << 2 << QString() << false;
        QTest::newRow("stray word") << QStringList({u"web"_s}) << 2 << QString() << false;
    }
    void theCommandLineIsRead()
    {
        QFETCH(QStringList, arguments);
        const CommandLine line = parseCommandLine(QStringList(u"capsule-desktop"_s) + arguments, u"1.2.3"_s);
        QTEST(line.exitCode.value_or(-1), "exitCode");
        QTEST(line.request.openSession, "open");
        QTEST(line.request.newSession, "newSession");
        QCOMPARE(line.text.isEmpty(), !line.exitCode.has_value());
    }

    void theSecondStartHandsItsRequestToTheFirst()
    {
        QTemporaryDir dir;
        Claim first = SingleInstance::claim(dir.path(), {});
        QVERIFY(first && *first);
        QSignalSpy requested(first->get(), &SingleInstance::requested);
        const Claim second = claimElsewhere(dir.path(), {.openSession = u"web"_s, .newSession = true});
        QVERIFY(second.has_value());
        QVERIFY(!*second);
        QTRY_COMPARE(requested.size(), 1);
        const auto request = requested[0][0].value<LaunchRequest>();
        QCOMPARE(request.openSession, u"web"_s);
        QVERIFY(request.newSession);
    }

    void aSocketLeftByACrashIsReplaced()
    {
        QTemporaryDir dir;
        const QString socket = dir.filePath(u"desktop.sock"_s);
        {
            QFile left(socket);
            QVERIFY(left.open(QIODevice::WriteOnly));
        }
        Claim first = SingleInstance::claim(dir.path(), {});
        QVERIFY(first && *first);
        QLocalSocket client;
        client.connectToServer(socket);
        QVERIFY(client.waitForConnected(1000));
    }

    void nonsenseOnTheSocketIsRefused()
    {
        QTemporaryDir dir;
        Claim first = SingleInstance::claim(dir.path(), {});
        QVERIFY(first && *first);
        QSignalSpy requested(first->get(), &SingleInstance::requested);
        for (const QByteArray &bytes : {QByteArray("{\"newSession\": 7}\n"), QByteArray(200'000, 'x')}) {
            QLocalSocket client;
            client.connectToServer(dir.filePath(u"desktop.sock"_s));
            QVERIFY(client.waitForConnected(1000));
            client.write(bytes);
            QTRY_COMPARE(client.state(), QLocalSocket::UnconnectedState);
        }
        QCOMPARE(requested.size(), 0);
    }

    void afterTheFirstHasEndedTheNextIsFirst()
    {
        QTemporaryDir dir;
        {
            const Claim first = SingleInstance::claim(dir.path(), {});
            QVERIFY(first && *first);
        }
        const Claim next = SingleInstance::claim(dir.path(), {});
        QVERIFY(next && *next);
    }

    void aFolderThatCannotBeWrittenIsTold()
    {
        const Claim claim = SingleInstance::claim(u"/proc/capsule-cannot-be-here"_s, {});
        QVERIFY(!claim);
        QCOMPARE(claim.error().code, ErrorCode::PermissionDenied);
    }
};

QTEST_GUILESS_MAIN(TestDesktopState)
#include "tst_desktopstate.moc"
