// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/guimain.h"
#include "gui/terminal/viewfixture.h"

#include <QAction>
#include <QClipboard>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestTerminalView : public test::ViewFixture
{
    Q_OBJECT
private slots:
    void cleanup() { removeView(); }

    void outputIsOnTheScreen()
    {
        show();
        feed("hello \x1b[1;32mgreen\x1b[0m w\xc3\xb6rld\r\n\xe4\xbd\xa0\xe5\xa5\xbd \xe2\x94\x82\r\n");
        QCOMPARE(screen(), u"hello green wörld\n你好 │"_s);
    }

    void keysArriveAsBytes_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("modifiers");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("letter") << int(Qt::Key_A) << 0 << QByteArray("a");
        QTest::newRow("enter") << int(Qt::Key_Return) << 0 << QByteArray("\r");
        QTest::newRow("backspace") << int(Qt::Key_Backspace) << 0 << QByteArray("\x7f");
        QTest::newRow("Ctrl+Backspace") << int(Qt::Key_Backspace) << int(Qt::ControlModifier) << QByteArray("\b");
        QTest::newRow("Alt+Backspace") << int(Qt::Key_Backspace) << int(Qt::AltModifier) << QByteArray("\x1b\x7f");
        QTest::newRow("tab") << int(Qt::Key_Tab) << 0 << QByteArray("\t");
        QTest::newRow("escape") << int(Qt::Key_Escape) << 0 << QByteArray("\x1b");
        QTest::newRow("up") << int(Qt::Key_Up) << 0 << QByteArray("\x1b[A");
        QTest::newRow("interrupt") << int(Qt::Key_C) << int(Qt::ControlModifier) << QByteArray("\x03");
        QTest::newRow("Ctrl+S is not flow control") << int(Qt::Key_S) << int(Qt::ControlModifier) << QByteArray("\x13");
        QTest::newRow("Ctrl+P") << int(Qt::Key_P) << int(Qt::ControlModifier) << QByteArray("\x10");
        QTest::newRow("Alt+B") << int(Qt::Key_B) << int(Qt::AltModifier)
                               << QByteArray("\x1b"
                                             "b");
    }
    void keysArriveAsBytes()
    {
        QFETCH(int, key);
        QFETCH(int, modifiers);
        show();
        QTest::keyClick(display(), Qt::Key(key), Qt::KeyboardModifiers(modifiers));
        QTEST(m_source->written, "bytes");
    }

    void queriesOfTheProgramAreAnswered()
    {
        show();
        feed("\x1b[2;5H\x1b[6n");
        QCOMPARE(m_source->written, QByteArray("\x1b[2;5R"));
    }

    void draggingTheEdgeTellsFewSizes()
    {
        show();
        QSignalSpy changed(m_view.get(), &TerminalView::sizeChanged);
        m_source->sizes.clear();
        for (int width = 900; width > 600; width -= 2)
            m_view->resize(width, 560);
        QTRY_VERIFY(terminal()->screenColumnsCount() < 75);
        QTRY_COMPARE(m_view->terminalSize().columns, terminal()->screenColumnsCount());
        QTest::qWait(80); // what else may follow
        QVERIFY2(m_source->sizes.size() <= 5, qPrintable(QString::number(m_source->sizes.size())));
        QCOMPARE(changed.size(), qsizetype(m_source->sizes.size()));
        QCOMPARE(m_source->sizes.back(), m_view->terminalSize());
        QCOMPARE(m_view->terminalSize().columns, terminal()->screenColumnsCount());
        QCOMPARE(m_view->terminalSize().rows, terminal()->screenLinesCount());
    }

    void zoomingTellsTheSize()
    {
        show();
        QSignalSpy zoomed(m_view.get(), &TerminalView::zoomChanged);
        const TerminalSize before = m_view->terminalSize();
        QTest::keyClick(display(), Qt::Key_Plus, Qt::ControlModifier);
        QTest::keyClick(display(), Qt::Key_Plus, Qt::ControlModifier);
        QTRY_VERIFY(m_source->sizes.back().columns < before.columns);
        QCOMPARE(m_view->zoom(), 2);
        QTest::keyClick(display(), Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(m_view->zoom(), 1);
        QTest::keyClick(display(), Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(m_view->zoom(), 0);
        QCOMPARE(zoomed.size(), 4);
        QTRY_COMPARE(m_source->sizes.back(), before);
        m_view->setZoom(1000);
        QVERIFY(m_view->zoom() < 100);
        QCOMPARE(m_source->written, QByteArray()); // shortcuts are no keys of the program
    }

    void aNewStreamHearsTheSize()
    {
        show();
        const TerminalSize size = m_view->terminalSize();
        attach();
        QCOMPARE(m_source->sizes, std::vector<TerminalSize>{size});
    }

    void theBellRings()
    {
        show();
        QSignalSpy bell(m_view.get(), &TerminalView::bell);
        feed("\a");
        QTRY_COMPARE(bell.size(), 1);
    }

    void copyTakesTheSelection()
    {
        show();
        feed("first line\r\nsecond line\r\n");
        QVERIFY(!m_view->terminalActions().copy->isEnabled());
        m_view->terminalActions().selectAll->trigger();
        QVERIFY(m_view->hasSelection());
        QVERIFY(m_view->terminalActions().copy->isEnabled());
        QTest::keyClick(display(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(QApplication::clipboard()->text().startsWith(u"first line\nsecond line\n"_s));
        QCOMPARE(QApplication::clipboard()->text().count(u'\n'), 2); // not the empty rest of the screen
        QCOMPARE(m_source->written, QByteArray());
    }

    void findOpensTheBarAndSelectsTheMatch()
    {
        show();
        feed("apple\r\nbanana\r\ncherry\r\n");
        QTest::keyClick(display(), Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        auto *edit = m_view->findChild<QLineEdit *>();
        QTRY_VERIFY(edit->isVisible() && edit->hasFocus());
        QTest::keyClicks(edit, u"BANAN"_s);
        QTRY_COMPARE(terminal()->selectedText(), u"banan"_s);
        QTest::keyClick(edit, Qt::Key_Escape);
        QTRY_VERIFY(!edit->isVisible());
        QTRY_VERIFY(display()->hasFocus());
        QCOMPARE(m_source->written, QByteArray());
    }

    void clearScrollbackKeepsTheScreen()
    {
        show();
        for (int i = 0; i < 200; ++i)
            feed("line " + QByteArray::number(i) + "\r\n");
        QVERIFY(terminal()->historyLinesCount() > 100);
        m_view->terminalActions().clearScrollback->trigger();
        QCOMPARE(terminal()->historyLinesCount(), 0);
        QVERIFY(screen().endsWith("line 199"_L1));
        QVERIFY(!screen().contains("line 0\n"_L1));
        feed("more\r\n");
        QCOMPARE(terminal()->historyLinesCount(), 1);
    }

    void historyIsBounded()
    {
        TerminalAppearance appearance;
        appearance.historyLines = 500;
        show(appearance);
        QByteArray lines;
        for (int i = 0; i < 3000; ++i)
            lines += QByteArray::number(i) + "\r\n";
        feed(lines);
        QCOMPARE(terminal()->historyLinesCount(), 500);
    }

    void theEndComesAfterTheLastOutput()
    {
        show();
        QSignalSpy ended(m_view.get(), &TerminalView::ended);
        m_source->send(test::mixedText(200'000));
        m_source->send("the last word\r\n");
        m_source->close(3);
        QVERIFY(!m_view->isAttached());
        QVERIFY(ended.wait());
        QVERIFY(screen().endsWith("the last word"_L1));
        QCOMPARE(ended.first().first().value<api::ChannelClosedParams>().exitCode, 3);
        QTest::keyClick(display(), Qt::Key_X); // goes nowhere, harms nothing
    }

    void aStreamThatBreaksItsWindowIsEnded()
    {
        show();
        QSignalSpy ended(m_view.get(), &TerminalView::ended);
        const QByteArray frame(64 * 1024, 'x');
        for (int i = 0; i < 40 && m_view->isAttached(); ++i)
            m_source->send(frame);
        QVERIFY(!m_view->isAttached());
        QVERIFY(ended.wait());
        QCOMPARE(ended.first().first().value<api::ChannelClosedParams>().error->code, ErrorCode::ProtocolError);
    }

    void theOwnerMayDeleteTheViewInItsSignals()
    {
        show();
        connect(m_view.get(), &TerminalView::ended, this, [this] { m_view.reset(); });
        m_source->send("bye");
        m_source->close(0);
        QTRY_VERIFY(!m_view);
    }

    void noticesHaveAnAction()
    {
        show();
        int pressed = 0;
        m_view->showNotice(u"<b>The engine</b> went away."_s, u"Reconnect"_s, [&] { ++pressed; });
        QVERIFY(m_view->hasNotice());
        const auto buttons = m_view->findChildren<QPushButton *>();
        const auto it = std::ranges::find_if(buttons, [](QPushButton *button) { return button->text() == "Reconnect"_L1; });
        QVERIFY(it != buttons.end());
        QTest::mouseClick(*it, Qt::LeftButton);
        QCOMPARE(pressed, 1);
        QVERIFY(!m_view->hasNotice());
        m_view->showNotice(u"again"_s);
        m_view->hideNotice();
        QVERIFY(!m_view->hasNotice());
    }
};

CAPSULE_GUI_MAIN(TestTerminalView)
#include "tst_terminalview.moc"
