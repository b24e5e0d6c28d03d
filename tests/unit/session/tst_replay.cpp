// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/replaybuffer.h"
#include "session/replayfilter.h"

#include <QRandomGenerator>
#include <QTest>

using namespace capsule;

/// What a viewer is fed that comes later: the filter, the mode tracker and the ring.
class TestReplay : public QObject
{
    Q_OBJECT
private slots:
    void whatActsAgainIsTakenOut_data();
    void whatActsAgainIsTakenOut();
    void whatShowsSomethingStays_data();
    void whatShowsSomethingStays();
    void splittingAnywhereChangesNothing();
    void anUnfinishedSequencePasses();
    void modesAreTracked_data();
    void modesAreTracked();
    void modesAreTrackedInPieces();

    void theRingKeepsTheLastBytes();
    void theRingGrowsAsNeeded();
    void aWholeReplayIsTheOutputItself();
    void aReplayOfADroppedHeadBeginsAtALine();
    void aReplayBeginsOutsideOfASequence();
    void aReplayWithoutLinesBeginsBetweenCharacters();
    void aReplayBeginsWithTheModesOfItsFirstByte();
    void aReplayAnewResetsModes();
    void randomOutputNeverBreaksTheRing();
};

void TestReplay::whatActsAgainIsTakenOut_data()
{
    QTest::addColumn<QByteArray>("sequence");
    const auto row = [](const char *name, const char *bytes) { QTest::newRow(name) << QByteArray(bytes); };
    row("DSR", "\x1b[5n");
    row("cursor position", "\x1b[6n");
    row("DECXCPR", "\x1b[?6n");
    row("colour scheme", "\x1b[?996n");
    row("DA1", "\x1b[c");
    row("DA1 with 0", "\x1b[0c");
    row("DA2", "\x1b[>c");
    row("DA2 with 0", "\x1b[>0c");
    row("DA3", "\x1b[=c");
    row("DECID", "\x1bZ");
    row("DECRQM", "\x1b[4$p");
    row("DECRQM private", "\x1b[?2026$p");
    row("XTVERSION", "\x1b[>q");
    row("XTVERSION with 0", "\x1b[>0q");
    row("kitty keyboard", "\x1b[?u");
    row("window size in pixels", "\x1b[14t");
    row("cell size", "\x1b[16t");
    row("text area", "\x1b[18t");
    row("title report", "\x1b[21t");
    row("DECREQTPARM", "\x1b[x");
    row("checksum", "\x1b[1;1;1;1;2;2*y");
    row("graphics attributes", "\x1b[?1;1;0S");
    row("palette colour", "\x1b]4;1;?\x07");
    row("palette among settings", "\x1b]4;1;#fff;2;?\x1b\\");
    row("foreground", "\x1b]10;?\x1b\\");
    row("background", "\x1b]11;?\x07");
    row("cursor colour", "\x1b]12;?\x07");
    row("clipboard read", "\x1b]52;c;?\x07");
    row("clipboard write", "\x1b]52;c;aGVsbG8=\x1b\\");
    row("notification", "\x1b]9;done\x07");
    row("notification with title", "\x1b]777;notify;a;b\x07");
    row("kitty notification", "\x1b]99;i=1;hi\x1b\\");
    row("iTerm report", "\x1b]1337;ReportCellSize\x07");
    row("XTGETTCAP", "\x1bP+q544e\x1b\\");
    row("DECRQSS", "\x1bP$qm\x1b\\");
    row("kitty graphics query", "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\");
    row("bell", "\x07");
    row("answerback", "\x05");
}

void TestReplay::whatActsAgainIsTakenOut()
{
    QFETCH(const QByteArray, sequence);
    QCOMPARE(filterReplay(sequence), QByteArray());
    QCOMPARE(filterReplay("before" + sequence + "after"), QByteArray("beforeafter"));
    QCOMPARE(filterReplay(sequence + sequence), QByteArray());
}

void TestReplay::whatShowsSomethingStays_data()
{
    QTest::addColumn<QByteArray>("output");
    const auto row = [](const char *name, const char *bytes) { QTest::newRow(name) << QByteArray(bytes); };
    row("text", "hello, w\xc3\xb6rld \xf0\x9f\x9a\x80\r\n\tx\b");
    row("styles", "\x1b[1;38;2;10;20;30mx\x1b[0m\x1b[4:3m");
    row("cursor", "\x1b[10;20H\x1b[2J\x1b[K\x1b[3A\x1b" "7\x1b" "8\x1b[u\x1b[s");
    row("modes", "\x1b[?1049h\x1b[?2004l\x1b[4h\x1b[r\x1b[2 q\x1b[!p\x1b=\x1b>\x1b(0");
    row("kitty push and pop", "\x1b[>1u\x1b[<u\x1b[=5;1u");
    row("key modifier options", "\x1b[>4;2m\x1b[>4n");
    row("title ended by bell", "\x1b]0;title\x07");
    row("title ended by ST", "\x1b]2;title\x1b\\");
    row("link", "\x1b]8;id=1;https://example.org/?q\x1b\\text\x1b]8;;\x1b\\");
    row("colours set", "\x1b]4;1;#ff0000\x07\x1b]11;rgb:00/00/00\x07");
    row("shell marks", "\x1b]133;A\x07\x1b]7;file:///workspace\x07");
    row("title stack", "\x1b[22;0t\x1b[23;0t");
    row("linux console cursor", "\x1b[?17;0;64c");
    row("sixel", "\x1bPq#0;2;0;0;0~-\x1b\\");
    row("cancelled query", "\x1b[6\x18n");
    row("new sequence in an unfinished one", "\x1b[3\x1b[1mx");
    row("escape in a string", "\x1b]0;a\x1b[1mb");
}

void TestReplay::whatShowsSomethingStays()
{
    QFETCH(const QByteArray, output);
    QCOMPARE(filterReplay(output), output);
}

void TestReplay::splittingAnywhereChangesNothing()
{
    const QByteArray output("a\x1b[6nb\x1b]11;?\x1b\\c\x1b]0;t\x07\x07" "d\x1b[1m\x1bP$qm\x1b\\e\xe2\x82\xac\x1b]52;c;?\x07\x1b[3\x1b[cf\x1b]9;x\x1b[2Jg");
    const QByteArray whole = filterReplay(output);
    QVERIFY(whole.size() < output.size());
    for (qsizetype first = 0; first <= output.size(); ++first) {
        for (qsizetype second = first; second <= output.size(); ++second) {
            ReplayFilter filter;
            QByteArray out;
            filter.feed(QByteArrayView(output).first(first), out);
            filter.feed(QByteArrayView(output).sliced(first, second - first), out);
            filter.feed(QByteArrayView(output).sliced(second), out);
            filter.finish(out);
            QCOMPARE(out, whole);
        }
    }
}

void TestReplay::anUnfinishedSequencePasses()
{
    for (const QByteArray &output : {QByteArray("x\x1b"), QByteArray("x\x1b[6"), QByteArray("x\x1b]11;?"), QByteArray("x\x1b]11;?\x1b")})
        QCOMPARE(filterReplay(output), output);
}

void TestReplay::modesAreTracked_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QList<int>>("set"); // of those below that are off at first
    const auto row = [](const char *name, const char *bytes, const QList<int> &set) { QTest::newRow(name) << QByteArray(bytes) << set; };
    row("nothing", "text\r\n", {});
    row("alternate screen", "\x1b[?1049h", {1049});
    row("older alternate screen", "\x1b[?47h", {47});
    row("and back", "\x1b[?1049hx\x1b[?1049l", {});
    row("several at once", "\x1b[?1;1002;1006;2004h", {1, 1002, 1006, 2004});
    row("some taken back", "\x1b[?1000;1006h\x1b[?1000l", {1006});
    row("ANSI modes do not count", "\x1b[1h", {});
    row("full reset", "\x1b[?1049;2004h\x1b" "c", {});
    row("soft reset leaves the screen", "\x1b[?1;1049;2004h\x1b[!p", {1049, 2004});
    row("text of a title does not count", "\x1b]0;\x1b\\[?2004h", {});
    row("query does not count", "\x1b[?2004$p", {});
}

