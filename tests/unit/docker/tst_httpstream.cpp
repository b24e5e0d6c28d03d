// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/containers.h"
#include "docker/httpstream.h"
#include "support/await.h"
#include "support/quoted.h"
#include "support/scriptedserver.h"

#include <QBuffer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;

namespace {

/// A source that has no size and gives its bytes when it is told to.
class Pipe : public QIODevice
{
public:
    Pipe() { open(QIODevice::ReadOnly); }
    bool isSequential() const override { return true; }
    qint64 bytesAvailable() const override { return m_bytes.size() + QIODevice::bytesAvailable(); }
    qint64 taken() const { return m_taken; }

    void put(const QByteArray &bytes)
    {
        m_bytes += bytes;
        emit readyRead();
    }
    void end() { emit readChannelFinished(); }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qint64 count = std::min<qint64>(maxSize, m_bytes.size());
        std::copy_n(m_bytes.constData(), count, data);
        m_bytes.remove(0, count);
        m_taken += count;
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qint64 m_taken = 0;
};

const QByteArray archivePath = "PUT /containers/c/archive";

} // namespace

class TestHttpStream : public QObject
{
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<Client> m_client;

    static Result<void> ended(QSignalSpy &spy)
    {
        if (spy.isEmpty() && !spy.wait(10'000))
            return fail(ErrorCode::Timeout, u"never finished"_s);
        return spy.first().first().value<Result<void>>();
    }

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

    void bodyOfAFileArrivesWhole()
    {
        m_server->on(archivePath, ScriptedReply::json(200, ""));
        QByteArray content(3 * 1024 * 1024 + 17, 'x');
        for (qsizetype i = 0; i < content.size(); i += 1000)
            content[i] = static_cast<char>(i / 1000);
        QBuffer source(&content);
        source.open(QIODevice::ReadOnly);
        HttpStream *stream = putArchive(*m_client, u"c"_s, u"/a b"_s, m_client.get());
        QSignalSpy finished(stream, &HttpStream::finished);
        QSignalSpy sent(stream, &HttpStream::sent);
        stream->sendFrom(&source);
        VERIFY_RESULT(ended(finished));
        QCOMPARE(m_server->seen().last().body, content);
        QCOMPARE(m_server->seen().last().target, "/v1.41/containers/c/archive?path=%2Fa%20b"_ba);
        QCOMPARE(m_server->seen().last().headers.value("content-type"), "application/x-tar"_ba);
        QVERIFY(sent.count() > 1);
    }

    void bodyWrittenAtOnceComesAfterTheHead()
    {
        m_server->on(archivePath, ScriptedReply::json(200, ""));
        VERIFY_RESULT(await(m_client->negotiate())); // so that the connection is made within the constructor
        HttpStream *stream = putArchive(*m_client, u"c"_s, u"/"_s, m_client.get());
        QSignalSpy finished(stream, &HttpStream::finished);
        QCOMPARE(stream->write("one "), 4);
        QCOMPARE(stream->write("two"), 3);
        stream->endBody();
        VERIFY_RESULT(ended(finished));
        QCOMPARE(m_server->seen().last().body, "one two"_ba);
    }

    void bodyOfAPipeArrivesInPortions()
    {
        m_server->on(archivePath, ScriptedReply::json(200, ""));
        Pipe source;
        HttpStream *stream = putArchive(*m_client, u"c"_s, u"/"_s, m_client.get());
        QSignalSpy finished(stream, &HttpStream::finished);
        stream->sendFrom(&source);
        source.put("before the connection ");
        VERIFY_RESULT(await(m_client->negotiate()));
        for (int i = 0; i < 5; ++i) {
            const qint64 before = source.taken();
            source.put("portion ");
            QTRY_COMPARE(source.taken(), before + 8);
        }
        QVERIFY(finished.isEmpty());
        source.end();
        VERIFY_RESULT(ended(finished));
        QCOMPARE(m_server->seen().last().body, "before the connection portion portion portion portion portion "_ba);
    }

    void writerIsHeldUpAtTheLimit()
    {
        m_server->on(archivePath, ScriptedReply::json(200, ""));
        HttpStream *stream = putArchive(*m_client, u"c"_s, u"/"_s, m_client.get());
        QSignalSpy finished(stream, &HttpStream::finished);
        QSignalSpy writable(stream, &HttpStream::writable);
        const QByteArray block(700 * 1024, 'b');
        QCOMPARE(stream->write(block), block.size());
        QCOMPARE(stream->write(block), HttpStream::writeLimit - block.size());
        QCOMPARE(stream->write(block), 0);
        QVERIFY(writable.wait(5000));
        qint64 total = HttpStream::writeLimit;
        total += stream->write("the end");
        stream->endBody();
        VERIFY_RESULT(ended(finished));
        QCOMPARE(m_server->seen().last().body.size(), total);
    }

    void refusalBeforeTheBodyEndsIsTold()
    {
        // The engine answers and closes while we are still writing: its reason must not be lost.
        QLocalServer rude;
        QTemporaryDir dir;
        QVERIFY(rude.listen(dir.filePath(u"rude.sock"_s)));
        connect(&rude, &QLocalServer::newConnection, this, [&] {
            QLocalSocket *socket = rude.nextPendingConnection();
            connect(socket, &QLocalSocket::readyRead, socket, [socket] {
                const QByteArray bytes = socket->readAll();
                socket->write(bytes.startsWith("GET") ? ScriptedReply::json(200, quoted("{'ApiVersion':'1.41'}")).bytes : ScriptedReply::json(404, quoted("{'message':'No such container: c'}")).bytes);
                socket->flush();
                if (!bytes.startsWith("GET"))
                    socket->abort();
            });
        });
        Client client(Endpoint{.socketPath = dir.filePath(u"rude.sock"_s)});
        QByteArray content(8 * 1024 * 1024, 'x');
        QBuffer source(&content);
        source.open(QIODevice::ReadOnly);
        HttpStream *stream = putArchive(client, u"c"_s, u"/"_s, &client);
        QSignalSpy finished(stream, &HttpStream::finished);
        stream->sendFrom(&source);
        const Result<void> result = ended(finished);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::NotFound);
        QCOMPARE(result.error().detail, u"No such container: c"_s);
    }

    void bodyIsReadHoweverItComes_data()
    {
        QTest::addColumn<int>("portion");
        QTest::newRow("at once") << 0;
        QTest::newRow("by the byte") << 1;
        QTest::newRow("by seven") << 7;
    }

    void bodyIsReadHoweverItComes()
    {
        QFETCH(int, portion);
        ScriptedReply reply = ScriptedReply::chunked({"one ", "two ", "three"});
        reply.portion = portion;
        m_server->on("GET /containers/c/archive", reply);
        HttpStream *stream = getArchive(*m_client, u"c"_s, u"/etc"_s, m_client.get());
        QByteArray body;
        connect(stream, &HttpStream::data, this, [&](const QByteArray &bytes) { body += bytes; });
        QSignalSpy finished(stream, &HttpStream::finished);
        QSignalSpy answered(stream, &HttpStream::answered);
        VERIFY_RESULT(ended(finished));
        QCOMPARE(body, "one two three"_ba);
        QCOMPARE(answered.count(), 1);
        QCOMPARE(finished.count(), 1);
    }

    void brokenAnswerIsAnError_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("cut off") << ScriptedReply::chunked({"one"}, false).bytes << ErrorCode::Unavailable;
        QTest::newRow("cut off head") << "HTTP/1.1 200 OK\r\nTrans"_ba << ErrorCode::Unavailable;
        QTest::newRow("nonsense") << "hello?\r\n\r\n"_ba << ErrorCode::ProtocolError;
        QTest::newRow("false length") << "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger"_ba << ErrorCode::ProtocolError;
        QTest::newRow("refusal cut off") << "HTTP/1.1 404 Not Found\r\nContent-Length: 900\r\n\r\n{\"message\":\"No such"_ba << ErrorCode::NotFound;
    }

