// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/buildoutput.h"
#include "docker/client.h"
#include "docker/demux.h"
#include "docker/events.h"
#include "docker/httpparser.h"
#include "docker/json.h"
#include "support/await.h"
#include "support/quoted.h"

#include <QRandomGenerator>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray frame(char stream, const QByteArray &payload)
{
    const auto size = static_cast<quint32>(payload.size());
    return QByteArray{} + stream + QByteArray(3, '\0') + static_cast<char>(size >> 24) + static_cast<char>(size >> 16) + static_cast<char>(size >> 8) + static_cast<char>(size) + payload;
}

/// What arrived on both streams, joined: "out" and "err".
std::optional<std::pair<QByteArray, QByteArray>> demux(Demultiplexer &demultiplexer, const QList<QByteArray> &portions)
{
    std::pair<QByteArray, QByteArray> streams;
    for (const QByteArray &portion : portions) {
        const auto parts = demultiplexer.feed(portion);
        if (!parts)
            return std::nullopt;
        for (const StreamPart &part : *parts)
            (part.stream == StandardStream::Output ? streams.first : streams.second) += part.bytes;
    }
    return streams;
}

/// Body of a whole response, or nothing when the parser refused it.
std::optional<QByteArray> parseResponse(ResponseParser &parser, const QList<QByteArray> &portions)
{
    QByteArray body;
    for (const QByteArray &portion : portions) {
        const Result<QByteArray> some = parser.feed(portion);
        if (!some)
            return std::nullopt;
        body += *some;
    }
    return parser.finish() ? std::optional(body) : std::nullopt;
}

} // namespace

class TestDockerParsers : public QObject
{
    Q_OBJECT

private slots:
    void demuxIsTheSameHoweverTheStreamIsSplit()
    {
        const QByteArray stream = frame(1, "hello ") + frame(2, "oops") + frame(1, "") + frame(1, QByteArray(300, 'x')) + frame(0, "in") + frame(3, "bad");
        const std::pair<QByteArray, QByteArray> expected{"hello " + QByteArray(300, 'x') + "in", "oopsbad"};
        for (qsizetype i = 0; i <= stream.size(); ++i) {
            Demultiplexer demultiplexer;
            QCOMPARE(demux(demultiplexer, {stream.first(i), stream.sliced(i)}), expected);
            QVERIFY(demultiplexer.isComplete());
        }
        Demultiplexer byByte;
        QList<QByteArray> bytes;
        for (const char byte : stream)
            bytes.append(QByteArray(1, byte));
        QCOMPARE(demux(byByte, bytes), expected);
    }

    void demuxHandsOnALongFrameAtOnce()
    {
        Demultiplexer demultiplexer; // says 4 GiB - 1, and nothing is collected
        const auto parts = demultiplexer.feed(QByteArray("\1\0\0\0\xff\xff\xff\xff", 8) + "abc");
        VERIFY_RESULT(parts);
        QCOMPARE(*parts, (QList<StreamPart>{{StandardStream::Output, "abc"}}));
        QVERIFY(!demultiplexer.isComplete());
    }