void TestReplay::modesAreTracked()
{
    QFETCH(const QByteArray, output);
    QFETCH(const QList<int>, set);
    ModeTracker modes;
    modes.feed(output);
    for (const int mode : {1, 6, 9, 47, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1047, 1049, 2004})
        QVERIFY2(modes.isSet(mode) == set.contains(mode), qPrintable(QString::number(mode)));

    ModeTracker restored;
    restored.feed("\x1b[?1049;1003;1004h\x1b[?25;7l");
    restored.feed(modes.restore());
    for (const int mode : {1, 7, 25, 47, 1003, 1004, 1049, 2004})
        QVERIFY2(restored.isSet(mode) == modes.isSet(mode), qPrintable(QString::number(mode)));
    QVERIFY(!restored.inSequence());
}

void TestReplay::modesAreTrackedInPieces()
{
    const QByteArray output("a\x1b[?25l\x1b[?1049;1006hb\x1b]0;x\x07\x1b[?2004h");
    for (qsizetype split = 0; split <= output.size(); ++split) {
        ModeTracker modes;
        modes.feed(QByteArrayView(output).first(split));
        modes.feed(QByteArrayView(output).sliced(split));
        QVERIFY(!modes.isSet(25) && modes.isSet(1049) && modes.isSet(1006) && modes.isSet(2004));
    }
}

