// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminaltext.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestTerminalText : public QObject
{
    Q_OBJECT
private slots:
    void aTitleIsPlain_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("plain");
        QTest::newRow("ordinary") << u"vim – notes.txt"_s << u"vim – notes.txt"_s;
        QTest::newRow("spinner stays") << u"◐ Claude Code"_s << u"◐ Claude Code"_s;
        QTest::newRow("emoji stays") << u"🚀 go"_s << u"🚀 go"_s;
        QTest::newRow("control characters go") << u"a\u0007b\u001b[31mc\u009bd\u007f"_s << u"ab[31mcd"_s;
        QTest::newRow("line ends are spaces") << u"one\r\ntwo\u2028three"_s << u"one two three"_s;
        QTest::newRow("right-to-left override") << u"exe.\u202egnp.txt\u202c"_s << u"exe.gnp.txt"_s;
        QTest::newRow("isolates") << u"\u2066a\u2069b\u061c"_s << u"ab"_s;
        QTest::newRow("zero width") << u"a\u200bb\u200cc\u200dd\ufeffe\u2060f"_s << u"abcdef"_s;
        QTest::newRow("tags") << u"a\U000e0041\U000e007fb"_s << u"ab"_s;
        QTest::newRow("fillers") << u"\u3164\u115f\u2800x"_s << u"x"_s;
        QTest::newRow("spaces collapse") << u"  a \t  b  "_s << u"a b"_s;
        QTest::newRow("two marks at most") << u"e\u0301\u0302\u0303\u0304!"_s << u"e\u0301\u0302!"_s;
        QTest::newRow("markup is text") << u"<b>&amp;"_s << u"<b>&amp;"_s;
        QTest::newRow("nothing left") << u"\u202e\u200b"_s << QString();
    }
    void aTitleIsPlain()
    {
        QFETCH(QString, text);
        QTEST(plainLine(text), "plain");
    }

    void aTitleIsShort()
    {
        const QString line = plainLine(QString(5'000'000, u'x'));
        QCOMPARE(line.size(), 120);
        QVERIFY(line.endsWith(u'…'));
        const QString pairs = plainLine(u"🚀"_s.repeated(100), 20);
        QCOMPARE(pairs, u"🚀"_s.repeated(9) + u'…');
        QCOMPARE(plainLine(u"12345"_s, 5), u"12345"_s);
    }

    void aPasteIsClean_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("clean");
        QTest::newRow("ordinary") << u"ls -l /tmp"_s << u"ls -l /tmp"_s;
        QTest::newRow("tab stays") << u"a\tb"_s << u"a\tb"_s;
        QTest::newRow("line ends are Enter") << u"a\r\nb\nc\rd\u2028e"_s << u"a\rb\rc\rd\re"_s;
        QTest::newRow("end of paste") << u"x\u001b[201~rm -rf ~\n"_s << u"xrm -rf ~\r"_s;
        QTest::newRow("end of paste, 8 bit") << u"x\u009b201~y"_s << u"xy"_s;
        QTest::newRow("nested end of paste") << u"x\u001b[20\u001b[201~1~y"_s << u"x[201~y"_s;
        QTest::newRow("escape and friends go") << u"a\u001b\u0003\u0004\u0008\u007f\u0085b"_s << u"ab"_s;
        QTest::newRow("NUL goes") << u"a"_s + QChar(0) + u"b"_s << u"ab"_s;
        QTest::newRow("other scripts stay") << u"日本 é 👩\u200d🚀"_s << u"日本 é 👩\u200d🚀"_s;
    }
    void aPasteIsClean()
    {
        QFETCH(QString, text);
        QTEST(cleanPaste(text), "clean");
    }

    void enteredLinesAreCounted()
    {
        QCOMPARE(enteredLines(cleanPaste(u"ls"_s)), 0);
        QCOMPARE(enteredLines(cleanPaste(u"ls\n"_s)), 1);
        QCOMPARE(enteredLines(cleanPaste(u"a\r\nb\r\nc"_s)), 2);
    }
};

QTEST_GUILESS_MAIN(TestTerminalText)
#include "tst_terminaltext.moc"
