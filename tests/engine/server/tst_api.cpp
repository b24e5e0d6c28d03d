// SPDX-License-Identifier: GPL-3.0-or-later
#include "enginefixture.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;

namespace {

qint64 residentKiB()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4 : -1;
}

} // namespace

/// The whole way through the real client, server and session manager, with sandboxes that live in memory.
class TestApi : public QObject {
    Q_OBJECT

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<EngineClient> m_client;

private slots:
    void init()
    {
        m_fixture = std::make_unique<EngineFixture>();
        m_client = m_fixture->connectClient();
    }

    void cleanup()
    {
        m_client.reset();
        m_fixture.reset();
    }

    void aUsersStory()
    {
        QSignalSpy jobs(m_client.get(), &EngineClient::jobChanged);
        QSignalSpy changes(m_client.get(), &EngineClient::sessionChanged);
        SessionInfo session = m_fixture->runningSession(*m_client);
        QVERIFY(changes.count() > 0);
        QTRY_COMPARE(jobs.last().first().value<JobInfo>().state, JobState::Succeeded);

        const api::TerminalAttachParams attach{session.terminals.front().id, {100, 30}};
        auto screen = std::make_unique<Screen>(m_client->attachTerminal(attach));
        QTRY_VERIFY(screen->text.contains("$ "));
        QCOMPARE(screen->replays, 1);
        screen->type("echo hello\r");
        QTRY_VERIFY(screen->text.contains("\nhello"));
        QCOMPARE(m_fixture->provider->lastTerminal()->sizes().last(), (TerminalSize{100, 30}));
        screen->stream().resize({120, 40});
        QTRY_COMPARE(m_fixture->provider->lastTerminal()->sizes().last(), (TerminalSize{120, 40}));

        const QByteArray before = screen->text;
        screen.reset(); // detached; the terminal runs on
        screen = std::make_unique<Screen>(m_client->attachTerminal(attach));
        QTRY_VERIFY(screen->text.contains("\nhello"));
        screen->type("echo again\r");
        QTRY_VERIFY(screen->text.contains("\nagain"));

        QCOMPARE(await(m_client->call<api::SessionRename>({u"work"_s, u"play"_s}))->session.name, u"play"_s);
        QCOMPARE(await(m_client->call<api::SessionStop>({u"play"_s}))->session.state, SessionState::Stopped);
        QTRY_VERIFY(screen->closed);
        const auto started = await(m_client->call<api::SessionStart>({u"play"_s}));
        VERIFY_RESULT(started);
        QCOMPARE(started->session.state, SessionState::Running);

        QSignalSpy removed(m_client.get(), &EngineClient::sessionRemoved);
        VERIFY_RESULT(await(m_client->call<api::SessionRemove>({session.id})));
        QTRY_COMPARE(removed.count(), 1);
        QCOMPARE(await(m_client->call<api::SessionList>({}))->sessions.size(), 0U);
        QVERIFY(m_fixture->provider->sandboxIds().isEmpty());
    }