    void brokenAnswerIsAnError()
    {
        QFETCH(QByteArray, bytes);
        m_server->on("GET /containers/c/archive", {.bytes = bytes, .thenClose = true});
        HttpStream *stream = getArchive(*m_client, u"c"_s, u"/etc"_s, m_client.get());
        QSignalSpy finished(stream, &HttpStream::finished);
        const Result<void> result = ended(finished);
        QVERIFY(!result);
        QTEST(result.error().code, "code");
        QCOMPARE(finished.count(), 1);
    }

    void noEngineIsToldAsSuch()
    {
        VERIFY_RESULT(await(m_client->negotiate()));
        m_server->stop();
        HttpStream *stream = getArchive(*m_client, u"c"_s, u"/etc"_s, m_client.get());
        QSignalSpy finished(stream, &HttpStream::finished);
        const Result<void> result = ended(finished);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Unavailable);
    }

    void pausedReaderHoldsUpTheEngine()
    {
        m_server->on("GET /containers/c/archive", ScriptedReply::chunked({QByteArray(4 * 1024 * 1024, 'x')}));
        HttpStream *stream = getArchive(*m_client, u"c"_s, u"/etc"_s, m_client.get());
        qint64 got = 0;
        connect(stream, &HttpStream::data, this, [&](const QByteArray &bytes) {
            got += bytes.size();
            stream->setReadPaused(true);
        });
        QSignalSpy finished(stream, &HttpStream::finished);
        QTRY_VERIFY(got > 0);
        const qint64 first = got;
        QVERIFY(!finished.wait(100));
        QCOMPARE(got, first);
        QVERIFY(m_server->lastConnection()->bytesToWrite() > 2 * 1024 * 1024);
        disconnect(stream, &HttpStream::data, this, nullptr);
        connect(stream, &HttpStream::data, this, [&](const QByteArray &bytes) { got += bytes.size(); });
        stream->setReadPaused(false);
        VERIFY_RESULT(ended(finished));
        QCOMPARE(got, 4 * 1024 * 1024);
    }

    void cancelEndsTheExchange()
    {
        m_server->on(archivePath, {.silent = true});
        HttpStream *stream = putArchive(*m_client, u"c"_s, u"/"_s, m_client.get());
        QSignalSpy finished(stream, &HttpStream::finished);
        stream->write("some");
        stream->endBody();
        QTRY_COMPARE(m_server->count(archivePath), 1);
        QPointer<QLocalSocket> connection = m_server->lastConnection();
        stream->cancel();
        const Result<void> result = ended(finished);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QTRY_VERIFY(connection.isNull());
        stream->cancel();
        QTest::qWait(0);
        QCOMPARE(finished.count(), 1);
    }

    void deletingWithinASignalIsSafe()
    {
        m_server->on("GET /containers/c/archive", ScriptedReply::chunked({"one", "two"}));
        QPointer<HttpStream> stream = getArchive(*m_client, u"c"_s, u"/etc"_s, nullptr);
        connect(stream, &HttpStream::data, this, [stream] { delete stream; });
        QTRY_VERIFY(stream.isNull());
    }
};

QTEST_GUILESS_MAIN(TestHttpStream)
#include "tst_httpstream.moc"
