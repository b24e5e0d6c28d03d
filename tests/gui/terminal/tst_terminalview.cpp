// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalview.h"

#include "gui/guimain.h"
#include "gui/terminal/fakesource.h"

#include <QAction>
#include <QClipboard>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>
#include <QUrl>

#include <qtermwidget.h>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::FakeSource;

class TestTerminalView : public QObject
{
    Q_OBJECT

    std::unique_ptr<TerminalView> m_view;
    QPointer<FakeSource> m_source;

    QTermWidget *terminal() const { return m_view->findChild<QTermWidget *>(); }
    QWidget *display() const
    {
        for (QObject *child : terminal()->children()) {
            if (child->inherits("Konsole::TerminalDisplay"))
                return qobject_cast<QWidget *>(child);
        }
        return nullptr;
    }
    void show(const TerminalAppearance &appearance = {})
    {
        m_view = std::make_unique<TerminalView>(appearance);
        m_view->resize(900, 560);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
        attach();
        m_view->setFocus();
        QTRY_VERIFY(display()->hasFocus());
        QTRY_VERIFY(!m_source->sizes.empty());
    }
    void attach()
    {
        auto source = std::make_unique<FakeSource>();
        m_source = source.get();
        m_view->attach(std::move(source));
    }
    void feed(const QByteArray &bytes)
    {
        m_source->send(bytes);
        QTRY_COMPARE(m_source->used, m_source->sent);
    }
    QString screen() const { return m_view->screenText().trimmed(); }

private slots:
    void cleanup()
    {
        m_view.reset();
        QVERIFY(!m_source || QTest::qWaitFor([this] { return m_source.isNull(); })); // deleting the view detaches
    }

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
        QTest::newRow("Alt+B") << int(Qt::Key_B) << int(Qt::AltModifier) << QByteArray("\x1b" "b");
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

