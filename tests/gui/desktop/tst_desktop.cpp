// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/enginelink.h"
#include "desktop/prompts.h"
#include "desktop/sessionactions.h"
#include "desktop/tray/trayicon.h"
#include "desktop/widgets/agentcard.h"
#include "desktop/widgets/foldout.h"
#include "desktop/widgets/messagebar.h"
#include "desktop/windows/launchpage.h"
#include "desktop/windows/mainactions.h"
#include "desktop/windows/mainwindow.h"
#include "desktop/windows/startpage.h"
#include "gui/desktop/desktoprig.h"
#include "gui/guimain.h"

#include <QLabel>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::AnsweringPrompts;
using test::DesktopRig;

/// Windows that need no engine.
class TestDesktop : public QObject
{
    Q_OBJECT

    static SessionInfo creating()
    {
        SessionInfo session;
        session.id = u"s1"_s;
        session.name = u"demo"_s;
        session.agentName = u"Shell"_s;
        session.jobId = u"j1"_s;
        session.revision = 1;
        return session;
    }

    static bool shows(QWidget &page, const QString &text)
    {
        const auto labels = page.findChildren<QLabel *>();
        return std::ranges::any_of(labels, [&](QLabel *label) { return label->isVisible() && label->text().contains(text); });
    }
    static QPushButton *visibleButton(QWidget &page, const QString &text)
    {
        const auto buttons = page.findChildren<QPushButton *>();
        for (QPushButton *button : buttons) {
            if (button->isVisible() && QString(button->text()).remove(u'&') == text)
                return button;
        }
        return nullptr;
    }

private slots:
    void aLaunchShowsPhaseProgressAndOutput()
    {
        SessionModel model;
        EngineLink link(&model);
        AnsweringPrompts::Script script;
        AnsweringPrompts prompts(script);
        SessionActions actions(link, model, prompts);
        LaunchPage page(creating(), link, actions);
        page.resize(800, 600);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        JobInfo job;
        job.id = u"j1"_s;
        job.phase = u"Copying the workspace"_s;
        job.done = 250;
        job.total = 1000;
        job.unit = u"bytes"_s;
        page.setJob(job);
        QVERIFY(shows(page, u"Copying the workspace"_s));
        auto *bar = page.findChild<QProgressBar *>();
        QCOMPARE(bar->value() * 4, bar->maximum());
        QVERIFY(visibleButton(page, u"Cancel"_s));
        QVERIFY(visibleButton(page, u"Cancel"_s)->isEnabled());
        page.appendOutput(u"\x1b[32mStep 1/7\x1b[0m : FROM debian\r\n"_s);
        QCOMPARE(page.findChild<QPlainTextEdit *>()->toPlainText(), u"Step 1/7 : FROM debian\n"_s);
        QVERIFY(!page.findChild<Foldout *>()->isOpen());
    }

    void aFailedLaunchSaysWhyAndOffersToTryAgain()
    {
        SessionModel model;
        EngineLink link(&model);
        AnsweringPrompts::Script script;
        AnsweringPrompts prompts(script);
        SessionActions actions(link, model, prompts);
        LaunchPage page(creating(), link, actions);
        page.resize(800, 600);
        page.show();
        SessionInfo failed = creating();
        failed.state = SessionState::Failed;
        failed.message = u"The image could not be built; read the output and try again."_s;
        failed.detail = u"E: Unable to locate package"_s;
        page.setSession(failed);
        QVERIFY(shows(page, failed.message));
        QVERIFY(visibleButton(page, u"Try Again"_s));
        QVERIFY(visibleButton(page, u"Remove"_s));
        QVERIFY(!visibleButton(page, u"Cancel"_s));
        page.findChild<Foldout *>()->setOpen(true);
        QVERIFY(page.findChild<QPlainTextEdit *>()->toPlainText().contains(failed.detail));
    }

    void theStartPageHasACardForEachAgent()
    {
        StartPage page;
        AgentInfo shell;
        shell.id = u"shell"_s;
        AgentInfo claude;
        claude.id = u"claude-code"_s;
        page.setAgents({shell, claude});
        page.show();
        QSignalSpy asked(&page, &StartPage::newSessionRequested);
        const auto cards = page.findChildren<AgentCard *>();
        QCOMPARE(cards.size(), 2);
        QTest::mouseClick(cards[1], Qt::LeftButton);
        QCOMPARE(asked.last()[0].toString(), u"claude-code"_s);
        visibleButton(page, u"New Session…"_s)->click();
        QCOMPARE(asked.last()[0].toString(), QString());
    }

    void actionsFollowTheStateTable_data()
    {
        QTest::addColumn<SessionState>("state");
        QTest::addColumn<bool>("start");
        QTest::addColumn<bool>("stop");
        QTest::addColumn<bool>("terminal");
        QTest::newRow("running") << SessionState::Running << false << true << true;
        QTest::newRow("stopped") << SessionState::Stopped << true << false << false;
        QTest::newRow("interrupted") << SessionState::Interrupted << true << false << false;
        QTest::newRow("creating") << SessionState::Creating << false << false << false;
        QTest::newRow("failed") << SessionState::Failed << false << false << false;
    }
    void actionsFollowTheStateTable()
    {
        QFETCH(SessionState, state);
        QMainWindow window;
        MainActions actions(&window);
        actions.fillMenuBar();
        SessionInfo session = creating();
        actions.setSession(&session, true); // whatever was before leaves nothing behind
        session.state = state;
        actions.setSession(&session, true);
        QTEST(actions.start->isEnabled(), "start");
        QTEST(actions.stop->isEnabled(), "stop");
        QVERIFY(actions.stop->isVisible() != actions.start->isVisible());
        QTEST(actions.newTerminal->isEnabled(), "terminal");
        actions.setSession(&session, false); // no engine: nothing can be done
        QVERIFY(!actions.start->isEnabled() && !actions.stop->isEnabled() && !actions.remove->isEnabled() && !actions.newSession->isEnabled());
    }

    void aDestructiveQuestionDefaultsToCancel()
    {
        QWidget window;
        window.show();
        bool accepted = false;
        dialogPrompts()->confirm(&window, {.title = u"Delete"_s, .text = u"Delete “<b>x</b>”?"_s, .details = u"2 terminals end."_s,
                                           .accept = u"&Delete"_s, .destructive = true},
                                 &window, [&] { accepted = true; });
        auto *box = window.findChild<QMessageBox *>();
        QVERIFY(box);
        QCOMPARE(box->textFormat(), Qt::PlainText);
        QVERIFY(QTest::qWaitForWindowActive(box));
        QTest::keyClick(box, Qt::Key_Return);
        QTRY_VERIFY(!window.findChild<QMessageBox *>());
        QVERIFY(!accepted);
    }

    void withoutAnEngineTheWindowSaysSo()
    {
        qputenv("PATH", "/nowhere");
        DesktopRig rig;
        Application &desktop = rig.startDesktop();
        QVERIFY(QTest::qWaitForWindowExposed(&desktop.window()));
        QTRY_COMPARE(desktop.link().state(), EngineLink::State::Stopped);
        QVERIFY(visibleButton(desktop.window(), u"Start Engine"_s));
        QVERIFY(!desktop.window().mainActions().newSession->isEnabled());
    }
};

CAPSULE_GUI_MAIN(TestDesktop)
#include "tst_desktop.moc"
