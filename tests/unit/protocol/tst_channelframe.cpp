// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/channelframe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestChannelFrame : public QObject {
    Q_OBJECT
private slots:
    void bytesAreAsDocumented()
    {
        QCOMPARE(encodeFrame({.channel = 0x01020304, .kind = FrameKind::ErrorData, .payload = "hi", .number = 0}),
                 QByteArray("\x01\x02\x03\x04\x01hi"));
        QCOMPARE(encodeFrame({.channel = 1, .kind = FrameKind::Consumed, .payload = {}, .number = 0x0102030405060708}),
                 QByteArray("\0\0\0\x01\x03\x01\x02\x03\x04\x05\x06\x07\x08", 13));
    }

    void framesComeBack_data()
    {
        QTest::addColumn<quint32>("channel");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<quint64>("number");
        QTest::newRow("data") << 1U << 0 << QByteArray("ls\r") << quint64(0);
        QTest::newRow("largest data") << 7U << 0 << QByteArray(channelMaxFrameBytes, 'x') << quint64(0);
        QTest::newRow("binary") << 0xffffffffU << 1 << QByteArray("\0\xff\0", 3) << quint64(0);
        QTest::newRow("end of input") << 2U << 2 << QByteArray() << quint64(0);
        QTest::newRow("consumed") << 2U << 3 << QByteArray() << (quint64(1) << 40);
        QTest::newRow("replay of nothing") << 2U << 4 << QByteArray() << quint64(0);
    }

    void framesComeBack()
    {
        QFETCH(const quint32, channel);
        QFETCH(const int, kind);
        QFETCH(const QByteArray, payload);
        QFETCH(const quint64, number);
        const ChannelFrame frame{channel, FrameKind(kind), payload, number};
        QCOMPARE(decodeFrame(encodeFrame(frame)).value(), frame);
    }

    void malformedFramesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("short header") << QByteArray("\0\0\0\1", 4);
        QTest::newRow("channel 0") << QByteArray("\0\0\0\0\0x", 6);
        QTest::newRow("unknown kind") << QByteArray("\0\0\0\1\5x", 6);
        QTest::newRow("kind 255") << QByteArray("\0\0\0\1\xffx", 6);
        QTest::newRow("empty data") << QByteArray("\0\0\0\1\0", 5);
        QTest::newRow("too much data") << QByteArray("\0\0\0\1\0", 5) + QByteArray(channelMaxFrameBytes + 1, 'x');
        QTest::newRow("end of input with payload") << QByteArray("\0\0\0\1\2x", 6);
        QTest::newRow("short number") << QByteArray("\0\0\0\1\3\0\0\0\0\0\0\0", 12);
        QTest::newRow("long number") << QByteArray("\0\0\0\1\4\0\0\0\0\0\0\0\0\0", 14);
    }

    void malformedFramesAreRefused()
    {
        QFETCH(const QByteArray, bytes);
        const auto frame = decodeFrame(bytes);
        QVERIFY(!frame.has_value());
        QCOMPARE(frame.error().code, ErrorCode::ProtocolError);
    }
};

QTEST_GUILESS_MAIN(TestChannelFrame)
#include "tst_channelframe.moc"