    void answersToAProgramThatDoesNotReadAreDropped()
    {
        show();
        m_source->unsent = 2 * 1024 * 1024;
        feed("\x1b[c\x1b[c\x1b[c");
        QCOMPARE(m_source->written, QByteArray());
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

    void titlesComePlain()
    {
        show();
        QSignalSpy titles(m_view.get(), &TerminalView::titleChanged);
        feed("\x1b]2;a \xe2\x80\xaetit\xe2\x80\x8ble\x07");
        QTRY_COMPARE(m_view->title(), u"a title"_s);
        QVERIFY(!titles.isEmpty());
        feed("\x1b]2;" + QByteArray(5000, 'x') + "\x07");
        QTest::qWait(60);
        QVERIFY(m_view->title().size() <= 120);
        for (const auto &arguments : std::as_const(titles))
            QVERIFY(arguments.first().toString().size() <= 120);
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

    void pastingOneLineJustPastes()
    {
        show();
        QApplication::clipboard()->setText(u"echo \u001b[201~hi"_s);
        QTest::keyClick(display(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(m_source->written, QByteArray("echo hi"));
    }

    void pastingLinesAsksUnlessTheProgramTakesPastes()
    {
        show();
        QStringList questions;
        std::function<void()> yes;
        m_view->setAsk([&](const QString &question, const QString &, std::function<void()> answer) {
            questions << question;
            yes = std::move(answer);
        });
        m_view->paste(u"one\ntwo\n"_s);
        QCOMPARE(questions.size(), 1);
        QCOMPARE(m_source->written, QByteArray());
        yes();
        QCOMPARE(m_source->written, QByteArray("one\rtwo\r"));

        m_source->written.clear();
        feed("\x1b[?2004h");
        m_view->paste(u"one\ntwo\u001b[201~\n"_s);
        QCOMPARE(questions.size(), 1);
        QCOMPARE(m_source->written, QByteArray("\x1b[200~one\rtwo\r\x1b[201~"));
    }

    void theMiddleButtonPastesCleaned()
    {
        if (!QApplication::clipboard()->supportsSelection())
            QSKIP("this display has no primary selection");
        show();
        QApplication::clipboard()->setText(u"a\u001bb"_s, QClipboard::Selection);
        QTest::mouseClick(display(), Qt::MiddleButton, {}, {50, 50});
        QCOMPARE(m_source->written, QByteArray("ab"));
    }

    void theBarAsksWhereNobodyElseDoes()
    {
        show();
        m_view->paste(u"one\ntwo"_s);
        auto *accept = qobject_cast<QPushButton *>(m_view->findChildren<QPushButton *>().last());
        QTRY_VERIFY(accept->isVisible());
        QTest::mouseClick(accept, Qt::LeftButton);
        QCOMPARE(m_source->written, QByteArray("one\rtwo"));
        QVERIFY(!accept->isVisible());
        QTRY_VERIFY(display()->hasFocus());
    }

    void anAbsurdPasteIsRefused()
    {
        show();
        m_view->paste(QString(6'000'000, u'x'));
        QCOMPARE(m_source->written, QByteArray());
    }

    void linksOpenByCtrlClickAndOthersAsk()
    {
        show();
        QList<QUrl> opened;
        QStringList questions;
        m_view->setUrlOpener([&](const QUrl &url) { opened << url; });
        m_view->setAsk([&](const QString &question, const QString &, const std::function<void()> &) { questions << question; });
        feed("\x1b[H\x1b[2Jhttps://example.org/a\r\nfile:///etc/passwd\r\n");
        QTest::qWait(100); // the widget looks for links when it repaints
        const int row = display()->fontMetrics().height();
        const QPoint first(40, 6 + row / 2);
        const QPoint second(40, 6 + row + row / 2);
        QTest::mouseClick(display(), Qt::LeftButton, {}, first);
        QCOMPARE(opened.size(), 0);
        const auto ctrlClick = [this](const QPoint &at) {
            QTest::keyPress(display(), Qt::Key_Control);
            QTest::mouseClick(display(), Qt::LeftButton, Qt::ControlModifier, at);
            QTest::keyRelease(display(), Qt::Key_Control);
        };
        ctrlClick(first);
        QCOMPARE(opened, QList<QUrl>{QUrl(u"https://example.org/a"_s)});
        ctrlClick(second);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(questions.size(), 1);
        QVERIFY(questions.first().contains("file:///etc/passwd"_L1));
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

    void hostileOutputHarmsNothing_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("clipboard read") << QByteArray("\x1b]52;c;?\x07");
        QTest::newRow("title report") << QByteArray("\x1b]0;x\x07\x1b[21t");
        QTest::newRow("DECRQSS") << QByteArray("\x1bP$q\"p\x1b\\");
        QTest::newRow("sets background") << QByteArray("\x1b]11;#112233\x07");
        QTest::newRow("huge parameters") << QByteArray("\x1b[999999999;999999999H\x1b[999999999L\x1b[2147483647@\x1b[99999999999999999X\x1b[4294967297P");
        QTest::newRow("many parameters") << "\x1b[" + QByteArray("1;").repeated(5000) + "m";
        QTest::newRow("window size") << QByteArray("\x1b[8;5000;5000t\x1b[?3h\x1b[?40h");
        QTest::newRow("unfinished string") << "\x1b]0;" + QByteArray(200'000, 'a');
        QTest::newRow("control characters") << [] {
            QByteArray all;
            for (int c = 0; c < 256; ++c)
                all += char(c);
            return all.repeated(4);
        }();
    }
    void hostileOutputHarmsNothing()
    {
        QFETCH(QByteArray, bytes);
        show();
        QApplication::clipboard()->setText(u"secret"_s);
        const TerminalSize size = m_view->terminalSize();
        feed(bytes);
        QTest::qWait(60);
        QVERIFY(!m_source->written.contains("secret"));
        QVERIFY2(!m_source->written.contains('\r') && !m_source->written.contains('\n'), m_source->written.toPercentEncoding().constData());
        feed("\a\x1b\\\x1b" "c\x1b[2J\x1b[3J\x1b[Hstill here");
        QTRY_COMPARE(screen(), u"still here"_s);
        QCOMPARE(m_view->terminalSize(), size);
        QCOMPARE(m_view->size(), QSize(900, 560));
    }
};

CAPSULE_GUI_MAIN(TestTerminalView)
#include "tst_terminalview.moc"
