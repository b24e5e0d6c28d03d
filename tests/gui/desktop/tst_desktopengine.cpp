// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/enginelink.h"
#include "desktop/sessionactions.h"
#include "desktop/terminal/terminalview.h"
#include "desktop/tray/trayicon.h"
#include "desktop/widgets/messagebar.h"
#include "desktop/windows/mainactions.h"
#include "desktop/windows/mainwindow.h"
#include "desktop/windows/sessiontabs.h"
#include "desktop/windows/terminalpage.h"
#include "gui/desktop/desktoprig.h"
#include "gui/guimain.h"

#include <QFileInfo>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::AnsweringPrompts;
using test::DesktopRig;

/// The whole desktop against a real engine whose sandboxes are in memory.
class TestDesktopEngine : public QObject
{
    Q_OBJECT

    std::unique_ptr<DesktopRig> m_rig;

    MainWindow &window() { return m_rig->desktop->window(); }
    SessionModel &sessions() { return m_rig->desktop->sessions(); }
    MessageBar *barWith(const QString &text)
    {
        const auto bars = window().findChildren<MessageBar *>();
        for (MessageBar *bar : bars) {
            if (bar->isVisible() && bar->text().contains(text))
                return bar;
        }
        return nullptr;
    }
    static void press(MessageBar *bar, const QString &button)
    {
        const auto buttons = bar->findChildren<QPushButton *>();
        for (QPushButton *candidate : buttons) {
            if (!candidate->isHidden() && QString(candidate->text()).remove(u'&') == button)
                return candidate->click();
        }
        QFAIL(qPrintable(u"no button "_s + button));
    }

private slots:
    void initTestCase()
    {
        if (!QFileInfo(DesktopRig::engineProgram()).isExecutable())
            QFAIL("capsule-engine has not been built");
    }
    void init()
    {
        m_rig = std::make_unique<DesktopRig>();
        QVERIFY2(m_rig->startFakeEngine(), qPrintable(m_rig->engineLog()));
        m_rig->startDesktop();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_VERIFY(m_rig->desktop->link().isConnected());
    }
    void cleanup() { m_rig.reset(); }

