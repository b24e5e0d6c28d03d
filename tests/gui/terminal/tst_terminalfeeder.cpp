// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalfeeder.h"

#include "gui/guimain.h"
#include "gui/terminal/fakesource.h"

#include <QBuffer>
#include <QSignalSpy>

#include <qtermwidget.h>

#include <memory>

using namespace Qt::StringLiterals;
using namespace capsule;
using Way = TerminalFeeder::Way;

/// Both ways into the widget keep the same account.
class TestTerminalFeeder : public QObject
{
    Q_OBJECT

    struct Rig {
        explicit Rig(Way way)
            : feeder(&terminal, way)
        {
            QObject::connect(&feeder, &TerminalFeeder::consumed, &feeder, [this](qint64 bytes) { used += bytes; });
            QObject::connect(&terminal, &QTermWidget::sendData, &feeder,
                             [this](const char *data, int size) { (feeder.isReplaying() ? mutedAnswers : answers).append(data, size); });
        }
        QString text()
        {
            QBuffer buffer;
            buffer.open(QIODevice::WriteOnly);
            terminal.saveHistory(&buffer);
            return QString::fromUtf8(buffer.data());
        }
        QTermWidget terminal{0};
        TerminalFeeder feeder;
        qint64 used = 0;
        QByteArray answers;
        QByteArray mutedAnswers;
    };
    static std::unique_ptr<Rig> rig(Way way)
    {
        auto made = std::make_unique<Rig>(way);
        made->terminal.startTerminalTeletype();
        made->terminal.setHistorySize(10'000);
        made->terminal.resize(900, 500);
        made->terminal.show();
        return QTest::qWaitForWindowExposed(&made->terminal) ? std::move(made) : nullptr;
    }

    static void ways()
    {
        QTest::addColumn<Way>("way");
        QTest::newRow("direct") << Way::Direct;
        QTest::newRow("pty") << Way::Pty;
    }

private slots:
    void thisWidgetHasTheDirectWay()
    {
        QTermWidget terminal(0);
        QCOMPARE(TerminalFeeder::bestWay(&terminal), Way::Direct);
    }

    void everyByteIsParsedOnce_data() { ways(); }
    void everyByteIsParsedOnce()
    {
        QFETCH(Way, way);
        const auto r = rig(way);
        QVERIFY(r);
        QByteArray lines;
        for (int i = 0; i < 8000; ++i)
            lines += "row " + QByteArray::number(i) + " \xe4\xb8\xad\r\n";
        for (qsizetype at = 0; at < lines.size(); at += 777) // splits the wide character's bytes now and then
            QVERIFY(r->feeder.append(lines.mid(at, 777)));
        QTRY_COMPARE_WITH_TIMEOUT(r->used, lines.size(), 10'000);
        const QStringList shown = r->text().trimmed().split(u'\n');
        QCOMPARE(shown.size(), 8000);
        for (int i = 0; i < 8000; ++i)
            QCOMPARE(shown.at(i).trimmed(), u"row %1 中"_s.arg(i));
    }

    void theBacklogIsBounded_data() { ways(); }
    void theBacklogIsBounded()
    {
        QFETCH(Way, way);
        const auto r = rig(way);
        QVERIFY(r);
        const QByteArray frame(64 * 1024, 'x');
        int taken = 0;
        while (taken < 100 && r->feeder.append(frame)) {
            ++taken;
            QVERIFY(r->feeder.backlog() <= TerminalFeeder::maxBacklog);
        }
        QVERIFY(taken < 100);
        QVERIFY(r->feeder.backlog() > TerminalFeeder::maxBacklog - frame.size());
        QTRY_COMPARE_WITH_TIMEOUT(r->used, taken * frame.size(), 10'000);
        QCOMPARE(r->feeder.backlog(), 0);
        QVERIFY(r->feeder.append("and on"));
    }

    void oneTurnTakesOneShare()
    {
        const auto r = rig(Way::Direct);
        QVERIFY(r);
        const QByteArray frame = test::mixedText(64 * 1024);
        for (int i = 0; i < 8; ++i)
            r->feeder.append(frame);
        QVERIFY2(r->used <= 36 * 1024, "more than one slice was parsed without the event loop in between");
        QTRY_COMPARE(r->used, 8 * frame.size());
    }

    void answersAreMutedForTheReplayAndNoLonger_data() { ways(); }
    void answersAreMutedForTheReplayAndNoLonger()
    {
        QFETCH(Way, way);
        const auto r = rig(way);
        QVERIFY(r);
        const QByteArray query = "\x1b[c\x1b[6n";
        QByteArray replay = test::mixedText(300'000);
        replay.replace("0123456789", query + "0123456789");
        QSignalSpy finished(&r->feeder, &TerminalFeeder::replayFinished);
        r->feeder.beginReplay(replay.size());
        QVERIFY(r->feeder.isReplaying());
        for (qsizetype at = 0; at < replay.size(); at += 65536)
            QVERIFY(r->feeder.append(replay.mid(at, 65536)));
        r->feeder.append("\r\n" + query); // live, right behind it
        QVERIFY(finished.wait(10'000));
        QVERIFY(!r->mutedAnswers.isEmpty());
        QTRY_COMPARE(r->answers.count("\x1b[?1;2c"), 1);
        QTRY_COMPARE(r->answers.count('R'), 1);
        QCOMPARE(r->used, replay.size() + 2 + query.size());
    }

    void aReplayClearsWhatWasHalfDone_data() { ways(); }
    void aReplayClearsWhatWasHalfDone()
    {
        QFETCH(Way, way);
        const auto r = rig(way);
        QVERIFY(r);
        const QByteArray before = "old\r\n" + test::mixedText(100'000) + "\x1b[?1049h\x1b[31m\x1b(0half \xe4\xb8"; // half a character
        QVERIFY(r->feeder.append(before));
        QTRY_COMPARE(r->used, before.size());
        const QByteArray queued(200'000, 'z');
        r->feeder.append(queued);
        QSignalSpy finished(&r->feeder, &TerminalFeeder::replayFinished);
        r->feeder.beginReplay(4);
        r->feeder.append("newqueue");
        QVERIFY(finished.wait());
        QTRY_COMPARE(r->used, before.size() + queued.size() + 8);
        QCOMPARE(r->text().trimmed(), u"newqueue"_s);
        QCOMPARE(r->terminal.historyLinesCount(), 0);
    }

    void aReplayThatEndsShortIsEnded()
    {
        const auto r = rig(Way::Direct);
        QVERIFY(r);
        QSignalSpy finished(&r->feeder, &TerminalFeeder::replayFinished);
        QSignalSpy drained(&r->feeder, &TerminalFeeder::drained);
        r->feeder.beginReplay(1000);
        r->feeder.append("only this");
        r->feeder.finish();
        QVERIFY(drained.wait());
        QCOMPARE(finished.size(), 1);
        QCOMPARE(r->text().trimmed(), u"only this"_s);
    }

    void whatIsDroppedIsNotDeclaredConsumed_data() { ways(); }
    void whatIsDroppedIsNotDeclaredConsumed()
    {
        QFETCH(Way, way);
        const auto r = rig(way);
        QVERIFY(r);
        r->feeder.append(QByteArray(300'000, 'a'));
        const qint64 usedBefore = r->used;
        r->feeder.drop();
        r->feeder.append("\r\nnext");
        QTRY_VERIFY(r->text().trimmed().endsWith("next"_L1));
        QTRY_COMPARE(r->used, usedBefore + 6);
    }
};

CAPSULE_GUI_MAIN(TestTerminalFeeder)
#include "tst_terminalfeeder.moc"
