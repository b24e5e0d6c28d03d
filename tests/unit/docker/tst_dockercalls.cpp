// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/containers.h"
#include "docker/exec.h"
#include "support/await.h"
#include "support/quoted.h"
#include "support/scriptedserver.h"

#include <QSignalSpy>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestDockerCalls : public QObject
{
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<Client> m_client;

private slots:
    void init()
    {
        m_server = std::make_unique<ScriptedServer>();
        QVERIFY(m_server->listen());
        m_client = std::make_unique<Client>(Endpoint{.socketPath = m_server->path()});
    }

    void cleanup()
    {
        m_client.reset();
        m_server.reset();
    }

    void versionIsNegotiated_data()
    {
        QTest::addColumn<QByteArray>("theirs");
        QTest::addColumn<QByteArray>("minimum");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<ErrorCode>("error");
        const auto no = ErrorCode::Internal;
        QTest::newRow("older engine") << "1.41"_ba << "1.12"_ba << "/v1.41/info"_ba << no;
        QTest::newRow("newer engine") << "1.52"_ba << "1.44"_ba << "/v1.47/info"_ba << no;
        QTest::newRow("two digits are a number") << "1.100"_ba << ""_ba << "/v1.47/info"_ba << no;
        QTest::newRow("the oldest") << "1.40"_ba << "1.12"_ba << "/v1.40/info"_ba << no;
        QTest::newRow("too old") << "1.39"_ba << "1.12"_ba << ""_ba << ErrorCode::Unsupported;
        QTest::newRow("too new") << "1.60"_ba << "1.48"_ba << ""_ba << ErrorCode::Unsupported;
        QTest::newRow("no version") << ""_ba << ""_ba << ""_ba << ErrorCode::ProtocolError;
    }

    void versionIsNegotiated()
    {
        QFETCH(QByteArray, theirs);
        QFETCH(QByteArray, minimum);
        QFETCH(QByteArray, path);
        QFETCH(ErrorCode, error);
        m_server->onVersion(theirs, minimum);
        m_server->on("GET /info", ScriptedReply::json(200, "{}"));
        const auto info = await(systemInfo(*m_client));
        if (path.isEmpty()) {
            QVERIFY(!info);
            QCOMPARE(info.error().code, error);
            return;
        }
        VERIFY_RESULT(info);
        QCOMPARE(m_server->seen().last().target, path);
    }

    void manyFirstCallsNegotiateOnce()
    {
        m_server->on("GET /info", ScriptedReply::json(200, "{}"));
        QList<Async<QJsonObject>> calls;
        for (int i = 0; i < 20; ++i)
            calls.append(systemInfo(*m_client));
        for (const auto &call : calls)
            VERIFY_RESULT(await(call));
        QCOMPARE(m_server->count("GET /version"), 1);
        QCOMPARE(m_server->count("GET /info"), 20);
    }

    void podmanIsRecognised()
    {
        m_server->onVersion("1.41", "1.24", true);
        const auto version = await(m_client->negotiate());
        VERIFY_RESULT(version);
        QVERIFY(version->isPodman);
        QCOMPARE(version->architecture, u"amd64"_s);
    }

    void engineThatComesBackIsAskedAgain()
    {
        m_server->on("GET /info", ScriptedReply::json(200, "{}"));
        VERIFY_RESULT(await(systemInfo(*m_client)));
        m_server->stop();
        const auto lost = await(systemInfo(*m_client));
        QVERIFY(!lost);
        QCOMPARE(lost.error().code, ErrorCode::Unavailable);
        QVERIFY(m_server->listen());
        m_server->onVersion("1.43");
        VERIFY_RESULT(await(systemInfo(*m_client)));
        QCOMPARE(m_server->seen().last().target, "/v1.43/info"_ba);
    }

    void noEngineIsUnavailable()
    {
        Client nowhere(Endpoint{.socketPath = u"/nonexistent/docker.sock"_s});
        const auto info = await(systemInfo(nowhere));
        QVERIFY(!info);
        QCOMPARE(info.error().code, ErrorCode::Unavailable);
        QVERIFY(info.error().message.contains(u"/nonexistent/docker.sock"_s));
    }

    void badAnswerIsAnError_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("no JSON") << ScriptedReply::json(200, "nonsense").bytes << ErrorCode::ProtocolError;
        QTest::newRow("a list") << ScriptedReply::json(200, "[]").bytes << ErrorCode::ProtocolError;
        QTest::newRow("nested too deeply") << ScriptedReply::json(200, quoted("{'a':") + QByteArray(200, '[') + QByteArray(200, ']') + "}").bytes << ErrorCode::ProtocolError;
        QTest::newRow("cut off") << "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":"_ba << ErrorCode::Unavailable;
        QTest::newRow("closed at once") << ""_ba << ErrorCode::Unavailable;
        QTest::newRow("refused") << ScriptedReply::json(409, quoted("{'message':'no'}")).bytes << ErrorCode::Conflict;
    }

    void badAnswerIsAnError()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(ErrorCode, code);
        m_server->on("GET /info", {.bytes = bytes, .thenClose = true});
        if (bytes.isEmpty()) {
            m_server->on("GET /info", {.silent = true});
            connect(m_server.get(), &ScriptedServer::requested, this, [this](const QByteArray &request) {
                if (request == "GET /info")
                    m_server->dropConnections();
            }, Qt::QueuedConnection);
        }
        const auto info = await(systemInfo(*m_client));
        QVERIFY(!info);
        QCOMPARE(info.error().code, code);
    }

    void hugeAnswerIsRefused()
    {
        m_server->on("GET /info", ScriptedReply::json(200, quoted("{'a':'") + QByteArray(33 * 1024 * 1024, 'x') + "\"}"));
        const auto info = await(systemInfo(*m_client));
        QVERIFY(!info);
        QCOMPARE(info.error().code, ErrorCode::TooLarge);
    }

    void answerThatComesByTheByteIsUnderstood()
    {
        ScriptedReply reply = ScriptedReply::json(200, quoted("{'ID':'slow'}"));
        reply.portion = 1;
        m_server->on("GET /info", reply);
        const auto info = await(systemInfo(*m_client));
        VERIFY_RESULT(info);
        QCOMPARE(info->value("ID"_L1).toString(), u"slow"_s);
    }

    void silenceTimesOut()
    {
        VERIFY_RESULT(await(m_client->negotiate()));
        m_server->on("GET /slow", {.silent = true});
        const auto answer = await(m_client->send({.path = u"/slow"_s, .timeout = 50ms, .what = u"hurry"_s}));
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::Timeout);
        QVERIFY(answer.error().message.contains(u"hurry"_s));
    }

    void slowCallsDoNotHoldUpShortOnes()
    {
        m_server->on("POST /containers/c/wait", {.silent = true});
        m_server->on("GET /info", ScriptedReply::json(200, "{}"));
        QList<Async<WaitResult>> waits;
        for (int i = 0; i < 30; ++i)
            waits.append(waitContainer(*m_client, u"c"_s));
        QTRY_COMPARE(m_server->count("POST /containers/c/wait"), 30);
        VERIFY_RESULT(await(systemInfo(*m_client), 5s));
        m_server->dropConnections();
        for (const auto &wait : waits) {
            const auto result = await(wait);
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::Unavailable);
        }
    }

    void startOfARunningContainerIsSuccess()
    {
        m_server->on("POST /containers/c/start", {.bytes = "HTTP/1.1 304 Not Modified\r\n\r\n"});
        VERIFY_RESULT(await(startContainer(*m_client, u"c"_s)));
    }

    void containerIsCreatedAsAsked()
    {
        m_server->on("POST /containers/create", ScriptedReply::json(201, quoted("{'Id':'c1','Warnings':['no swap']}")));
        const auto created = await(createContainer(*m_client, u"a+b&c"_s, {{u"Image"_s, u"img"_s}}));
        VERIFY_RESULT(created);
        QCOMPARE(created->id, u"c1"_s);
        QCOMPARE(created->warnings, QStringList{u"no swap"_s});
        QCOMPARE(m_server->seen().last().target, "/v1.41/containers/create?name=a%2Bb%26c"_ba);
        QCOMPARE(m_server->seen().last().body, quoted("{'Image':'img'}"));
        QCOMPARE(m_server->seen().last().headers.value("content-type"), "application/json"_ba);
    }

    void listAsksForLabels()
    {
        m_server->on("GET /containers/json", ScriptedReply::json(200, quoted("[{'Id':'c1'}]")));
        const auto list = await(listContainers(*m_client, {u"capsule.managed=true"_s}));
        VERIFY_RESULT(list);
        QCOMPARE(list->size(), 1);
        QCOMPARE(QByteArray::fromPercentEncoding(m_server->seen().last().target), quoted("/v1.41/containers/json?all=true&filters={'label':['capsule.managed=true']}"));
    }

    void execIsPreparedWithHarmlessDetachKeys()
    {
        m_server->on("POST /containers/c/exec", ScriptedReply::json(201, quoted("{'Id':'e1'}")));
        const auto exec = await(createExec(*m_client, u"c"_s, {.command = {u"sh"_s}, .terminal = ExecTerminal::Tty}));
        VERIFY_RESULT(exec);
        QCOMPARE(*exec, u"e1"_s);
        QVERIFY(m_server->seen().last().body.contains(quoted("'DetachKeys':'ctrl-^,ctrl-_,ctrl-^,ctrl-_'")));
    }

    void dyingClientAnswersItsCalls()
    {
        m_server->on("GET /info", {.silent = true});
        VERIFY_RESULT(await(m_client->negotiate()));
        const auto call = systemInfo(*m_client);
        QTRY_COMPARE(m_server->count("GET /info"), 1);
        m_client.reset();
        QVERIFY(call.isFinished());
        QVERIFY(!call.result());
    }
};

QTEST_GUILESS_MAIN(TestDockerCalls)
#include "tst_dockercalls.moc"