    void aSessionMadeInTheDialogCanBeTypedInto()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        QCOMPARE(window().tabs().count(), 1);
        QCOMPARE(window().tabs().tabText(0), u"demo · Terminal 1"_s);
        QTRY_VERIFY(m_rig->currentView()->isAncestorOf(QApplication::focusWidget()));
        m_rig->type(u"echo hello\n"_s);
        QTRY_VERIFY(m_rig->screen().count(u"hello"_s) >= 2); // as typed, as printed
    }

    void aSecondTerminalOpensBesideTheFirst()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        window().mainActions().newTerminal->trigger();
        QTRY_COMPARE(window().tabs().count(), 2);
        QCOMPARE(window().tabs().currentIndex(), 1);
        QTRY_COMPARE(window().tabs().tabText(1), u"demo · Terminal 2"_s);
        window().mainActions().previousTab->trigger();
        QCOMPARE(window().tabs().currentIndex(), 0);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_2, Qt::AltModifier);
        QTRY_COMPARE(window().tabs().currentIndex(), 1);
    }

    void closingATabDetachesAndOpeningTheSessionBringsItBack()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        m_rig->type(u"echo kept\n"_s);
        QTRY_VERIFY(m_rig->screen().count(u"kept"_s) >= 2);
        const QString before = m_rig->screen();
        window().tabs().closeTab(0);
        QCOMPARE(window().tabs().count(), 0);
        QTRY_COMPARE(sessions().at(0)->terminals.at(0).viewers, 0);
        QCOMPARE(sessions().at(0)->terminals.at(0).state, TerminalState::Running);
        auto *list = window().findChild<QListView *>(u"sessionList"_s);
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Return);
        QTRY_COMPARE(window().tabs().count(), 1);
        QTRY_COMPARE(m_rig->screen(), before);
    }

    void aNewNameShowsEverywhere()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        m_rig->script.text = u"better"_s;
        window().mainActions().rename->trigger();
        QTRY_COMPARE(sessions().at(0)->name, u"better"_s);
        QTRY_COMPARE(window().tabs().tabText(0), u"better · Terminal 1"_s);
        QVERIFY(window().windowTitle().contains(u"better"_s));
    }

    void deletingAsksAndNamesWhatIsLost()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        m_rig->script.accept = false;
        window().mainActions().remove->trigger();
        QCOMPARE(m_rig->script.questions.size(), 1);
        QVERIFY(m_rig->script.questions[0].destructive);
        QVERIFY(m_rig->script.questions[0].details.contains(u"1 terminal ends"_s));
        QCOMPARE(sessions().rowCount(), 1);
        m_rig->script.accept = true;
        window().mainActions().remove->trigger();
        QTRY_COMPARE(sessions().rowCount(), 0);
        QCOMPARE(window().tabs().count(), 0);
    }

    void aStoppedSessionStartsAgainInItsTab()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        m_rig->type(u"echo before\n"_s);
        QTRY_VERIFY(m_rig->screen().count(u"before"_s) >= 2);
        window().mainActions().stop->trigger();
        QTRY_COMPARE(sessions().at(0)->state, SessionState::Stopped);
        QTRY_VERIFY(barWith(u"The session is stopped"_s));
        QVERIFY(m_rig->screen().contains(u"before"_s)); // the last screen stays
        press(barWith(u"The session is stopped"_s), u"Start"_s);
        QTRY_COMPARE(sessions().at(0)->state, SessionState::Running);
        QTRY_VERIFY(m_rig->currentPage()->isTerminalRunning());
        QCOMPARE(window().tabs().count(), 1);
        QTRY_VERIFY(!barWith(u"The session"_s));
    }

    void anEndedTerminalSaysSoAndOffersANewOne()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        m_rig->type(u"exit 3\n"_s);
        QTRY_VERIFY(barWith(u"ended with exit code 3"_s));
        press(barWith(u"ended with exit code 3"_s), u"New Terminal"_s);
        QTRY_VERIFY(m_rig->currentPage()->isTerminalRunning());
        QCOMPARE(window().tabs().count(), 1);
    }

    void aBrokenConnectionIsMendedWithTheSameScreen()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        m_rig->type(u"echo still here\n"_s);
        QTRY_VERIFY(m_rig->screen().count(u"still here"_s) >= 2);
        const QString before = m_rig->screen();
        m_rig->desktop->link().client().disconnectFromEngine();
        QTRY_VERIFY(!m_rig->currentView()->isAttached());
        m_rig->desktop->link().reconnect();
        QTRY_VERIFY(m_rig->currentView()->isAttached());
        QTRY_COMPARE(m_rig->screen(), before);
        m_rig->type(u"echo again\n"_s);
        QTRY_VERIFY(m_rig->screen().count(u"again"_s) >= 2);
    }

    void aKilledEngineIsToldAndTheNextOneIsFound()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        m_rig->killEngine();
        QTRY_VERIFY_WITH_TIMEOUT(barWith(u"The engine does not answer"_s), 10'000);
        QVERIFY(!window().mainActions().newSession->isEnabled());
        QVERIFY(m_rig->startFakeEngine());
        if (MessageBar *bar = barWith(u"The engine does not answer"_s))
            press(bar, u"Reconnect"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_rig->desktop->link().isConnected(), 20'000);
        QTRY_VERIFY(!barWith(u"The engine does not answer"_s));
        // The fake's sandboxes died with it: the session is still listed, with a way on.
        QTRY_COMPARE(sessions().rowCount(), 1);
        QTRY_COMPARE(sessions().at(0)->state, SessionState::Interrupted);
        QCOMPARE(window().tabs().count(), 1);
    }

    void theTrayListsSessionsAndOpensThem()
    {
        if (!TrayIcon::isAvailable())
            QSKIP("this display has no system tray");
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        window().close();
        QTRY_VERIFY(!window().isVisible());
        QAction *entry = m_rig->desktop->tray().menu().actions().constFirst();
        QCOMPARE(entry->text(), u"demo"_s);
        entry->trigger();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QCOMPARE(window().tabs().currentSessionId(), sessions().at(0)->id);
    }

    void openTabsComeBackAtTheNextStart()
    {
        QVERIFY(m_rig->createInDialog(u"one"_s));
        m_rig->type(u"echo first\n"_s);
        QTRY_VERIFY(m_rig->screen().count(u"first"_s) >= 2);
        QVERIFY(m_rig->createInDialog(u"two"_s));
        window().tabs().setCurrentIndex(0);
        m_rig->endDesktop();
        m_rig->startDesktop();
        QTRY_COMPARE(window().tabs().count(), 2);
        QCOMPARE(window().tabs().currentIndex(), 0);
        QTRY_VERIFY(m_rig->screen().contains(u"first"_s));
    }

    void twoDesktopsSeeTheSameSessions()
    {
        AnsweringPrompts::Script script;
        const auto second = m_rig->secondDesktop(script);
        QTRY_VERIFY(second->link().isConnected());
        QVERIFY(m_rig->createInDialog(u"shared"_s));
        QTRY_COMPARE(second->sessions().rowCount(), 1);
        second->window().openSession(second->sessions().at(0)->id);
        QTRY_VERIFY(second->window().tabs().currentView());
        window().bringForward();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        m_rig->currentView()->setFocus();
        m_rig->type(u"echo both\n"_s);
        QTRY_VERIFY(second->window().tabs().currentView()->screenText().count(u"both"_s) >= 2);
        script.text = u"theirs"_s;
        second->actions().rename(second->sessions().at(0)->id);
        QTRY_COMPARE(sessions().at(0)->name, u"theirs"_s);
    }

    void aSecondStartOpensTheSessionItNames()
    {
        QVERIFY(m_rig->createInDialog(u"web"_s));
        window().tabs().closeTab(0);
        window().hide();
        m_rig->desktop->handle({.openSession = u"web"_s});
        QTRY_VERIFY(window().isVisible());
        QTRY_COMPARE(window().tabs().count(), 1);
        m_rig->desktop->handle({.openSession = u"nobody"_s});
        QVERIFY(barWith(u"There is no session “nobody”"_s));
    }

    void quitAndStopEverythingEndsTheEngine()
    {
        QVERIFY(m_rig->createInDialog(u"demo"_s));
        QSignalSpy quit(m_rig->desktop.get(), &Application::quitRequested);
        window().mainActions().stopEverything->trigger();
        QCOMPARE(m_rig->script.questions.size(), 1);
        QVERIFY(m_rig->script.questions[0].details.contains(u"demo"_s));
        QTRY_COMPARE(quit.size(), 1);
        QTRY_VERIFY(!EngineStarter::running());
    }
};

CAPSULE_GUI_MAIN(TestDesktopEngine)
#include "tst_desktopengine.moc"