    void commandsRunApartAndTellTheirExitCode()
    {
        const SessionInfo session = m_fixture->runningSession(*m_client);
        Screen echo(m_client->startExec({session.id, {u"echo"_s, u"one"_s, u"two"_s}, {}, {}}));
        QTRY_VERIFY(echo.closed);
        QCOMPARE(echo.text, QByteArray("one two\n"));
        QCOMPARE(echo.closed->exitCode, std::optional(0));

        Screen failing(m_client->startExec({session.id, {u"exit"_s, u"3"_s}, {}, {}}));
        QTRY_VERIFY(failing.closed);
        QCOMPARE(failing.closed->exitCode, std::optional(3));

        Screen cat(m_client->startExec({session.id, {u"cat"_s}, {}, {}}));
        const QByteArray much = QByteArray("0123456789abcdef").repeated(100'000);
        cat.type(much);
        cat.stream().endInput();
        QTRY_VERIFY_WITH_TIMEOUT(cat.closed, 20'000);
        QCOMPARE(cat.received, much.size());
    }

    void everyClientHearsTheSame()
    {
        const auto other = m_fixture->connectClient();
        QList<SessionInfo> mine;
        QList<SessionInfo> theirs;
        connect(m_client.get(), &EngineClient::sessionChanged, this, [&](const SessionInfo &session) { mine << session; });
        connect(other.get(), &EngineClient::sessionChanged, this, [&](const SessionInfo &session) { theirs << session; });
        const SessionInfo session = m_fixture->runningSession(*m_client);
        VERIFY_RESULT(await(other->call<api::SessionRename>({session.id, u"renamed"_s})));
        QTRY_COMPARE(mine.last().name, u"renamed"_s);
        QTRY_COMPARE(theirs, mine);
        for (qsizetype i = 1; i < mine.size(); ++i)
            QVERIFY(mine[i].revision > mine[i - 1].revision);
    }

    void twoViewersSeeTheSameTerminal()
    {
        const auto other = m_fixture->connectClient();
        const SessionInfo session = m_fixture->runningSession(*m_client);
        Screen left(m_client->attachTerminal({session.terminals.front().id, {}}));
        Screen right(other->attachTerminal({session.terminals.front().id, {}}));
        QTRY_VERIFY(left.text.contains("$ ") && right.text.contains("$ "));
        left.type("echo left\r");
        QTRY_VERIFY(right.text.contains("\nleft"));
        right.type("echo right\r");
        QTRY_VERIFY(left.text.contains("\nright"));
    }

    void statusTellsWhoRunsAndHowTheProviderIs()
    {
        auto status = await(m_client->call<api::EngineStatus>({}));
        VERIFY_RESULT(status);
        QCOMPARE(status->pid, QCoreApplication::applicationPid());
        QCOMPARE(status->connections, 1);
        QCOMPARE(status->address, m_fixture->engine->file().address);
        QVERIFY(status->providers.front().available);

        m_fixture->provider->setAvailable(false);
        status = await(m_client->call<api::EngineStatus>({}));
        QVERIFY(!status->providers.front().available);
        QVERIFY(status->providers.front().error.has_value());
    }

    void withoutAProviderTheEngineAnswersAllTheSame()
    {
        m_fixture->provider->setAvailable(false);
        api::SessionCreateParams params;
        params.agentId = u"shell"_s;
        const auto made = await(m_client->call<api::SessionCreate>(params));
        if (made) {
            // The launch finds out: the session says why.
            QTRY_COMPARE(await(m_client->call<api::SessionGet>({made->session.id}))->session.state, SessionState::Failed);
            QVERIFY(!await(m_client->call<api::SessionGet>({made->session.id}))->session.message.isEmpty());
        } else {
            QCOMPARE(made.error().code, ErrorCode::Unavailable);
        }
        QVERIFY(await(m_client->call<api::AgentList>({}))->agents.size() >= 2);
    }

    void mistakesAreSaid()
    {
        QCOMPARE(await(m_client->call<api::SessionGet>({u"nobody"_s})).error().code, ErrorCode::NotFound);
        QCOMPARE(await(m_client->call<api::JobGet>({u"none"_s})).error().code, ErrorCode::NotFound);
        QCOMPARE(await(m_client->call<api::TerminalClose>({u"none"_s})).error().code, ErrorCode::NotFound);
        QCOMPARE(await(m_client->call<api::ChannelClose>({1})).error().code, ErrorCode::NotFound);
        QCOMPARE(await(m_client->call<api::ChannelClose>({qint64(1) << 40})).error().code, ErrorCode::NotFound);
        QCOMPARE(await(m_client->call<api::TerminalResize>({5, {}})).error().code, ErrorCode::NotFound);
        api::SessionCreateParams params;
        params.agentId = u"no-such-agent"_s;
        QCOMPARE(await(m_client->call<api::SessionCreate>(params)).error().code, ErrorCode::NotFound);
    }

    void sizesBeyondReasonAreRefused()
    {
        const SessionInfo session = m_fixture->runningSession(*m_client);
        auto stream = m_client->attachTerminal({session.terminals.front().id, {}});
        QTRY_VERIFY(stream->isOpen());
        QCOMPARE(await(m_client->call<api::TerminalResize>({1, {100'000, 1}})).error().code, ErrorCode::InvalidArgument);
    }

    void aThousandRequestsMayBeUnderWay()
    {
        QList<Async<api::SessionListResult>> answers;
        for (int i = 0; i < 1000; ++i)
            answers << m_client->call<api::SessionList>({});
        for (const auto &answer : answers)
            VERIFY_RESULT(await(answer));
    }

    void aLeavingClientLeavesNothingBehind()
    {
        const SessionInfo session = m_fixture->runningSession(*m_client);
        {
            const auto other = m_fixture->connectClient();
            Screen screen(other->attachTerminal({session.terminals.front().id, {}}));
            Screen command(other->startExec({session.id, {u"sleep"_s, u"1000"_s}, {}, {}}));
            QTRY_VERIFY(screen.replays == 1 && command.stream().isOpen());
            QTRY_COMPARE(await(m_client->call<api::SessionGet>({session.id}))->session.terminals.front().viewers, 1);
        }
        QTRY_COMPARE(await(m_client->call<api::SessionGet>({session.id}))->session.terminals.front().viewers, 0);
        QTRY_VERIFY(!m_fixture->provider->lastExec() || m_fixture->provider->lastExec()->isEnded());
        QTRY_COMPARE(m_fixture->engine->server().connectionCount(), 1);
    }

    void channelsAreLimitedPerConnection()
    {
        const SessionInfo session = m_fixture->runningSession(*m_client);
        std::vector<std::unique_ptr<Screen>> screens;
        for (int i = 0; i < 65; ++i)
            screens.push_back(std::make_unique<Screen>(m_client->attachTerminal({session.terminals.front().id, {}})));
        QTRY_VERIFY(screens.back()->closed);
        QCOMPARE(screens.back()->closed->error->code, ErrorCode::LimitReached);
        QVERIFY(screens.front()->stream().isOpen());
    }

    void aFloodIsHeldByAViewerThatDoesNotAcknowledge()
    {
        const SessionInfo session = m_fixture->runningSession(*m_client);
        Screen screen(m_client->attachTerminal({session.terminals.front().id, {}}));
        QTRY_VERIFY(screen.text.contains("$ "));
        screen.acknowledges = false;
        const qint64 before = residentKiB();
        screen.type("flood 200000000\r");
        QTRY_VERIFY(screen.received >= channelWindowBytes - 4096);
        QTest::qWait(500);
        QVERIFY2(screen.received <= channelWindowBytes + 1024, qPrintable(QString::number(screen.received)));
        const qint64 grown = residentKiB() - before;
        QVERIFY2(grown < 24 * 1024, qPrintable(u"grew by %1 KiB"_s.arg(grown)));

        // Another terminal and the API go on meanwhile.
        const auto second = await(m_client->call<api::TerminalOpen>({session.id, {}, {}}));
        VERIFY_RESULT(second);
        Screen other(m_client->attachTerminal({second->terminal.id, {}}));
        other.type("echo alive\r");
        QTRY_VERIFY(other.text.contains("\nalive"));
    }

    void measures()
    {
        const SessionInfo session = m_fixture->runningSession(*m_client);
        QList<qint64> times;
        QElapsedTimer timer;
        for (int i = 0; i < 300; ++i) {
            timer.start();
            VERIFY_RESULT(await(m_client->call<api::SessionList>({})));
            times << timer.nsecsElapsed() / 1000;
        }
        std::ranges::sort(times);
        qInfo("session.list round trip: median %lld us, p95 %lld us", times[150], times[285]);

        Screen screen(m_client->attachTerminal({session.terminals.front().id, {}}));
        QTRY_VERIFY(screen.text.contains("$ "));
        constexpr qint64 bytes = 100'000'000;
        screen.received = 0;
        timer.start();
        screen.type("flood 100000000\r");
        QTRY_VERIFY_WITH_TIMEOUT(screen.received >= bytes, 60'000);
        qInfo("flood through server and client: %.0f MB/s (%d replays)", double(bytes) / 1e6 / (double(timer.elapsed()) / 1000),
              screen.replays);
        QCOMPARE(screen.replays, 1); // one viewer that keeps up loses nothing
    }

    void stoppingIsAnnouncedAndTheFileWithdrawn()
    {
        QSignalSpy stopping(m_client.get(), &EngineClient::engineStopping);
        QSignalSpy stopped(m_fixture->engine.get(), &EngineApp::stopped);
        VERIFY_RESULT(await(m_client->call<api::EngineStop>({false})));
        QTRY_COMPARE(stopping.count(), 1);
        QTRY_VERIFY(stopped.count() >= 1);
        QCOMPARE(EngineFile::read().error().code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestApi)
#include "tst_api.moc"
