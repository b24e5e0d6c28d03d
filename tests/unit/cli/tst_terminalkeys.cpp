// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/detachkeys.h"
#include "cli/terminalmodes.h"

#include <QTest>

using namespace capsule::cli;
using namespace Qt::StringLiterals;

class TestTerminalKeys : public QObject
{
    Q_OBJECT

private slots:
    void detachKeysAreParsed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown"); // null: refused
        QTest::newRow("default") << QString::fromLatin1(defaultDetachKeys) << u"Ctrl-] d"_s;
        QTest::newRow("one key") << u"ctrl-\\"_s << u"Ctrl-\\"_s;
        QTest::newRow("docker's") << u"ctrl-p,ctrl-q"_s << u"Ctrl-P Ctrl-Q"_s;
        QTest::newRow("capitals") << u"CTRL-A,D"_s << u"Ctrl-A D"_s;
        QTest::newRow("none") << u"none"_s << u""_s;
        QTest::newRow("empty") << u""_s << QString();
        QTest::newRow("unknown word") << u"escape"_s << QString();
        QTest::newRow("no control key") << u"ctrl-1"_s << QString();
        QTest::newRow("comma at the end") << u"ctrl-a,"_s << QString();
    }
    void detachKeysAreParsed()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        const auto keys = parseDetachKeys(text);
        QCOMPARE(keys.has_value(), !shown.isNull());
        if (keys)
            QCOMPARE(keys->shown, shown);
    }

    void detachKeysAreFound_data()
    {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QByteArrayList>("typed");
        QTest::addColumn<QByteArray>("forwarded");
        QTest::addColumn<bool>("detached");
        const QString standard = QString::fromLatin1(defaultDetachKeys);
        QTest::newRow("plain typing") << standard << QByteArrayList{"ls", "\r"} << QByteArray("ls\r") << false;
        QTest::newRow("at once") << standard << QByteArrayList{"\x1d" "d"} << QByteArray() << true;
        QTest::newRow("one by one") << standard << QByteArrayList{"\x1d", "d"} << QByteArray() << true;
        QTest::newRow("after typing") << standard << QByteArrayList{"ab\x1d", "dxyz"} << QByteArray("ab") << true;
        QTest::newRow("another key") << standard << QByteArrayList{"\x1d", "x"} << QByteArray("\x1dx") << false;
        QTest::newRow("twice is once") << standard << QByteArrayList{"\x1d", "\x1d", "d"} << QByteArray("\x1d" "d") << false;
        QTest::newRow("only the first") << standard << QByteArrayList{"\x1d"} << QByteArray() << false;
        QTest::newRow("kitty keyboard") << standard << QByteArrayList{"\x1b[93;5u", "d"} << QByteArray() << true;
        QTest::newRow("modifyOtherKeys") << standard << QByteArrayList{"\x1b[27;5;93~", "d"} << QByteArray() << true;
        QTest::newRow("kitty, all keys") << standard << QByteArrayList{"\x1b[93;5u\x1b[100u"} << QByteArray() << true;
        QTest::newRow("escape is not held back") << standard << QByteArrayList{"\x1b"} << QByteArray("\x1b") << false;
        QTest::newRow("one key") << u"ctrl-\\"_s << QByteArrayList{"a\x1c" "b"} << QByteArray("a") << true;
        QTest::newRow("none") << u"none"_s << QByteArrayList{"\x1d" "d"} << QByteArray("\x1d" "d") << false;
    }
    void detachKeysAreFound()
    {
        QFETCH(QString, keys);
        QFETCH(QByteArrayList, typed);
        DetachMatcher matcher(*parseDetachKeys(keys));
        QByteArray forwarded;
        bool detached = false;
        for (const QByteArray &bytes : typed) {
            const auto found = matcher.feed(bytes);
            forwarded += found.forward;
            detached = detached || found.detached;
        }
        QTEST(forwarded, "forwarded");
        QTEST(detached, "detached");
    }

    void onlyWhatWasSwitchedOnIsSwitchedOff_data()
    {
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<QByteArray>("reset");
        const QByteArray colours = "\x1b(B\x1b[0m";
        QTest::newRow("nothing") << QByteArray("hello \x1b[31mred") << colours;
        QTest::newRow("alternate screen last") << QByteArray("\x1b[?1049h\x1b[?1000;1006h") << "\x1b[?1000l\x1b[?1006l\x1b[?1049l" + colours;
        QTest::newRow("left again") << QByteArray("\x1b[?1049h\x1b[?2004h\x1b[?2004l\x1b[?1049l") << colours;
        QTest::newRow("hidden cursor") << QByteArray("\x1b[?25l") << "\x1b[?25h" + colours;
        QTest::newRow("no wrapping") << QByteArray("\x1b[?7l") << "\x1b[?7h" + colours;
        QTest::newRow("kitty keyboard twice") << QByteArray("\x1b[>1u\x1b[>5u") << "\x1b[<u\x1b[<u" + colours;
        QTest::newRow("kitty keyboard popped") << QByteArray("\x1b[>1u\x1b[<u") << colours;
        QTest::newRow("kitty keyboard for ever") << QByteArray("\x1b[>1u").repeated(1000) << QByteArray("\x1b[<u").repeated(8) + colours;
        QTest::newRow("other keys") << QByteArray("\x1b[>4;2m") << "\x1b[>4m" + colours;
        QTest::newRow("keypad") << QByteArray("\x1b=") << "\x1b>" + colours;
        QTest::newRow("margins") << QByteArray("\x1b[2;10r") << QByteArray("\x1b" "7\x1b[r\x1b" "8") + colours;
        QTest::newRow("cursor shape") << QByteArray("\x1b[5 q") << "\x1b[0 q" + colours;
        QTest::newRow("held screen first") << QByteArray("\x1b[?1049h\x1b[?2026h") << "\x1b[?2026l\x1b[?1049l" + colours;
        QTest::newRow("full reset") << QByteArray("\x1b[?1049h\x1b[?25l\x1b" "c") << colours;
        QTest::newRow("mode nobody knows") << QByteArray("\x1b[?31337h") << colours;
        QTest::newRow("in a title") << QByteArray("\x1b]0;[?1049h\x07") << colours;
    }
    void onlyWhatWasSwitchedOnIsSwitchedOff()
    {
        QFETCH(QByteArray, output);
        QFETCH(QByteArray, reset);
        TerminalModes whole;
        whole.feed(output);
        QCOMPARE(whole.resetSequence(), reset);
        TerminalModes pieces;
        for (const char c : output)
            pieces.feed(QByteArray(1, c));
        QCOMPARE(pieces.resetSequence(), reset);
    }

    void queriesAreLeftOutOfAReplay_data()
    {
        QTest::addColumn<QByteArray>("sequence");
        QTest::addColumn<bool>("kept");
        QTest::newRow("text") << QByteArray("hello") << true;
        QTest::newRow("colour") << QByteArray("\x1b[31m") << true;
        QTest::newRow("title") << QByteArray("\x1b]0;x\x07") << true;
        QTest::newRow("hyperlink") << QByteArray("\x1b]8;;http://x\x1b\\") << true;
        QTest::newRow("kitty keyboard push") << QByteArray("\x1b[>1u") << true;
        QTest::newRow("restore cursor") << QByteArray("\x1b[u") << true;
        QTest::newRow("resize window") << QByteArray("\x1b[8;24;80t") << true;
        QTest::newRow("push title") << QByteArray("\x1b[22;0t") << true;
        QTest::newRow("device attributes") << QByteArray("\x1b[c") << false;
        QTest::newRow("secondary attributes") << QByteArray("\x1b[>c") << false;
        QTest::newRow("cursor position") << QByteArray("\x1b[6n") << false;
        QTest::newRow("mode request") << QByteArray("\x1b[?2026$p") << false;
        QTest::newRow("version") << QByteArray("\x1b[>0q") << false;
        QTest::newRow("kitty keyboard") << QByteArray("\x1b[?u") << false;
        QTest::newRow("window size") << QByteArray("\x1b[18t") << false;
        QTest::newRow("background") << QByteArray("\x1b]11;?\x1b\\") << false;
        QTest::newRow("palette") << QByteArray("\x1b]4;7;?\x07") << false;
        QTest::newRow("clipboard") << QByteArray("\x1b]52;c;?\x07") << false;
        QTest::newRow("terminfo") << QByteArray("\x1bP+q544e\x1b\\") << false;
        QTest::newRow("settings") << QByteArray("\x1bP$qm\x1b\\") << false;
        QTest::newRow("identify") << QByteArray("\x1bZ") << false;
        QTest::newRow("answerback") << QByteArray("\x05") << false;
    }
    void queriesAreLeftOutOfAReplay()
    {
        QFETCH(QByteArray, sequence);
        QFETCH(bool, kept);
        const QByteArray expected = "<" + (kept ? sequence : QByteArray()) + ">";
        QueryFilter whole;
        QCOMPARE(whole.feed("<" + sequence + ">") + whole.finish(), expected);
        QueryFilter pieces;
        QByteArray out;
        for (const char c : "<" + sequence + ">")
            out += pieces.feed(QByteArray(1, c));
        QCOMPARE(out + pieces.finish(), expected);
    }

    void anEndlessSequenceIsNotHeldForEver()
    {
        QueryFilter filter;
        const QByteArray endless = "\x1b]0;" + QByteArray(200'000, 'x');
        QVERIFY(filter.feed(endless).size() >= 64 * 1024);
    }
};

QTEST_GUILESS_MAIN(TestTerminalKeys)
#include "tst_terminalkeys.moc"
