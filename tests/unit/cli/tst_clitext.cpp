// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytesize.h"
#include "cli/enginecommands.h"
#include "cli/exitcodes.h"
#include "cli/progressline.h"
#include "cli/sessionlookup.h"
#include "cli/text.h"

#include <QTest>

using namespace capsule;
using namespace capsule::cli;
using namespace Qt::StringLiterals;

class TestCliText : public QObject
{
    Q_OBJECT

    static SessionInfo session(const QString &id, const QString &name)
    {
        SessionInfo info;
        info.id = id;
        info.name = name;
        return info;
    }

private slots:
    void hostileTextIsMadePrintable_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("printed");
        QTest::newRow("plain") << u"demo é 日本"_s << u"demo é 日本"_s;
        QTest::newRow("escape") << u"a\u001b]0;x\u0007b"_s << u"a]0;xb"_s;
        QTest::newRow("C1") << u"a\u009b31mb"_s << u"a31mb"_s;
        QTest::newRow("line breaks") << u"a\nb\tc\r"_s << u"a b c "_s;
        QTest::newRow("turned around") << u"a\u202eb\u2066c"_s << u"abc"_s;
    }
    void hostileTextIsMadePrintable()
    {
        QFETCH(QString, text);
        QTEST(printable(text), "printed");
    }

    void ages_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("now") << qint64(0) << u"0s"_s;
        QTest::newRow("clock set back") << qint64(-100) << u"0s"_s;
        QTest::newRow("59 s") << qint64(59) << u"59s"_s;
        QTest::newRow("a minute") << qint64(60) << u"1m"_s;
        QTest::newRow("an hour") << qint64(3600) << u"1h"_s;
        QTest::newRow("two days") << qint64(2 * 86400 + 5) << u"2d"_s;
    }
    void ages()
    {
        QFETCH(qint64, seconds);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        QTEST(age(now.addSecs(-seconds), now), "text");
    }

    void columnsLineUpWhateverTheScript()
    {
        QCOMPARE(table({{{u"NAME"_s}, {u"STATE"_s}}, {{u"日本"_s}, {u"running"_s, u"32"_s}}, {{u"x"_s}, {u"stopped"_s}}}),
                 u"NAME  STATE\n日本  \u001b[32mrunning\u001b[0m\nx     stopped\n"_s);
    }

    void shortIdsStayApart()
    {
        QCOMPARE(shortIdLength({}), 8);
        QCOMPARE(shortIdLength({session(u"aaaaaaaaaaaa"_s, {}), session(u"bbbbbbbbbbbb"_s, {})}), 8);
        QCOMPARE(shortIdLength({session(u"aaaaaaaaab00"_s, {}), session(u"aaaaaaaaac00"_s, {})}), 10);
    }

    void sessionsAreFound_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("found");
        QTest::addColumn<ErrorCode>("error");
        const auto none = ErrorCode::Internal;
        QTest::newRow("by name") << u"demo"_s << u"abc1"_s << none;
        QTest::newRow("by id") << u"abc2"_s << u"abc2"_s << none;
        QTest::newRow("by a unique beginning") << u"ab9"_s << u"ab99"_s << none;
        QTest::newRow("a name before a beginning") << u"abc"_s << u"ab99"_s << none;
        QTest::newRow("several") << u"ab"_s << QString() << ErrorCode::Conflict;
        QTest::newRow("none") << u"zzz"_s << QString() << ErrorCode::NotFound;
        QTest::newRow("empty") << QString() << QString() << ErrorCode::NotFound;
    }
    void sessionsAreFound()
    {
        QFETCH(QString, text);
        const auto found = lookUp({session(u"abc1"_s, u"demo"_s), session(u"abc2"_s, u"other"_s), session(u"ab99"_s, u"abc"_s)}, text);
        if (found)
            QTEST(found->id, "found");
        else
            QTEST(found.error().code, "error");
    }

    void ambiguityNamesTheCandidates()
    {
        const auto found = lookUp({session(u"abc1"_s, u"demo"_s), session(u"abc2"_s, u"other"_s)}, u"abc"_s);
        QCOMPARE(found.error().message, u"\"abc\" fits several sessions: abc1 (demo), abc2 (other)."_s);
    }

    void byteSizesAreRead_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("bytes"); // -1: refused
        QTest::newRow("bytes") << u"65536"_s << qint64(65536);
        QTest::newRow("letter") << u"512m"_s << (qint64(512) << 20);
        QTest::newRow("capital") << u"4G"_s << (qint64(4) << 30);
        QTest::newRow("with b") << u"4gb"_s << (qint64(4) << 30);
        QTest::newRow("fraction and unit") << u"1.5 GiB"_s << (qint64(3) << 29);
        QTest::newRow("empty") << QString() << qint64(-1);
        QTest::newRow("negative") << u"-1g"_s << qint64(-1);
        QTest::newRow("word") << u"lots"_s << qint64(-1);
        QTest::newRow("line break") << u"4g\n"_s << qint64(-1);
        QTest::newRow("too large") << u"9999999t"_s << qint64(-1);
    }
    void byteSizesAreRead()
    {
        QFETCH(QString, text);
        QTEST(parseByteSize(text).value_or(-1), "bytes");
    }

    void exitCodes_data()
    {
        QTest::addColumn<Error>("error");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("execCode");
        const auto error = [](ErrorCode code, const char *detail = "") { return Error{code, u"x"_s, QString::fromLatin1(detail)}; };
        QTest::newRow("not found") << error(ErrorCode::NotFound) << 3 << 125;
        QTest::newRow("engine gone") << error(ErrorCode::Unavailable) << 4 << 125;
        QTest::newRow("cancelled") << error(ErrorCode::Cancelled) << 130 << 125;
        QTest::newRow("conflict") << error(ErrorCode::Conflict) << 1 << 125;
        QTest::newRow("no program") << error(ErrorCode::ProviderFailed, "exec: \"nope\": executable file not found in $PATH: unknown") << 1 << 127;
        QTest::newRow("no file") << error(ErrorCode::ProviderFailed, "exec: \"/nope\": stat /nope: no such file or directory") << 1 << 127;
        QTest::newRow("not executable") << error(ErrorCode::ProviderFailed, "exec: \"/etc/passwd\": permission denied: unknown") << 1 << 126;
        QTest::newRow("anything else") << error(ErrorCode::ProviderFailed, "the daemon is unwell") << 1 << 125;
    }
    void exitCodes()
    {
        QFETCH(Error, error);
        QTEST(exitCodeOf(error), "code");
        QTEST(execExitCodeOf(error), "execCode");
    }

    void progressIsDescribed_data()
    {
        QTest::addColumn<JobInfo>("job");
        QTest::addColumn<QString>("text");
        const auto job = [](const QString &phase, qint64 done, qint64 total, const QString &unit) {
            JobInfo info;
            info.phase = phase;
            info.done = done;
            info.total = total;
            info.unit = unit;
            return info;
        };
        QTest::newRow("phase only") << job(u"Starting"_s, 0, 0, {}) << u"Starting"_s;
        QTest::newRow("steps") << job(u"Building"_s, 3, 12, u"steps"_s) << u"Building, step 3 of 12"_s;
        QTest::newRow("bytes") << job(u"Copying"_s, 1536, 4096, u"bytes"_s) << u"Copying, 1.5 KiB of 4 KiB"_s;
        QTest::newRow("bytes, total unknown") << job(u"Copying"_s, 1536, 0, u"bytes"_s) << u"Copying, 1.5 KiB"_s;
        QTest::newRow("files") << job(u"Copying"_s, 7, 9, u"files"_s) << u"Copying, 7 of 9"_s;
    }
    void progressIsDescribed()
    {
        QFETCH(JobInfo, job);
        QTEST(describeProgress(job), "text");
    }

    void lastLinesAreCut_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("count");
        QTest::addColumn<QByteArray>("lines");
        QTest::newRow("two of three") << QByteArray("a\nb\nc\n") << 2 << QByteArray("b\nc\n");
        QTest::newRow("last without end") << QByteArray("a\nb\nc") << 2 << QByteArray("b\nc");
        QTest::newRow("more than there are") << QByteArray("a\nb\n") << 5 << QByteArray("a\nb\n");
        QTest::newRow("exactly") << QByteArray("a\nb\n") << 2 << QByteArray("a\nb\n");
        QTest::newRow("empty lines") << QByteArray("\n\nx\n") << 2 << QByteArray("\nx\n");
        QTest::newRow("none") << QByteArray("a\nb\n") << 0 << QByteArray();
        QTest::newRow("nothing") << QByteArray() << 3 << QByteArray();
    }
    void lastLinesAreCut()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, count);
        QTEST(lastLines(text, count), "lines");
    }
};

QTEST_GUILESS_MAIN(TestCliText)
#include "tst_clitext.moc"
