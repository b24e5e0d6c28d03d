// SPDX-License-Identifier: GPL-3.0-or-later
#include "enginefixture.h"

#include "protocol/jsonrpc.h"
#include "support/quoted.h"

#include <QJsonDocument>
#include <QNetworkRequest>
#include <QRandomGenerator>
#include <QTcpSocket>
#include <QWebSocket>
#include <QtEndian>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;

namespace {

/// A WebSocket frame as a client sends it, masked with zeros.
QByteArray webSocketFrame(quint8 opcode, const QByteArray &payload, bool last = true)
{
    QByteArray frame;
    frame += char((last ? 0x80 : 0) | opcode);
    if (payload.size() < 126) {
        frame += char(0x80 | payload.size());
    } else {
        frame += char(0x80 | 127);
        char length[8];
        qToBigEndian(quint64(payload.size()), length);
        frame.append(length, 8);
    }
    return frame + QByteArray(4, '\0') + payload;
}

} // namespace

/// Clients that break every rule, over raw sockets: each is refused or sent away, the connection ends, and
/// a well-behaved client beside it notices nothing.
class TestHostileClients : public QObject {
    Q_OBJECT

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<EngineClient> m_bystander;

    std::unique_ptr<QTcpSocket> connectSocket()
    {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(QHostAddress::LocalHost, m_fixture->engine->server().port());
        if (!QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::ConnectedState; }))
            qFatal("no connection");
        return socket;
    }

    QByteArray head(const QByteArray &path, const QList<QByteArray> &lines) const
    {
        QByteArray request = "GET " + path + " HTTP/1.1\r\n";
        for (QByteArray line : lines) {
            line.replace("PORT", QByteArray::number(m_fixture->engine->server().port()));
            line.replace("TOKEN", m_fixture->engine->server().token());
            request += line + "\r\n";
        }
        return request + "\r\n";
    }

    static QList<QByteArray> upgradeLines(const QList<QByteArray> &more)
    {
        return QList<QByteArray>{"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}
        + more;
    }

    std::unique_ptr<QTcpSocket> upgradedSocket()
    {
        auto socket = connectSocket();
        socket->write(head("/ws", upgradeLines({"Host: 127.0.0.1:PORT", "Authorization: Bearer TOKEN"})));
        QByteArray answer;
        if (!QTest::qWaitFor([&] {
                answer += socket->readAll();
                return answer.contains("\r\n\r\n");
            })
            || !answer.startsWith("HTTP/1.1 101"))
            qFatal("no upgrade: %s", answer.constData());
        return socket;
    }

    std::unique_ptr<QWebSocket> webSocket()
    {
        auto socket = std::make_unique<QWebSocket>();
        const EngineFile file = m_fixture->engine->file();
        QNetworkRequest request(QUrl(QString(file.address).replace(u"http"_s, u"ws"_s) + "/ws"_L1));
        request.setRawHeader("Authorization", "Bearer " + file.token.toUtf8());
        socket->open(request);
        if (!QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::ConnectedState; }))
            qFatal("no WebSocket: %s", qPrintable(socket->errorString()));
        return socket;
    }