    void demuxRefusesMalformedFrames_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::newRow("unknown stream") << QByteArray("\4\0\0\0\0\0\0\1a", 9);
        QTest::newRow("padding is not zero") << QByteArray("\1\0\1\0\0\0\0\1a", 9);
        QTest::newRow("plain text") << "plain text of a TTY"_ba;
    }

    void demuxRefusesMalformedFrames()
    {
        QFETCH(QByteArray, head);
        Demultiplexer demultiplexer;
        const auto parts = demultiplexer.feed(head);
        QVERIFY(!parts);
        QCOMPARE(parts.error().code, ErrorCode::ProtocolError);
        QVERIFY(!demultiplexer.feed(frame(1, "more")));
    }

    void demuxSurvivesNoise()
    {
        QRandomGenerator random(7);
        for (int round = 0; round < 2000; ++round) {
            Demultiplexer demultiplexer;
            for (int i = 0; i < 8; ++i) {
                QByteArray noise(random.bounded(40), Qt::Uninitialized);
                std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random.bounded(5) ? random.bounded(4) : random.bounded(256)); });
                const auto parts = demultiplexer.feed(noise);
                qsizetype total = 0;
                for (const StreamPart &part : parts.value_or(QList<StreamPart>()))
                    total += part.bytes.size();
                QVERIFY(total <= noise.size());
            }
        }
    }

    void responseIsUnderstoodHoweverItIsSplit_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("length") << "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"_ba << 200 << "hello"_ba;
        QTest::newRow("chunked") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, wor\r\nld!\r\n0\r\nTrailer: x\r\n\r\n"_ba << 200 << "hello, wor\r\nld!"_ba;
        QTest::newRow("until close") << "HTTP/1.0 200 OK\r\n\r\nall the rest\n"_ba << 200 << "all the rest\n"_ba;
        QTest::newRow("no content") << "HTTP/1.1 204 No Content\r\n\r\n"_ba << 204 << ""_ba;
        QTest::newRow("not modified with a length") << "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"_ba << 304 << ""_ba;
        QTest::newRow("continue first") << "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"_ba << 404 << "{}"_ba;
        QTest::newRow("bare line feeds") << "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"_ba << 200 << "ok"_ba;
        QTest::newRow("no reason") << "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"_ba << 200 << ""_ba;
    }

    void responseIsUnderstoodHoweverItIsSplit()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        for (qsizetype i = 0; i <= text.size(); ++i) {
            ResponseParser parser;
            QCOMPARE(parseResponse(parser, {text.first(i), text.sliced(i)}), body);
            QCOMPARE(parser.head()->status, status);
        }
    }

    void malformedResponseIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no HTTP") << "SSH-2.0-OpenSSH\r\n\r\n"_ba;
        QTest::newRow("nothing") << ""_ba;
        QTest::newRow("head cut off") << "HTTP/1.1 200 OK\r\nContent-Le"_ba;
        QTest::newRow("status not a number") << "HTTP/1.1 2x0 OK\r\n\r\n"_ba;
        QTest::newRow("status out of range") << "HTTP/1.1 999 OK\r\n\r\n"_ba;
        QTest::newRow("header without colon") << "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"_ba;
        QTest::newRow("head too large") << "HTTP/1.1 200 OK\r\nX: "_ba + QByteArray(70000, 'x') + "\r\n\r\n";
        QTest::newRow("body cut off") << "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"_ba;
        QTest::newRow("body too long") << "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhello"_ba;
        QTest::newRow("negative length") << "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nhello"_ba;
        QTest::newRow("two lengths") << "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello"_ba;
        QTest::newRow("unknown coding") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx"_ba;
        QTest::newRow("chunk size is no number") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"_ba;
        QTest::newRow("chunk size overflows") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"_ba;
        QTest::newRow("chunk longer than it says") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n"_ba;
        QTest::newRow("chunks cut off") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"_ba;
        QTest::newRow("endless chunk line") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;"_ba + QByteArray(5000, 'x');
        QTest::newRow("unasked upgrade") << "HTTP/1.1 101 UPGRADED\r\n\r\n"_ba;
    }

    void malformedResponseIsRefused()
    {
        QFETCH(QByteArray, text);
        for (const qsizetype step : {text.size() + 1, qsizetype(1)}) {
            QList<QByteArray> portions;
            for (qsizetype at = 0; at < text.size(); at += step)
                portions.append(text.mid(at, step));
            ResponseParser parser;
            QVERIFY(!parseResponse(parser, portions));
        }
    }

    void buildOutputIsTheSameHoweverItIsSplit()
    {
        const QByteArray stream = quoted("{'stream':'Step 1/2 : FROM debian'}\r\n{'stream':'\\n'}\r\n{'stream':'Step 2/2 : RUN echo ü'}\r\n{'aux':{'ID':'sha256:abc'}}\n\n{'stream':'Successfully built abc\\n'}");
        QList<BuildMessage> expected;
        for (qsizetype i = 0; i <= stream.size(); ++i) {
            BuildOutputParser parser;
            QList<BuildMessage> messages;
            for (const auto &some : {parser.feed(stream.first(i)), parser.feed(stream.sliced(i)), parser.finish()}) {
                VERIFY_RESULT(some);
                messages += *some;
            }
            if (i == 0)
                expected = messages;
            QCOMPARE(messages, expected);
        }
        QCOMPARE(expected.size(), 5);
        QCOMPARE(expected.at(2), (BuildMessage{.output = u"Step 2/2 : RUN echo ü"_s, .step = 2, .steps = 2}));
        QCOMPARE(expected.at(3).imageId, u"sha256:abc"_s);
    }

    void buildLineIsUnderstood_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<BuildMessage>("expected");
        QTest::newRow("docker's error") << quoted("{'errorDetail':{'code':1,'message':'The command failed'},'error':'The command failed'}") << BuildMessage{.error = u"The command failed"_s};
        QTest::newRow("bare error") << quoted("{'error':'broken'}") << BuildMessage{.error = u"broken"_s};
        QTest::newRow("podman's step") << quoted("{'stream':'STEP 3/12: RUN true\\n'}") << BuildMessage{.output = u"STEP 3/12: RUN true\n"_s, .step = 3, .steps = 12};
        QTest::newRow("import") << quoted("{'status':'sha256:") + QByteArray(64, 'a') + "\"}" << BuildMessage{.imageId = u"sha256:"_s + QString(64, u'a')};
        QTest::newRow("podman's import") << quoted("{'status':'") + QByteArray(64, 'a') + "\"}" << BuildMessage{.imageId = u"sha256:"_s + QString(64, u'a')};
        QTest::newRow("pull: layer downloads") << quoted("{'status':'Downloading','progressDetail':{'current':5,'total':9},'progress':'[=>]','id':'f00'}")
                                               << BuildMessage{.layer = u"f00"_s, .done = 5, .total = 9};
        QTest::newRow("pull: extracting is not counted") << quoted("{'status':'Extracting','progressDetail':{'current':5,'total':9},'id':'f00'}") << BuildMessage{};
        QTest::newRow("pull: a word") << quoted("{'status':'Pull complete','progressDetail':{},'id':'f00'}") << BuildMessage{.output = u"f00: Pull complete\n"_s};
        QTest::newRow("wrong types") << quoted("{'stream':7,'error':[],'aux':'x'}") << BuildMessage{};
    }

    void buildLineIsUnderstood()
    {
        QFETCH(QByteArray, json);
        QFETCH(BuildMessage, expected);
        const auto message = parseBuildMessage(json);
        VERIFY_RESULT(message);
        QCOMPARE(*message, expected);
    }

    void endlessBuildLineIsRefused()
    {
        BuildOutputParser parser;
        Result<QList<BuildMessage>> result;
        for (int i = 0; i < 20 && result; ++i)
            result = parser.feed(QByteArray(64 * 1024, 'x'));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::TooLarge);
    }

    void transferAddsUpLayers()
    {
        TransferSum sum;
        sum.add(u"a"_s, 10, 100);
        sum.add(u"b"_s, 5, 50);
        sum.add(u"a"_s, 60, 100);
        QCOMPARE(sum.done(), 65);
        QCOMPARE(sum.total(), 150);
    }

    void eventIsUnderstood_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<Event>("expected");
        QTest::newRow("docker") << quoted("{'status':'die','id':'c1','from':'img','Type':'container','Action':'die','Actor':{'ID':'c1','Attributes':{'exitCode':'137','name':'n'}},'scope':'local','time':1,'timeNano':1000000001}")
                                << Event{.type = u"container"_s, .action = u"die"_s, .id = u"c1"_s, .attributes = {{u"exitCode"_s, u"137"_s}, {u"name"_s, u"n"_s}}, .timeNano = 1000000001};
        QTest::newRow("podman") << quoted("{'status':'died','Type':'container','Action':'died','Actor':{'ID':'c1','Attributes':{'containerExitCode':'3'}},'timeNano':5}")
                                << Event{.type = u"container"_s, .action = u"die"_s, .id = u"c1"_s, .attributes = {{u"containerExitCode"_s, u"3"_s}, {u"exitCode"_s, u"3"_s}}, .timeNano = 5};
    }

    void eventIsUnderstood()
    {
        QFETCH(QByteArray, json);
        QFETCH(Event, expected);
        const auto event = parseEvent(json);
        VERIFY_RESULT(event);
        QCOMPARE(*event, expected);
    }

    void badEventIsAnError()
    {
        QVERIFY(!parseEvent("{}"));
        QVERIFY(!parseEvent("nonsense"));
    }

    void jsonIsBounded()
    {
        QVERIFY(parseArray(QByteArray(60, '[') + QByteArray(60, ']')));
        QVERIFY(!parseArray(QByteArray(65, '[') + QByteArray(65, ']')));
        const QByteArray bracesInAString = "{\"a\":\"\\\"" + QByteArray(100, '[') + "\"}";
        QVERIFY(parseObject(bracesInAString));
        QVERIFY(!parseObject("[]"));
        QVERIFY(!parseObject(""));
        VERIFY_RESULT(parseArray("null\n")); // how Podman says that there is nothing
    }

    void namesCannotReachOtherCalls_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("container");
        QTest::addColumn<QString>("image");
        QTest::newRow("plain") << u"my_box-1.2"_s << u"my_box-1.2"_s << u"my_box-1.2"_s;
        QTest::newRow("slash") << u"a/json"_s << u"-"_s << u"a/json"_s;
        QTest::newRow("registry") << u"reg:5000/a/b:t@sha256:00"_s << u"-"_s << u"reg:5000/a/b:t@sha256:00"_s;
        for (const char *bad : {"", ".", "..", "a/../b", "a//b", "a?b", "a%2fb", "a b", "-a", "a\n", "ü"})
            QTest::newRow(bad) << QString::fromUtf8(bad) << u"-"_s << u"-"_s;
    }

    void namesCannotReachOtherCalls()
    {
        QFETCH(QString, name);
        QTEST(pathPart(name), "container");
        QTEST(imagePart(name), "image");
    }
};

QTEST_GUILESS_MAIN(TestDockerParsers)
#include "tst_dockerparsers.moc"
