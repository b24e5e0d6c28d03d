// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/bytestream.h"
#include "client/engineclient.h"
#include "support/await.h"
#include "support/scriptedengine.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;

namespace {

constexpr quint32 channel = 7;

ChannelFrame data(const QByteArray &bytes)
{
    return {channel, FrameKind::Data, bytes, 0};
}

ChannelFrame number(FrameKind kind, quint64 value)
{
    return {channel, kind, {}, value};
}

} // namespace

class TestByteStream : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_runtime;
    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<EngineClient> m_client;

    std::unique_ptr<ByteStream> attach()
    {
        auto stream = m_client->attachTerminal({u"t"_s, {}});
        if (!QTest::qWaitFor([&] { return stream->isOpen(); }))
            qFatal("the stream did not open");
        return stream;
    }

private slots:
    void init()
    {
        m_runtime = std::make_unique<QTemporaryDir>();
        qputenv("XDG_RUNTIME_DIR", m_runtime->path().toUtf8());
        m_engine = std::make_unique<ScriptedEngine>();
        m_engine->script = [this](const jsonrpc::Request &request) {
            const bool opens =
                request.method == QLatin1String(api::TerminalAttach::name) || request.method == QLatin1String(api::ExecStart::name);
            m_engine->reply(request.id, opens ? wire::toJson(api::Channel{channel}) : QJsonObject{});
        };
        m_client = std::make_unique<EngineClient>(nullptr, [this]() -> Result<EngineFile> { return m_engine->file(); });
        m_client->connectToEngine();
        QTRY_COMPARE(m_client->state(), EngineClient::State::Connected);
        QTRY_COMPARE(m_engine->clientCount(), 1);
    }

    void cleanup()
    {
        m_client.reset();
        m_engine.reset();
    }

    void noByteIsLostBetweenTheAnswerAndTheFirstFrame()
    {
        m_engine->script = [this](const jsonrpc::Request &request) {
            m_engine->reply(request.id, wire::toJson(api::Channel{channel}));
            m_engine->sendFrame(number(FrameKind::Replay, 5));
            m_engine->sendFrame(data("hello"));
            m_engine->sendFrame(data(" world"));
        };
        const auto stream = m_client->attachTerminal({u"t"_s, {100, 30}});
        QStringList story;
        connect(stream.get(), &ByteStream::opened, this, [&] { story << u"opened"_s; });
        connect(stream.get(), &ByteStream::replayStarted, this, [&](qint64 bytes) { story << u"replay %1"_s.arg(bytes); });
        connect(stream.get(), &ByteStream::output, this, [&](const QByteArray &bytes) { story << QString::fromUtf8(bytes); });
        QTRY_COMPARE(story, (QStringList{u"opened"_s, u"replay 5"_s, u"hello"_s, u" world"_s}));
        QCOMPARE(m_engine->requests().first().params["size"_L1]["columns"_L1].toInt(), 100);
    }

    void whatIsWrittenBeforeItOpensFollows()
    {
        const auto stream = m_client->attachTerminal({u"t"_s, {}});
        stream->write("ls");
        stream->write("\r");
        stream->resize({90, 20});
        QCOMPARE(stream->bytesToWrite(), 3);
        QTRY_COMPARE(m_engine->received(channel), QByteArray("ls\r"));
        QTRY_COMPARE(m_engine->requestCount(api::TerminalResize::name), 1);
    }

    void inputStopsAtTheWindowAndGoesOnWhenAcknowledged()
    {
        const auto stream = attach();
        QSignalSpy written(stream.get(), &ByteStream::bytesWritten);
        const QByteArray paste(channelWindowBytes + 100'000, 'p');
        stream->write(paste);
        QTRY_COMPARE(m_engine->received(channel).size(), channelWindowBytes);
        QCOMPARE(stream->bytesToWrite(), paste.size());
        for (const ChannelFrame &frame : m_engine->frames())
            QVERIFY(frame.payload.size() <= channelMaxFrameBytes);

        m_engine->sendFrame(number(FrameKind::Consumed, 50'000));
        QTRY_COMPARE(m_engine->received(channel).size(), channelWindowBytes + 50'000);
        QCOMPARE(written.count(), 1);
        QCOMPARE(written.first().first().toLongLong(), 50'000);
        m_engine->sendFrame(number(FrameKind::Consumed, quint64(channelWindowBytes)));
        QTRY_COMPARE(m_engine->received(channel), paste);
        m_engine->sendFrame(number(FrameKind::Consumed, quint64(paste.size())));
        QTRY_COMPARE(stream->bytesToWrite(), 0);
    }

    void endOfInputComesAfterTheLastByte()
    {
        const auto stream = m_client->startExec({u"s"_s, {u"cat"_s}, {}, {}});
        stream->write(QByteArray(channelWindowBytes + 1, 'x'));
        stream->endInput();
        stream->write("too late");
        QTRY_COMPARE(m_engine->received(channel).size(), channelWindowBytes);
        QCOMPARE(m_engine->frames().last().kind, FrameKind::Data);
        m_engine->sendFrame(number(FrameKind::Consumed, 1));
        QTRY_COMPARE(m_engine->frames().last().kind, FrameKind::EndOfInput);
        QCOMPARE(m_engine->received(channel).size(), channelWindowBytes + 1);
    }

    void outputIsAcknowledgedAsItIsUsedUp()
    {
        const auto stream = attach();
        QSignalSpy output(stream.get(), &ByteStream::output);
        const QByteArray part(channelMaxFrameBytes, 'o');
        for (int i = 0; i < 4; ++i)
            m_engine->sendFrame(data(part));
        QTRY_COMPARE(output.count(), 4);
        QVERIFY(m_engine->frames().isEmpty());
        stream->consumed(1000); // too little to be worth a frame
        stream->consumed(3 * part.size());
        QTRY_COMPARE(m_engine->frames().size(), 1);
        QCOMPARE(m_engine->frames().first(), number(FrameKind::Consumed, quint64(3 * part.size() + 1000)));
    }

    void standardErrorComesApart()
    {
        const auto stream = m_client->startExec({u"s"_s, {u"make"_s}, {}, {}});
        QSignalSpy output(stream.get(), &ByteStream::output);
        QSignalSpy errors(stream.get(), &ByteStream::errorOutput);
        QSignalSpy closed(stream.get(), &ByteStream::closed);
        QTRY_VERIFY(stream->isOpen());
        m_engine->sendFrame(data("out"));
        m_engine->sendFrame({channel, FrameKind::ErrorData, "err", 0});
        m_engine->notify<api::ChannelClosed>({channel, 3, std::nullopt});
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(output.first().first().toByteArray(), QByteArray("out"));
        QCOMPARE(errors.first().first().toByteArray(), QByteArray("err"));
        QCOMPARE(closed.first().first().value<api::ChannelClosedParams>().exitCode, std::optional(3));
        QVERIFY(!stream->isOpen());
    }

    void framesOfOtherChannelsAreIgnored()
    {
        const auto stream = attach();
        QSignalSpy output(stream.get(), &ByteStream::output);
        m_engine->sendFrame({channel + 1, FrameKind::Data, "not mine", 0});
        m_engine->notify<api::ChannelClosed>({channel + 1, 0, std::nullopt});
        m_engine->sendFrame(data("mine"));
        QTRY_COMPARE(output.count(), 1);
        QCOMPARE(output.first().first().toByteArray(), QByteArray("mine"));
        QVERIFY(stream->isOpen());
    }

    void aFailureComesAsClosedAfterTheCall()
    {
        m_engine->script = [this](const jsonrpc::Request &request) {
            m_engine->reply(request.id, fail(ErrorCode::NotFound, u"No such terminal."_s));
        };
        const auto stream = m_client->attachTerminal({u"t"_s, {}});
        QSignalSpy closed(stream.get(), &ByteStream::closed);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed.first().first().value<api::ChannelClosedParams>().error->code, ErrorCode::NotFound);
    }

    void withoutAConnectionItClosesToo()
    {
        m_client->disconnectFromEngine();
        const auto stream = m_client->attachTerminal({u"t"_s, {}});
        QSignalSpy closed(stream.get(), &ByteStream::closed);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed.first().first().value<api::ChannelClosedParams>().error->code, ErrorCode::Unavailable);
    }

    void breaksWithTheConnection()
    {
        const auto stream = attach();
        QSignalSpy closed(stream.get(), &ByteStream::closed);
        m_engine->dropClients();
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed.first().first().value<api::ChannelClosedParams>().error->code, ErrorCode::Unavailable);
        stream->write("into the void");
        QCOMPARE(stream->bytesToWrite(), 0);
    }

    void deletingItGivesTheChannelBack()
    {
        attach().reset();
        QTRY_COMPARE(m_engine->requestCount(api::ChannelClose::name), 1);
        m_engine->sendFrame(data("late")); // may still be under way
        VERIFY_RESULT(await(m_client->call<api::SessionRemove>({u"s"_s})));
    }

    void deletingItBeforeTheAnswerGivesTheChannelBackToo()
    {
        m_client->attachTerminal({u"t"_s, {}}).reset();
        QTRY_COMPARE(m_engine->requestCount(api::ChannelClose::name), 1);
    }

    void itMayBeDeletedByWhatItSays()
    {
        auto stream = attach();
        connect(stream.get(), &ByteStream::output, this, [&] { stream.reset(); });
        m_engine->sendFrame(data("x"));
        QTRY_VERIFY(!stream);
        QTRY_COMPARE(m_engine->requestCount(api::ChannelClose::name), 1);
    }

    void itMayOutliveTheClient()
    {
        const auto stream = attach();
        QSignalSpy closed(stream.get(), &ByteStream::closed);
        m_client.reset();
        QCOMPARE(closed.count(), 1);
        stream->write("x");
        stream->resize({});
        stream->consumed(1);
    }

    void anEngineThatBreaksTheWindowLosesTheChannelOnly_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<quint64>("value");
        QTest::newRow("more than the window") << int(FrameKind::Data) << quint64(10);
        QTest::newRow("acknowledges what was not sent") << int(FrameKind::Consumed) << quint64(1);
    }

    void anEngineThatBreaksTheWindowLosesTheChannelOnly()
    {
        QFETCH(const int, kind);
        QFETCH(const quint64, value);
        const auto stream = attach();
        QSignalSpy closed(stream.get(), &ByteStream::closed);
        if (FrameKind(kind) == FrameKind::Data) {
            for (quint64 i = 0; i < value; ++i)
                m_engine->sendFrame(data(QByteArray(channelMaxFrameBytes, 'x')));
        } else {
            m_engine->sendFrame(number(FrameKind::Consumed, value));
        }
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed.first().first().value<api::ChannelClosedParams>().error->code, ErrorCode::ProtocolError);
        QTRY_COMPARE(m_engine->requestCount(api::ChannelClose::name), 1);
        QCOMPARE(m_client->state(), EngineClient::State::Connected);
    }

    void aWriterWhoIgnoresTheQueueIsStopped()
    {
        const auto stream = attach();
        QSignalSpy closed(stream.get(), &ByteStream::closed);
        const QByteArray much(16 * 1024 * 1024, 'x');
        for (int i = 0; i < 5; ++i)
            stream->write(much);
        QCOMPARE(closed.count(), 1);
        QCOMPARE(closed.first().first().value<api::ChannelClosedParams>().error->code, ErrorCode::LimitReached);
        QVERIFY(stream->bytesToWrite() <= channelWindowBytes);
    }
};

QTEST_GUILESS_MAIN(TestByteStream)
#include "tst_bytestream.moc"
