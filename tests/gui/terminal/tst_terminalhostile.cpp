// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/guimain.h"
#include "gui/terminal/viewfixture.h"

#include <QClipboard>
#include <QPushButton>
#include <QSignalSpy>
#include <QUrl>

using namespace Qt::StringLiterals;
using namespace capsule;

/// What a program prints, and what a clipboard holds, is hostile.
class TestTerminalHostile : public test::ViewFixture
{
    Q_OBJECT

private slots:
    void cleanup() { removeView(); }

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

    void answersToAProgramThatDoesNotReadAreDropped()
    {
        show();
        m_source->unsent = 2 * 1024 * 1024;
        feed("\x1b[c\x1b[c\x1b[c");
        QCOMPARE(m_source->written, QByteArray());
    }

    void hostileOutputHarmsNothing_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("clipboard read") << QByteArray("\x1b]52;c;?\x07");
        QTest::newRow("title report") << QByteArray("\x1b]0;x\x07\x1b[21t");
        QTest::newRow("DECRQSS") << QByteArray("\x1bP$q\"p\x1b\\");
        QTest::newRow("sets background") << QByteArray("\x1b]11;#112233\x07");
        QTest::newRow("huge parameters") << QByteArray(
            "\x1b[999999999;999999999H\x1b[999999999L\x1b[2147483647@\x1b[99999999999999999X\x1b[4294967297P");
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
        feed("\a\x1b\\\x1b"
             "c\x1b[2J\x1b[3J\x1b[Hstill here");
        QTRY_COMPARE(screen(), u"still here"_s);
        QCOMPARE(m_view->terminalSize(), size);
        QCOMPARE(m_view->size(), QSize(900, 560));
    }
};

CAPSULE_GUI_MAIN(TestTerminalHostile)
#include "tst_terminalhostile.moc"
