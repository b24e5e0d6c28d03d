// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/engineclient.h"
#include "support/await.h"
#include "support/scriptedengine.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;

using State = EngineClient::State;

class TestEngineClient : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_runtime;
    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<EngineClient> m_client;

    void connectClient()
    {
        m_client->connectToEngine();
        QTRY_COMPARE(m_client->state(), State::Connected);
        QTRY_COMPARE(m_engine->clientCount(), 1);
    }

private slots:
    void init()
    {
        m_runtime = std::make_unique<QTemporaryDir>();
        qputenv("XDG_RUNTIME_DIR", m_runtime->path().toUtf8());
        m_engine = std::make_unique<ScriptedEngine>();
        m_client = std::make_unique<EngineClient>(nullptr, [this]() -> Result<EngineFile> { return m_engine->file(); });
    }

    void cleanup()
    {
        m_client.reset();
        m_engine.reset();
    }

    void theTokenTravelsInAHeaderAndNoOriginIsSent()
    {
        connectClient();
        QCOMPARE(m_engine->lastAuthorization(), QByteArray("Bearer sesame"));
        QVERIFY(!m_engine->lastHadOrigin());
    }

    void callsAreAnsweredWithTypedResults()
    {
        m_engine->script = [this](const jsonrpc::Request &request) {
            QCOMPARE(request.method, u"session.rename"_s);
            QCOMPARE(request.params["name"_L1].toString(), u"new"_s);
            SessionInfo session;
            session.id = u"a"_s;
            session.name = u"new"_s;
            m_engine->reply(request.id, wire::toJson(api::Session{session}));
        };
        connectClient();
        const auto answer = await(m_client->call<api::SessionRename>({u"a"_s, u"new"_s}));
        VERIFY_RESULT(answer);
        QCOMPARE(answer->session.name, u"new"_s);
    }

    void errorsComeAsTheyWereSent()
    {
        const Error error{ErrorCode::Conflict, u"The session is stopped; start it first."_s, u"409"_s};
        m_engine->script = [&](const jsonrpc::Request &request) { m_engine->reply(request.id, std::unexpected(error)); };
        connectClient();
        QCOMPARE(await(m_client->call<api::SessionStop>({u"a"_s})).error(), error);
    }

    void aResultOfTheWrongShapeIsAnError()
    {
        m_engine->script = [this](const jsonrpc::Request &request) { m_engine->reply(request.id, QJsonObject{{u"session"_s, 5}}); };
        connectClient();
        QVERIFY(!await(m_client->call<api::SessionGet>({u"a"_s})).has_value());
    }

    void answersFindTheirCallInAnyOrder()
    {
        QList<jsonrpc::Request> requests;
        m_engine->script = [&](const jsonrpc::Request &request) {
            requests << request;
            if (requests.size() < 3)
                return;
            for (const int i : {2, 0, 1}) {
                SessionInfo session;
                session.id = requests[i].params["id"_L1].toString();
                session.name = u"n"_s;
                m_engine->reply(requests[i].id, wire::toJson(api::Session{session}));
            }
        };
        connectClient();
        QList<Async<api::Session>> answers;
        for (const QString &id : {u"a"_s, u"b"_s, u"c"_s})
            answers << m_client->call<api::SessionGet>({id});
        QStringList ids;
        for (const auto &answer : answers)
            ids << await(answer)->session.id;
        QCOMPARE(ids, (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    }

    void answersToNobodyAreIgnored()
    {
        m_engine->script = [this](const jsonrpc::Request &request) {
            m_engine->reply(999, QJsonObject{});
            m_engine->reply(u"abc"_s, QJsonObject{});
            m_engine->reply(request.id, QJsonObject{});
            m_engine->reply(request.id, fail(ErrorCode::Internal, u"twice"_s));
        };
        connectClient();
        VERIFY_RESULT(await(m_client->call<api::SessionList>({})));
        VERIFY_RESULT(await(m_client->call<api::SessionList>({})));
        QCOMPARE(m_client->state(), State::Connected);
    }

    void callsWithoutAConnectionAreUnavailable()
    {
        const auto answer = m_client->call<api::SessionList>({});
        QVERIFY(answer.isFinished());
        QCOMPARE(answer.result().error().code, ErrorCode::Unavailable);
    }

    void callsUnderWayAreUnavailableWhenTheConnectionBreaks()
    {
        connectClient();
        const auto first = m_client->call<api::SessionList>({});
        const auto second = m_client->call<api::JobList>({});
        QTRY_COMPARE(m_engine->requests().size(), 2);
        m_engine->dropClients();
        QCOMPARE(await(first).error().code, ErrorCode::Unavailable);
        QCOMPARE(await(second).error().code, ErrorCode::Unavailable);
    }

    void tooLargeARequestIsNotSent()
    {
        connectClient();
        const auto answer = m_client->call<api::SessionGet>({QString(2 * 1024 * 1024, u'x')});
        QCOMPARE(await(answer).error().code, ErrorCode::TooLarge);
        QCOMPARE(m_client->state(), State::Connected);
    }

    void notificationsBecomeSignals()
    {
        connectClient();
        QSignalSpy sessions(m_client.get(), &EngineClient::sessionChanged);
        QSignalSpy removals(m_client.get(), &EngineClient::sessionRemoved);
        QSignalSpy jobs(m_client.get(), &EngineClient::jobChanged);
        QSignalSpy outputs(m_client.get(), &EngineClient::jobOutput);
        QSignalSpy endings(m_client.get(), &EngineClient::engineStopping);
        SessionInfo session;
        session.id = u"s"_s;
        session.name = u"n"_s;
        m_engine->notify<api::SessionChanged>({session});
        m_engine->notify<api::SessionRemoved>({u"gone"_s});
        JobInfo job;
        job.id = u"j"_s;
        m_engine->notify<api::JobChanged>({job});
        m_engine->notify<api::JobOutput>({u"j"_s, u"text"_s});
        m_engine->sendText(jsonrpc::notification(u"from.the.future"_s, {}));
        m_engine->sendText(jsonrpc::notification(u"session.removed"_s, {{u"id"_s, 7}}));
        m_engine->notify<api::EngineStopping>({});
        QTRY_COMPARE(endings.count(), 1);
        QCOMPARE(sessions.first().first().value<SessionInfo>(), session);
        QCOMPARE(removals.count(), 1);
        QCOMPARE(removals.first().first().toString(), u"gone"_s);
        QCOMPARE(jobs.first().first().value<JobInfo>(), job);
        QCOMPARE(outputs.first().at(1).toString(), u"text"_s);
    }

    void reconnectsByItself()
    {
        connectClient();
        QSignalSpy connections(m_client.get(), &EngineClient::connected);
        m_engine->dropClients();
        QTRY_COMPARE(m_client->state(), State::Waiting);
        QCOMPARE(m_client->retryInSeconds(), 1);
        QCOMPARE(m_client->lastError().code, ErrorCode::Unavailable);
        QTRY_COMPARE(connections.count(), 1);
        QCOMPARE(m_client->lastError(), Error{});
    }

    void waitsLongerAfterEachFailure()
    {
        m_engine->hangUp();
        m_client->connectToEngine();
        QTRY_COMPARE(m_client->state(), State::Waiting);
        for (const int seconds : {1, 2, 4, 8, 16, 16}) {
            QCOMPARE(m_client->retryInSeconds(), seconds);
            m_client->reconnectNow();
            QTRY_COMPARE(m_client->state(), State::Waiting);
        }
        m_engine->listen();
        m_client->reconnectNow();
        QTRY_COMPARE(m_client->state(), State::Connected);
    }

    void reconnectsAtOnceWhenTheEnginesFileChanges()
    {
        auto client = std::make_unique<EngineClient>();
        client->connectToEngine();
        QTRY_COMPARE(client->state(), State::Waiting);
        QCOMPARE(client->lastError().code, ErrorCode::NotFound);
        for (int i = 0; i < 3; ++i)
            client->reconnectNow(); // so that waiting alone would take 8 s
        QCOMPARE(client->retryInSeconds(), 8);
        VERIFY_RESULT(EngineFile::write(m_engine->file()));
        QTRY_COMPARE_WITH_TIMEOUT(client->state(), State::Connected, 3000);
    }

    void anotherApiVersionIsSaidWithTheNextStep()
    {
        EngineFile file = m_engine->file();
        file.apiVersion = api::version + 1;
        EngineClient client(nullptr, [&]() -> Result<EngineFile> { return file; });
        client.connectToEngine();
        QTRY_COMPARE(client.state(), State::Waiting);
        QCOMPARE(client.lastError().code, ErrorCode::Unsupported);
        QVERIFY(client.lastError().message.contains(u"capsule engine stop"));
        QCOMPARE(m_engine->connectionsSeen(), 0);
    }

    void unusableAddressesAreRefused_data()
    {
        QTest::addColumn<QString>("address");
        QTest::newRow("empty") << u""_s;
        QTest::newRow("no port") << u"http://127.0.0.1"_s;
        QTest::newRow("other scheme") << u"file:///etc/passwd"_s;
    }

    void unusableAddressesAreRefused()
    {
        EngineFile file = m_engine->file();
        QFETCH(const QString, address);
        file.address = address;
        EngineClient client(nullptr, [&]() -> Result<EngineFile> { return file; });
        client.connectToEngine();
        QCOMPARE(client.state(), State::Waiting);
        QCOMPARE(client.lastError().code, ErrorCode::ProtocolError);
    }

    void garbageEndsTheConnection_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("binary");
        QTest::newRow("no JSON") << QByteArray("hello") << QByteArray();
        QTest::newRow("batch") << QByteArray("[]") << QByteArray();
        QTest::newRow("short frame") << QByteArray() << QByteArray("abc");
        QTest::newRow("channel 0") << QByteArray() << QByteArray("\0\0\0\0\0x", 6);
        QTest::newRow("oversized text") << QByteArray(2 * 1024 * 1024, ' ') << QByteArray();
        QTest::newRow("oversized frame") << QByteArray() << QByteArray("\0\0\0\1\0", 5) + QByteArray(channelMaxFrameBytes + 1, 'x');
    }

    void garbageEndsTheConnection()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, binary);
        connectClient();
        const auto call = m_client->call<api::SessionList>({});
        QTRY_COMPARE(m_engine->requests().size(), 1);
        if (!text.isEmpty())
            m_engine->sendText(text);
        if (!binary.isEmpty())
            m_engine->sendBinary(binary);
        QVERIFY(!await(call).has_value());
        QCOMPARE(m_client->state(), State::Waiting);
    }

    void whoeverIsAnsweredMayDeleteTheClient_data()
    {
        QTest::addColumn<bool>("breaks");
        QTest::newRow("an answer") << false;
        QTest::newRow("the connection broke") << true;
    }

    void whoeverIsAnsweredMayDeleteTheClient()
    {
        QFETCH(const bool, breaks);
        if (!breaks)
            m_engine->script = [this](const jsonrpc::Request &request) { m_engine->reply(request.id, QJsonObject{}); };
        connectClient();
        for (int i = 0; i < 3; ++i)
            m_client->call<api::SessionList>({}).then(this, [this](const Result<api::SessionListResult> &) { m_client.reset(); });
        QTRY_COMPARE(m_engine->requests().size(), 3);
        if (breaks)
            m_engine->dropClients();
        QTRY_VERIFY(!m_client);
    }

    void disconnectingAnswersEverybodyAndStaysAway()
    {
        connectClient();
        const auto call = m_client->call<api::SessionList>({});
        QSignalSpy states(m_client.get(), &EngineClient::stateChanged);
        m_client->disconnectFromEngine();
        QCOMPARE(await(call).error().code, ErrorCode::Unavailable);
        QCOMPARE(m_client->state(), State::Disconnected);
        QCOMPARE(states.count(), 1);
        QCOMPARE(m_client->retryInSeconds(), 0);
        m_client->connectToEngine();
        QTRY_COMPARE(m_client->state(), State::Connected);
    }
};

QTEST_GUILESS_MAIN(TestEngineClient)
#include "tst_engineclient.moc"
