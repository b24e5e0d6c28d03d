// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/exec.h"
#include "docker/hijack.h"
#include "support/await.h"
#include "support/quoted.h"
#include "support/scriptedserver.h"

#include <QLocalSocket>
#include <QPointer>
#include <QSignalSpy>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray startPath = "POST /exec/e/start";

QByteArray frame(char stream, const QByteArray &payload)
{
    const auto size = static_cast<quint32>(payload.size());
    return QByteArray{} + stream + QByteArray(3, '\0') + static_cast<char>(size >> 24) + static_cast<char>(size >> 16) + static_cast<char>(size >> 8) + static_cast<char>(size) + payload;
}

} // namespace

class TestHijack : public QObject
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

    void headIsUnderstoodHoweverItIsSplit()
    {
        for (const qsizetype portion : {0, 1, 2, 3, 5, 50}) {
            ScriptedServer server;
            QVERIFY(server.listen());
            ScriptedReply reply = ScriptedReply::upgraded("first bytes");
            reply.portion = portion;
            reply.thenClose = true;
            server.on(startPath, reply);
            Client client(Endpoint{.socketPath = server.path()});
            HijackedStream *stream = startExec(client, u"e"_s, ExecTerminal::Tty, &client);
            QByteArray output;
            connect(stream, &HijackedStream::output, this, [&](const QByteArray &bytes) { output += bytes; });
            QSignalSpy started(stream, &HijackedStream::started);
            QSignalSpy finished(stream, &HijackedStream::finished);
            VERIFY_RESULT(ended(finished));
            QCOMPARE(started.count(), 1);
            QCOMPARE(output, "first bytes"_ba);
            QCOMPARE(server.seen().last().headers.value("upgrade"), "tcp"_ba);
            QCOMPARE(server.seen().last().body, quoted("{'Detach':false,'Tty':true}"));
        }
    }

    void olderEnginesAnswer200()
    {
        m_server->on(startPath, {.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nhello", .thenClose = true});
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::Tty, m_client.get());
        QSignalSpy output(stream, &HijackedStream::output);
        QSignalSpy finished(stream, &HijackedStream::finished);
        VERIFY_RESULT(ended(finished));
        QCOMPARE(output.first().first().toByteArray(), "hello"_ba);
    }

    void outputAndErrorsAreToldApart()
    {
        ScriptedReply reply = ScriptedReply::upgraded(frame(1, "out1 ") + frame(2, "err ") + frame(1, "out2"));
        reply.portion = 3;
        reply.thenClose = true;
        m_server->on(startPath, reply);
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::None, m_client.get());
        QByteArray output;
        QByteArray errors;
        connect(stream, &HijackedStream::output, this, [&](const QByteArray &bytes) { output += bytes; });
        connect(stream, &HijackedStream::errorOutput, this, [&](const QByteArray &bytes) { errors += bytes; });
        QSignalSpy finished(stream, &HijackedStream::finished);
        VERIFY_RESULT(ended(finished));
        QCOMPARE(output, "out1 out2"_ba);
        QCOMPARE(errors, "err "_ba);
    }

    void badStartIsAnError_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("not found") << ScriptedReply::json(404, quoted("{'message':'No such exec instance: e'}")).bytes << ErrorCode::NotFound;
        QTest::newRow("paused") << ScriptedReply::json(409, quoted("{'message':'Container is paused'}")).bytes << ErrorCode::Conflict;
        QTest::newRow("refusal without length") << "HTTP/1.1 409 Conflict\r\n\r\n{\"message\":\"Container is paused\"}"_ba << ErrorCode::Conflict;
        QTest::newRow("head cut off") << "HTTP/1.1 101 UPG"_ba << ErrorCode::Unavailable;
        QTest::newRow("head too large") << "HTTP/1.1 101 UPGRADED\r\nX: "_ba + QByteArray(80'000, 'x') << ErrorCode::ProtocolError;
        QTest::newRow("no HTTP") << "SSH-2.0-OpenSSH\r\n\r\n"_ba << ErrorCode::ProtocolError;
        QTest::newRow("malformed frame") << ScriptedReply::upgraded("plain text instead of frames").bytes << ErrorCode::ProtocolError;
        QTest::newRow("frame cut off") << ScriptedReply::upgraded(frame(1, "hello").chopped(2)).bytes << ErrorCode::Unavailable;
    }

    void badStartIsAnError()
    {
        QFETCH(QByteArray, bytes);
        m_server->on(startPath, {.bytes = bytes, .thenClose = true});
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::None, m_client.get());
        QSignalSpy finished(stream, &HijackedStream::finished);
        const Result<void> result = ended(finished);
        QVERIFY(!result);
        QTEST(result.error().code, "code");
        QTest::qWait(0);
        QCOMPARE(finished.count(), 1);
        QCOMPARE(stream->write("more"), 0);
    }

    void engineThatDiesMidStreamEndsIt()
    {
        m_server->on(startPath, ScriptedReply::upgraded());
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::Tty, m_client.get());
        QSignalSpy started(stream, &HijackedStream::started);
        QSignalSpy finished(stream, &HijackedStream::finished);
        QVERIFY(started.wait(5000));
        m_server->stop();
        QVERIFY(finished.wait(5000));
        QCOMPARE(finished.count(), 1);
    }

    void inputWrittenBeforeTheStartArrives()
    {
        m_server->on(startPath, ScriptedReply::upgraded());
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::None, m_client.get());
        QCOMPARE(stream->write("early "), 6);
        QCOMPARE(stream->bytesToWrite(), 6);
        stream->closeInput();
        QCOMPARE(stream->write("too late"), 0);
        QTRY_COMPARE(m_server->upgradedInput(), "early "_ba);
        QTRY_VERIFY(m_server->upgradedInputClosed());
    }

    void writerIsHeldUpAtTheLimit()
    {
        m_server->on(startPath, ScriptedReply::upgraded());
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::Tty, m_client.get());
        QSignalSpy started(stream, &HijackedStream::started);
        QSignalSpy writable(stream, &HijackedStream::writable);
        QVERIFY(started.wait(5000));
        const QByteArray block(700 * 1024, 'b');
        QCOMPARE(stream->write(block), block.size());
        QCOMPARE(stream->write(block), HijackedStream::writeLimit - block.size());
        QCOMPARE(stream->write(block), 0);
        QVERIFY(writable.wait(5000));
        QTRY_COMPARE(m_server->upgradedInput().size(), HijackedStream::writeLimit);
    }

    void pausedReaderHoldsUpTheEngine_data()
    {
        QTest::addColumn<ExecTerminal>("terminal");
        QTest::newRow("raw") << ExecTerminal::Tty;
        QTest::newRow("multiplexed") << ExecTerminal::None;
    }

    void pausedReaderHoldsUpTheEngine()
    {
        QFETCH(ExecTerminal, terminal);
        QByteArray stuff;
        for (int i = 0; i < 512; ++i)
            stuff += terminal == ExecTerminal::Tty ? QByteArray(8192, 'x') : frame(1, QByteArray(8192, 'x'));
        ScriptedReply reply = ScriptedReply::upgraded(stuff);
        reply.thenClose = true;
        m_server->on(startPath, reply);
        HijackedStream *stream = startExec(*m_client, u"e"_s, terminal, m_client.get());
        qint64 got = 0;
        bool hold = true;
        connect(stream, &HijackedStream::output, this, [&](const QByteArray &bytes) {
            got += bytes.size();
            if (hold)
                stream->setReadPaused(true);
        });
        QSignalSpy finished(stream, &HijackedStream::finished);
        QTRY_VERIFY(got > 0);
        const qint64 first = got;
        QVERIFY(!finished.wait(100));
        QCOMPARE(got, first);
        QVERIFY(m_server->lastConnection()->bytesToWrite() > 2 * 1024 * 1024);
        hold = false;
        stream->setReadPaused(false);
        VERIFY_RESULT(ended(finished));
        QCOMPARE(got, 512 * 8192);
    }

    void pausingAndResumingLosesNothing()
    {
        QByteArray stuff;
        for (int i = 0; i < 20'000; ++i)
            stuff += frame(i % 3 == 0 ? 2 : 1, QByteArray::number(i) + ' ');
        ScriptedReply reply = ScriptedReply::upgraded(stuff);
        reply.thenClose = true;
        m_server->on(startPath, reply);
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::None, m_client.get());
        QByteArray all;
        int pauses = 0;
        const auto take = [&](const QByteArray &bytes) {
            all += bytes;
            if (++pauses % 1000 != 0)
                return;
            stream->setReadPaused(true);
            QMetaObject::invokeMethod(stream, [stream] { stream->setReadPaused(false); }, Qt::QueuedConnection);
        };
        connect(stream, &HijackedStream::output, this, take);
        connect(stream, &HijackedStream::errorOutput, this, take);
        QSignalSpy finished(stream, &HijackedStream::finished);
        VERIFY_RESULT(ended(finished));
        QByteArray expected;
        for (int i = 0; i < 20'000; ++i)
            expected += QByteArray::number(i) + ' ';
        QCOMPARE(all, expected);
    }

    void closeEndsTheStream()
    {
        m_server->on(startPath, ScriptedReply::upgraded());
        HijackedStream *stream = startExec(*m_client, u"e"_s, ExecTerminal::Tty, m_client.get());
        QSignalSpy started(stream, &HijackedStream::started);
        QSignalSpy finished(stream, &HijackedStream::finished);
        QVERIFY(started.wait(5000));
        stream->close();
        const Result<void> result = ended(finished);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QTRY_VERIFY(m_server->upgradedInputClosed());
    }

    void deletingWithinASignalIsSafe()
    {
        m_server->on(startPath, ScriptedReply::upgraded(frame(1, "one") + frame(1, "two")));
        QPointer<HijackedStream> stream = startExec(*m_client, u"e"_s, ExecTerminal::None, nullptr);
        connect(stream, &HijackedStream::output, this, [stream] { delete stream; });
        QTRY_VERIFY(stream.isNull());
    }

    void streamMayOutliveItsClient()
    {
        m_server->on(startPath, ScriptedReply::upgraded("hello"));
        std::unique_ptr<HijackedStream> stream(startExec(*m_client, u"e"_s, ExecTerminal::Tty, nullptr));
        QSignalSpy output(stream.get(), &HijackedStream::output);
        QVERIFY(output.wait(5000));
        m_client.reset();
        QCOMPARE(stream->write("more"), 4);
        QTRY_COMPARE(m_server->upgradedInput(), "more"_ba);
    }
};

QTEST_GUILESS_MAIN(TestHijack)
#include "tst_hijack.moc"
