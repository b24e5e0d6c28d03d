// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalview.h"

#include "gui/guimain.h"
#include "gui/terminal/fakesource.h"

#include <QSignalSpy>

#include <qtermwidget.h>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::FakeSource;

/// After a replay the picture is the same, pixel by pixel, as if the viewer had been there all along.
class TestTerminalReplay : public QObject
{
    Q_OBJECT

    static std::unique_ptr<TerminalView> shown()
    {
        auto view = std::make_unique<TerminalView>(TerminalAppearance{});
        view->resize(900, 560);
        view->show();
        return QTest::qWaitForWindowExposed(view.get()) ? std::move(view) : nullptr;
    }
    static FakeSource *attach(TerminalView &view)
    {
        auto source = std::make_unique<FakeSource>();
        FakeSource *raw = source.get();
        view.attach(std::move(source));
        return raw;
    }
    static QWidget *display(TerminalView &view)
    {
        for (QObject *child : view.findChild<QTermWidget *>()->children()) {
            if (child->inherits("Konsole::TerminalDisplay"))
                return qobject_cast<QWidget *>(child);
        }
        return nullptr;
    }
    static QImage picture(TerminalView &view)
    {
        QTest::qWait(60); // the widget's own update timers
        return view.grab().toImage();
    }

private slots:
    void theScreenIsIdentical_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("shell") << QByteArray("\x1b[1;32muser@host\x1b[0m:\x1b[34m~\x1b[0m$ ls\r\na  b  c\r\n$ ");
        QTest::newRow("long output") << test::mixedText(700'000);
        QTest::newRow("alternate screen") << test::mixedText(20'000) + "\x1b[?1049h\x1b[2J\x1b[5;10H\x1b[7mfull screen\x1b[0m\x1b[?25l";
        QTest::newRow("left alternate screen") << QByteArray("before\r\n\x1b[?1049hinside\x1b[?1049lafter");
        QTest::newRow("wide and combining")
            << QByteArray("\xe4\xbd\xa0\xe5\xa5\xbd e\xcc\x81 \xf0\x9f\x9a\x80 \xe2\x94\x8c\xe2\x94\x80\xe2\x94\x90\r\n")
                + QByteArray("\xe4\xb8\xad").repeated(200);
        QTest::newRow("charset and margins") << QByteArray("\x1b(0lqqk\r\nx  x\r\nmqqj\x1b(B\r\n\x1b[3;8r\x1b[8;1H\n\n\nx");
    }
    void theScreenIsIdentical()
    {
        QFETCH(QByteArray, bytes);
        const auto live = shown();
        const auto late = shown();
        QVERIFY(live && late);
        // Neither has the focus: the cursor is drawn alike.
        QWidget other;
        other.show();
        other.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&other));

        FakeSource *source = attach(*live);
        source->replay({});
        for (qsizetype at = 0; at < bytes.size(); at += 60'000) {
            source->send(bytes.mid(at, 60'000));
            QTRY_COMPARE(source->used, source->sent);
        }

        FakeSource *first = attach(*late); // has seen something else before
        first->send(test::mixedText(50'000) + "\x1b[?1049h\x1b[31m\x1b[?25l\x1b[4h\x1b[2;4rleft in a mess \xe4\xb8");
        QTRY_COMPARE(first->used, first->sent);
        FakeSource *second = attach(*late);
        QSignalSpy finished(late.get(), &TerminalView::replayFinished);
        second->replay(bytes);
        QVERIFY(finished.wait(10'000));

        QCOMPARE(late->screenText(), live->screenText());
        const QImage expected = picture(*live);
        const QImage actual = picture(*late);
        if (actual != expected) {
            expected.save(u"replay-expected.png"_s);
            actual.save(u"replay-actual.png"_s);
        }
        QVERIFY(actual == expected);
    }

    void theFormerPictureStaysUntilTheNewOneIsWhole()
    {
        const auto view = shown();
        QVERIFY(view);
        FakeSource *source = attach(*view);
        source->send("\x1b[41m\x1b[2J");
        const QImage before = picture(*view);

        const QByteArray replay = "\x1b[44m\x1b[2J" + test::mixedText(900'000);
        QSignalSpy finished(view.get(), &TerminalView::replayFinished);
        int paints = 0;
        struct PaintCounter : QObject {
            int *count;
            bool eventFilter(QObject *, QEvent *event) override
            {
                *count += event->type() == QEvent::Paint;
                return false;
            }
        } counter;
        counter.count = &paints;
        display(*view)->installEventFilter(&counter);
        FakeSource *next = attach(*view);
        next->replay(replay.left(500'000));
        emit next->replayStarted(replay.size());
        next->flood(replay, replay.size());
        QVERIFY(finished.wait(10'000));
        QCOMPARE(paints, 0);
        QTRY_VERIFY(paints > 0);
        QVERIFY(picture(*view) != before);
    }

    void nothingInAReplayIsAnsweredAndKeysWait()
    {
        const auto view = shown();
        QVERIFY(view);
        FakeSource *source = attach(*view);
        QSignalSpy finished(view.get(), &TerminalView::replayFinished);
        QByteArray replay;
        for (int i = 0; i < 2000; ++i)
            replay += "\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1bZtext\r\n\x05";
        source->replay(replay);
        QTest::keyClicks(display(*view), u"typed early"_s);
        source->send("\x1b[6n"); // the first live query
        QVERIFY(finished.wait(10'000));
        QTRY_VERIFY(source->written.contains('R'));
        QVERIFY2(source->written.startsWith("typed early\x1b["), source->written.toPercentEncoding().constData());
        QCOMPARE(source->written.count('\x1b'), 1);
    }

    void aReplayInTheMiddleOfTheStreamStartsAnew()
    {
        const auto view = shown();
        QVERIFY(view);
        FakeSource *source = attach(*view);
        source->replay("first\r\n");
        source->send(QByteArray(300'000, 'x')); // this viewer falls behind
        source->replay("second\r\n");
        source->send("third");
        QTRY_COMPARE(source->used, source->sent);
        QCOMPARE(view->screenText().trimmed(), u"second\nthird"_s);
    }

    void aStreamThatBreaksDuringItsReplayShowsWhatCame()
    {
        const auto view = shown();
        QVERIFY(view);
        FakeSource *source = attach(*view);
        QSignalSpy ended(view.get(), &TerminalView::ended);
        emit source->replayStarted(1'000'000);
        source->send("as far as it came");
        source->close(0);
        QVERIFY(ended.wait());
        QCOMPARE(view->screenText().trimmed(), u"as far as it came"_s);
        QVERIFY(view->findChild<QTermWidget *>()->updatesEnabled());
    }
};

CAPSULE_GUI_MAIN(TestTerminalReplay)
#include "tst_terminalreplay.moc"