void TestReplay::theRingKeepsTheLastBytes()
{
    ReplayBuffer ring(16 * 1024);
    QByteArray all;
    for (int i = 0; all.size() < 100'000; ++i) {
        const QByteArray line = "line " + QByteArray::number(i) + '\n';
        ring.append(line);
        all += line;
    }
    QCOMPARE(ring.tail(), quint64(all.size()));
    QCOMPARE(ring.size(), 16 * 1024);
    QByteArray kept;
    for (quint64 at = ring.head(); at < ring.tail();) {
        const QByteArrayView piece = ring.view(at, 777);
        QVERIFY(!piece.isEmpty() && piece.size() <= 777);
        kept += piece;
        at += quint64(piece.size());
    }
    QCOMPARE(kept, all.last(16 * 1024));
    QVERIFY(ring.view(ring.head() - 1, 10).isEmpty());
    QVERIFY(ring.view(ring.tail(), 10).isEmpty());

    ring.append(all); // more than it holds, at once
    QCOMPARE(ring.size(), 16 * 1024);
    QCOMPARE(ring.view(ring.tail() - 9, 9).toByteArray(), all.last(9));
}

void TestReplay::theRingGrowsAsNeeded()
{
    ReplayBuffer ring(1024 * 1024);
    const QByteArray chunk(10'000, 'x');
    QByteArray all;
    for (int i = 0; i < 90; ++i) {
        ring.append(chunk + QByteArray::number(i));
        all += chunk + QByteArray::number(i);
    }
    QCOMPARE(ring.head(), 0U);
    QCOMPARE(ring.replay(ring.size(), false), all);
}

void TestReplay::aWholeReplayIsTheOutputItself()
{
    ReplayBuffer ring(64 * 1024);
    QCOMPARE(ring.replay(100, false), QByteArray());
    ring.append("$ \x1b[6nls\x07\r\n");
    QCOMPARE(ring.replay(ring.size(), false), QByteArray("$ ls\r\n"));
}

void TestReplay::aReplayOfADroppedHeadBeginsAtALine()
{
    ReplayBuffer ring(16 * 1024);
    for (int i = 0; i < 5000; ++i)
        ring.append("\x1b[32mline\x1b[0m " + QByteArray::number(i) + "\r\n");
    const QByteArray replay = ring.replay(ring.size(), false);
    const QByteArray prefix = ModeTracker().restore();
    QVERIFY(replay.startsWith(prefix + "\x1b[32mline"));
    QVERIFY(replay.endsWith("\x1b[0m 4999\r\n"));
    QVERIFY(replay.size() > 15 * 1024);
    QVERIFY(ring.replay(1000, true).size() <= 1000 + prefix.size());
}

void TestReplay::aReplayBeginsOutsideOfASequence()
{
    // The head falls into a long string that has line ends of its own.
    ReplayBuffer ring(16 * 1024);
    ring.append("\x1b]1337;File=:" + QByteArray("data\n").repeated(2000));
    ring.append("\x1b\\\nafter\n" + QByteArray(8000, 'y'));
    QVERIFY(ring.head() > 0);
    QCOMPARE(ring.replay(ring.size(), false), ModeTracker().restore() + "after\n" + QByteArray(8000, 'y'));
}

void TestReplay::aReplayWithoutLinesBeginsBetweenCharacters()
{
    ReplayBuffer ring(16 * 1024);
    ring.append(QByteArray("\xe2\x82\xac").repeated(20'000));
    const QByteArray replay = ring.replay(ring.size(), false).sliced(ModeTracker().restore().size());
    QVERIFY(replay.startsWith("\xe2\x82\xac"));
    QCOMPARE(replay.size() % 3, 0);
    QVERIFY(replay.size() > 16 * 1024 - 6);
}

void TestReplay::aReplayBeginsWithTheModesOfItsFirstByte()
{
    ReplayBuffer ring(16 * 1024);
    ring.append("\x1b[?1049h\x1b[?1006h\x1b[?25l");
    for (int i = 0; i < 3000; ++i)
        ring.append("picture " + QByteArray::number(i) + "\r\n");
    ring.append("\x1b[?1049l\x1b[?25h\x1b[?2004h"); // later than the first byte kept
    const QByteArray replay = ring.replay(ring.size(), false);
    ModeTracker atStart;
    atStart.feed(QByteArrayView(replay).first(replay.indexOf("picture")));
    QVERIFY(atStart.isSet(1049) && atStart.isSet(1006) && !atStart.isSet(25) && !atStart.isSet(2004));
    ModeTracker atEnd;
    atEnd.feed(replay);
    QVERIFY(!atEnd.isSet(1049) && atEnd.isSet(1006) && atEnd.isSet(25) && atEnd.isSet(2004));
}

void TestReplay::aReplayAnewResetsModes()
{
    ReplayBuffer ring(16 * 1024);
    ring.append("$ ");
    QCOMPARE(ring.replay(ring.size(), true), ModeTracker().restore() + "$ ");
}

void TestReplay::randomOutputNeverBreaksTheRing()
{
    QRandomGenerator random(42);
    const QByteArray letters("\x1b\x1b[]P?0;12hlnc\n\x07\\\xe2\x82\xac x\x18");
    for (int round = 0; round < 10; ++round) {
        ReplayBuffer ring(16 * 1024);
        for (int i = 0; i < 60; ++i) {
            QByteArray bytes(random.bounded(2000), Qt::Uninitialized);
            for (char &byte : bytes)
                byte = letters.at(random.bounded(int(letters.size())));
            ring.append(bytes);
            const QByteArray replay = ring.replay(random.bounded(20'000), random.bounded(2) == 1);
            QVERIFY(replay.size() <= ring.size() + ModeTracker().restore().size() + 32);
        }
    }
}

QTEST_GUILESS_MAIN(TestReplay)
#include "tst_replay.moc"
