// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytesize.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestByteSize : public QObject {
    Q_OBJECT
private slots:
    void sizesAreReadAsPeopleWriteThem_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("bytes"); // -1: refused
        QTest::newRow("plain") << u"65536"_s << qint64(65536);
        QTest::newRow("b") << u"700b"_s << qint64(700);
        QTest::newRow("k") << u"1k"_s << qint64(1024);
        QTest::newRow("docker's") << u"512m"_s << qint64(512) * 1024 * 1024;
        QTest::newRow("capital and ib") << u"4 GiB"_s << qint64(4) * 1024 * 1024 * 1024;
        QTest::newRow("fraction") << u"1.5g"_s << qint64(1536) * 1024 * 1024;
        QTest::newRow("zero") << u"0"_s << qint64(0);
        QTest::newRow("empty") << u""_s << qint64(-1);
        QTest::newRow("negative") << u"-1g"_s << qint64(-1);
        QTest::newRow("unit alone") << u"g"_s << qint64(-1);
        QTest::newRow("unknown unit") << u"1x"_s << qint64(-1);
        QTest::newRow("more behind it") << u"1g2"_s << qint64(-1);
        QTest::newRow("line break") << u"1g\n"_s << qint64(-1);
        QTest::newRow("beyond a JSON number") << u"9000t"_s << qint64(-1);
    }

    void sizesAreReadAsPeopleWriteThem()
    {
        QFETCH(const QString, text);
        QFETCH(const qint64, bytes);
        QCOMPARE(parseByteSize(text).value_or(-1), bytes);
    }

    void sizesAreWrittenAsPeopleReadThem()
    {
        QCOMPARE(formatByteSize(700), u"700 B"_s);
        QCOMPARE(formatByteSize(1024), u"1 KiB"_s);
        QCOMPARE(formatByteSize(qint64(1536) * 1024 * 1024), u"1.5 GiB"_s);
        QCOMPARE(formatByteSize(qint64(4) * 1024 * 1024 * 1024), u"4 GiB"_s);
    }
};

QTEST_GUILESS_MAIN(TestByteSize)
#include "tst_bytesize.moc"