private slots:
    void init()
    {
        HttpServer::Options options;
        options.door.patience = std::chrono::milliseconds(1500);
        m_fixture = std::make_unique<EngineFixture>(options);
        m_bystander = m_fixture->connectClient();
    }

    void cleanup()
    {
        VERIFY_RESULT(await(m_bystander->call<api::SessionList>({})));
        m_bystander.reset();
        m_fixture.reset();
    }

    void strangersAreAnsweredAndTheConnectionEnds_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QList<QByteArray>>("lines");
        QTest::addColumn<QByteArray>("status");
        const QByteArray host = "Host: 127.0.0.1:PORT";
        const QByteArray token = "Authorization: Bearer TOKEN";
        QTest::newRow("no token") << QByteArray("/ws") << upgradeLines({host}) << QByteArray("401");
        QTest::newRow("wrong token") << QByteArray("/ws") << upgradeLines({host, "Authorization: Bearer x"}) << QByteArray("401");
        QTest::newRow("token in the URL") << QByteArray("/ws?token=TOKEN") << upgradeLines({host}) << QByteArray("401");
        QTest::newRow("foreign Origin") << QByteArray("/ws") << upgradeLines({host, token, "Origin: https://evil.example"})
                                        << QByteArray("403");
        QTest::newRow("null Origin") << QByteArray("/ws") << upgradeLines({host, token, "Origin: null"}) << QByteArray("403");
        QTest::newRow("rebound Host") << QByteArray("/ws") << upgradeLines({"Host: evil.example:PORT", token}) << QByteArray("403");
        QTest::newRow("no Host") << QByteArray("/ws") << upgradeLines({token}) << QByteArray("403");
        QTest::newRow("wrong path") << QByteArray("/other") << upgradeLines({host, token}) << QByteArray("404");
        QTest::newRow("dots in the path") << QByteArray("/x/../ws") << upgradeLines({host, token}) << QByteArray("404");
        QTest::newRow("no upgrade") << QByteArray("/ws") << QList<QByteArray>{host, token} << QByteArray("426");
        QTest::newRow("nothing there") << QByteArray("/") << QList<QByteArray>{host} << QByteArray("404");
    }

    void strangersAreAnsweredAndTheConnectionEnds()
    {
        QFETCH(const QByteArray, path);
        QFETCH(const QList<QByteArray>, lines);
        QFETCH(const QByteArray, status);
        const auto socket = connectSocket();
        socket->write(head(path, lines));
        QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
        const QByteArray answer = socket->readAll();
        QVERIFY2(answer.startsWith("HTTP/1.1 " + status + ' '), answer.constData());
        const qsizetype body = answer.indexOf("\r\n\r\n") + 4;
        const QJsonObject object = QJsonDocument::fromJson(answer.sliced(body)).object();
        QVERIFY2(!object["error"_L1]["message"_L1].toString().isEmpty(), answer.constData());
        QVERIFY(!answer.contains(m_fixture->engine->server().token()));
        QCOMPARE(m_fixture->engine->server().connectionCount(), 1);
    }

    void healthAnswersWithoutAToken()
    {
        const auto socket = connectSocket();
        socket->write(head("/health", {"Host: localhost:PORT"}));
        QByteArray answer;
        QTRY_VERIFY((answer += socket->readAll()).endsWith('}'));
        QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer.constData());
        QVERIFY(answer.contains("\"status\":\"ok\""));
    }

    void silentConnectionsAreDropped()
    {
        const auto silent = connectSocket();
        const auto slow = connectSocket();
        slow->write("GET /ws HTTP/1.1\r\nHost: 127");
        QTRY_COMPARE(silent->state(), QAbstractSocket::UnconnectedState);
        QTRY_COMPARE(slow->state(), QAbstractSocket::UnconnectedState);
    }

    void aFloodOfSilentConnectionsLocksNobodyOut()
    {
        std::vector<std::unique_ptr<QTcpSocket>> silent;
        for (int i = 0; i < 100; ++i)
            silent.push_back(connectSocket());
        const auto client = m_fixture->connectClient();
        VERIFY_RESULT(await(client->call<api::SessionList>({})));
        QTRY_VERIFY(std::ranges::count_if(silent, [](const auto &socket) { return socket->state() == QAbstractSocket::ConnectedState; })
                    <= 16);
    }

    void hugeRequestsAreDropped_data()
    {
        QTest::addColumn<QByteArray>("beginning");
        QTest::newRow("header") << QByteArray("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ");
        QTest::newRow("body") << QByteArray("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\n");
        QTest::newRow("chunks") << QByteArray("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n");
        QTest::newRow("no HTTP") << QByteArray();
    }

    void hugeRequestsAreDropped()
    {
        QFETCH(const QByteArray, beginning);
        const auto socket = connectSocket();
        socket->write(beginning + QByteArray(1024 * 1024, 'x'));
        QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
    }

    void manyWrongTokensAreToldToSlowDown()
    {
        QByteArray last;
        for (int i = 0; i < 25; ++i) {
            const auto socket = connectSocket();
            socket->write(head("/ws", upgradeLines({"Host: 127.0.0.1:PORT", "Authorization: Bearer guess"})));
            QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
            last = socket->readAll();
        }
        QVERIFY2(last.startsWith("HTTP/1.1 429"), last.constData());
        const auto client = m_fixture->connectClient(); // who knows it is not locked out
        QCOMPARE(client->state(), EngineClient::State::Connected);
    }

    void aClientWithAnOldTokenIsToldSo()
    {
        EngineFile file = m_fixture->engine->file();
        file.token = u"of-an-engine-before"_s;
        EngineClient client(nullptr, [&]() -> Result<EngineFile> { return file; });
        client.connectToEngine();
        QTRY_COMPARE(client.state(), EngineClient::State::Waiting);
        QVERIFY2(client.lastError().code == ErrorCode::Unauthorized, qPrintable(client.lastError().message + client.lastError().detail));
    }

    void aClientThatAnswersNoPingsIsDropped()
    {
        HttpServer::Options options;
        options.beat = std::chrono::milliseconds(100);
        m_bystander.reset();
        m_fixture.reset();
        m_fixture = std::make_unique<EngineFixture>(options);
        m_bystander = m_fixture->connectClient(); // answers them, and stays
        const auto socket = upgradedSocket();
        QTRY_COMPARE(m_fixture->engine->server().connectionCount(), 2);
        QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(m_bystander->state(), EngineClient::State::Connected);
    }

    void connectionsAreLimited()
    {
        std::vector<std::unique_ptr<QWebSocket>> many;
        for (int i = 0; i < 63; ++i)
            many.push_back(webSocket());
        QTRY_COMPARE(m_fixture->engine->server().connectionCount(), 64);
        const auto socket = connectSocket();
        socket->write(head("/ws", upgradeLines({"Host: 127.0.0.1:PORT", "Authorization: Bearer TOKEN"})));
        QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
        QVERIFY(socket->readAll().startsWith("HTTP/1.1 503"));
    }

    void malformedMessagesAreAnsweredTenTimes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no JSON") << QByteArray("hello");
        QTest::newRow("batch") << quoted("[{'jsonrpc':'2.0','id':1,'method':'session.list'}]");
        QTest::newRow("deep") << QByteArray(10'000, '[');
        QTest::newRow("response") << quoted("{'jsonrpc':'2.0','id':1,'result':{}}");
        QTest::newRow("id object") << quoted("{'jsonrpc':'2.0','id':{},'method':'session.list'}");
    }

    void malformedMessagesAreAnsweredTenTimes()
    {
        QFETCH(const QByteArray, text);
        const auto socket = webSocket();
        QList<QByteArray> answers;
        connect(socket.get(), &QWebSocket::textMessageReceived, this, [&](const QString &answer) { answers << answer.toUtf8(); });
        socket->sendTextMessage(QString::fromUtf8(text));
        QTRY_COMPARE(answers.size(), 1);
        const QJsonObject error = QJsonDocument::fromJson(answers.first()).object();
        QVERIFY(error["id"_L1].isNull());
        QCOMPARE(error["error"_L1]["code"_L1].toInt(), -32600);
        for (int i = 1; i < 10; ++i)
            socket->sendTextMessage(QString::fromUtf8(text));
        QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(answers.size(), 10);
    }

    void unknownMethodsAreNoReasonToPart()
    {
        const auto socket = webSocket();
        int answers = 0;
        connect(socket.get(), &QWebSocket::textMessageReceived, this, [&](const QString &answer) {
            QVERIFY(answer.contains(u"-32601"));
            ++answers;
        });
        for (int i = 0; i < 50; ++i)
            socket->sendTextMessage(QString::fromUtf8(jsonrpc::request(i, u"does.not.exist"_s, {})));
        QTRY_COMPARE(answers, 50);
        QCOMPARE(socket->state(), QAbstractSocket::ConnectedState);
    }

    void brokenWebSocketFramesEndTheConnection_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("2 MiB of text") << webSocketFrame(1, QByteArray(2 * 1024 * 1024, ' '));
        QTest::newRow("2 MiB of binary") << webSocketFrame(2, QByteArray(2 * 1024 * 1024, '\1'));
        QTest::newRow("announces 2^62") << QByteArray("\x81\xff\x40\0\0\0\0\0\0\0\0\0\0\0", 14);
        QTest::newRow("2 MiB in pieces") << webSocketFrame(1, QByteArray(700'000, ' '), false)
                + webSocketFrame(0, QByteArray(700'000, ' '), false) + webSocketFrame(0, QByteArray(700'000, ' '));
        QTest::newRow("reserved opcode") << webSocketFrame(5, "x");
        QTest::newRow("large ping") << webSocketFrame(9, QByteArray(300, 'p'));
        QTest::newRow("bad UTF-8") << webSocketFrame(1, "\xff\xfe\xfd");
        QTest::newRow("noise") << QByteArray(4096, '\xee');
    }

    void brokenWebSocketFramesEndTheConnection()
    {
        QFETCH(const QByteArray, bytes);
        const auto socket = upgradedSocket();
        socket->write(bytes);
        QTRY_COMPARE(m_fixture->engine->server().connectionCount(), 1);
    }

    void malformedBinaryFramesCountAsMalformed()
    {
        const auto socket = webSocket();
        for (int i = 0; i < 10; ++i)
            socket->sendBinaryMessage("abc");
        QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
    }

    void framesForNoChannelAreIgnored()
    {
        const auto socket = webSocket();
        for (int i = 0; i < 20; ++i)
            socket->sendBinaryMessage(encodeData(99, FrameKind::Data, "x"));
        int answers = 0;
        connect(socket.get(), &QWebSocket::textMessageReceived, this, [&](const QString &) { ++answers; });
        socket->sendTextMessage(QString::fromUtf8(jsonrpc::request(1, u"session.list"_s, {})));
        QTRY_COMPARE(answers, 1);
    }

    void breakingTheWindowLosesTheChannelOnly_data()
    {
        QTest::addColumn<QByteArray>("frame");
        QTest::addColumn<int>("times");
        QTest::newRow("more input than the window") << encodeData(1, FrameKind::Data, QByteArray(channelMaxFrameBytes, 'x')) << 16;
        QTest::newRow("acknowledges too much") << encodeFrame(
            {.channel = 1, .kind = FrameKind::Consumed, .payload = {}, .number = 1'000'000'000})
                                               << 1;
        QTest::newRow("end of a terminal's input") << encodeData(1, FrameKind::EndOfInput, {}) << 1;
    }

    void breakingTheWindowLosesTheChannelOnly()
    {
        QFETCH(const QByteArray, frame);
        QFETCH(const int, times);
        const SessionInfo session = m_fixture->runningSession(*m_bystander);
        m_fixture->provider->lastTerminal()->setInputBlocked(true);
        const auto socket = webSocket();
        QList<QString> texts;
        connect(socket.get(), &QWebSocket::textMessageReceived, this, [&](const QString &text) { texts << text; });
        socket->sendTextMessage(
            QString::fromUtf8(jsonrpc::request(1, u"terminal.attach"_s, {{u"terminalId"_s, session.terminals.front().id}})));
        QTRY_VERIFY(!texts.filter(u"\"channel\":1"_s).isEmpty());
        for (int i = 0; i < times; ++i)
            socket->sendBinaryMessage(frame);
        QTRY_VERIFY(!texts.filter(u"channel.closed"_s).isEmpty());
        QVERIFY(texts.filter(u"channel.closed"_s).first().contains(u"protocolError"));
        texts.clear();
        socket->sendTextMessage(QString::fromUtf8(jsonrpc::request(2, u"session.list"_s, {})));
        QTRY_VERIFY(!texts.filter(u"\"id\":2"_s).isEmpty());
    }

    void aClientThatNeverReadsIsDropped()
    {
        for (int i = 0; i < 20; ++i)
            m_fixture->runningSession(*m_bystander, u"session %1"_s.arg(i));
        const auto socket = upgradedSocket();
        socket->setReadBufferSize(1);
        QTRY_COMPARE(m_fixture->engine->server().connectionCount(), 2);
        const QByteArray request = webSocketFrame(1, jsonrpc::request(1, u"session.list"_s, {}));
        for (int round = 0; round < 200 && m_fixture->engine->server().connectionCount() == 2; ++round) {
            socket->write(request.repeated(20));
            QTest::qWait(5);
        }
        QTRY_COMPARE(m_fixture->engine->server().connectionCount(), 1);
    }

    void noiseNeverHurts()
    {
        // A fixed seed: the same noise each time.
        QRandomGenerator random(42);
        for (int i = 0; i < 40; ++i) {
            const auto socket = i % 2 ? upgradedSocket() : connectSocket();
            QByteArray noise(2000, Qt::Uninitialized);
            for (char &byte : noise)
                byte = char(random.bounded(256));
            socket->write(noise);
            socket->flush();
            QTest::qWait(1);
        }
        QTRY_COMPARE(m_fixture->engine->server().connectionCount(), 1);
    }
};

QTEST_GUILESS_MAIN(TestHostileClients)
#include "tst_hostileclients.moc"
