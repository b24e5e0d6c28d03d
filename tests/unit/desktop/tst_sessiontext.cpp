// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/models/sessiontext.h"
#include "desktop/models/terminalnotice.h"
#include "samples.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::session;

class TestSessionText : public QObject
{
    Q_OBJECT

    static JobInfo job(qint64 done, qint64 total, const QString &unit)
    {
        JobInfo info;
        info.done = done;
        info.total = total;
        info.unit = unit;
        return info;
    }

private slots:
    void agesAreShort_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("clock went back") << -90ll << u"just now"_s;
        QTest::newRow("seconds") << 59ll << u"just now"_s;
        QTest::newRow("minutes") << 60ll << u"1 min"_s;
        QTest::newRow("hours") << 3600ll * 5 + 10 << u"5 h"_s;
        QTest::newRow("a day") << 86400ll << u"1 day"_s;
        QTest::newRow("days") << 86400ll * 12 << u"12 days"_s;
    }
    void agesAreShort()
    {
        QFETCH(qint64, seconds);
        const QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, QTimeZone::UTC);
        QTEST(ageText(now.addSecs(-seconds), now), "text");
    }

    void statesAreToldApartOnLightAndDark_data()
    {
        QTest::addColumn<QColor>("background");
        QTest::newRow("light") << QColor(Qt::white);
        QTest::newRow("dark") << QColor(0x20, 0x22, 0x26);
    }
    void statesAreToldApartOnLightAndDark()
    {
        QFETCH(QColor, background);
        const auto luminance = [](const QColor &color) { // of WCAG 2.1
            const auto part = [](float value) { return value <= 0.03928f ? value / 12.92f : std::pow((value + 0.055f) / 1.055f, 2.4f); };
            return 0.2126f * part(color.redF()) + 0.7152f * part(color.greenF()) + 0.0722f * part(color.blueF());
        };
        for (const auto &entry : wire::enumNames<SessionState>) {
            const float a = luminance(stateColor(entry.value, background));
            const float b = luminance(background);
            const float contrast = (qMax(a, b) + 0.05f) / (qMin(a, b) + 0.05f);
            QVERIFY2(contrast >= 3, entry.name); // what WCAG asks of graphics and large text
            QVERIFY(!stateWord(entry.value).isEmpty());
        }
    }

    void deletionNamesWhatIsLost()
    {
        SessionInfo info = session(u"a"_s, u"a"_s, 0, 2);
        QCOMPARE(deletionLoss(info), u"Files in its workspace will be deleted. 2 terminals end."_s);
        info.terminals[0].state = TerminalState::Exited;
        QVERIFY(deletionLoss(info).endsWith(u"1 terminal ends."_s));
        info.workspace = {WorkspaceKind::Copy, u"/home/me/src"_s};
        QVERIFY(deletionLoss(info).contains(u"/home/me/src"_s));
    }

    void stoppingEverythingNamesTheSessions()
    {
        std::vector<SessionInfo> sessions;
        for (int i = 0; i < 10; ++i)
            sessions.push_back(session(QString::number(i), u"job %1"_s.arg(i)));
        sessions.push_back(session(u"s"_s, u"asleep"_s));
        sessions.back().state = SessionState::Stopped;
        const QString text = stopEverythingText(sessions, 8);
        QVERIFY(text.contains(u"job 0"_s));
        QVERIFY(text.contains(u"and 2 more"_s));
        QVERIFY(!text.contains(u"asleep"_s));
        QVERIFY(stopEverythingText({}).startsWith(u"No session"_s));
    }

    void progressSpeaksOfItsUnit_data()
    {
        QTest::addColumn<JobInfo>("job");
        QTest::addColumn<QString>("text");
        QTest::newRow("bytes") << job(1'400'000, 12'000'000, u"bytes"_s) << u"1.4 MB of 12 MB"_s;
        QTest::newRow("bytes, total unknown") << job(2'000, 0, u"bytes"_s) << u"2.0 kB"_s;
        QTest::newRow("steps") << job(3, 7, u"steps"_s) << u"Step 3 of 7"_s;
        QTest::newRow("beyond the last step") << job(9, 7, u"steps"_s) << u"Step 7 of 7"_s;
        QTest::newRow("files") << job(5, 50, u"files"_s) << u"5 of 50 files"_s;
        QTest::newRow("nothing known") << JobInfo{} << QString();
    }
    void progressSpeaksOfItsUnit()
    {
        QFETCH(JobInfo, job);
        QTEST(progressText(job), "text");
    }

    void aToolTipIsNeverHtmlOfTheUser()
    {
        const QString tip = sessionToolTip(session(u"a"_s, u"<img src=x>"_s));
        QVERIFY(!tip.contains(u"<img"_s));
        QVERIFY(tip.contains(u"&lt;img"_s));
    }

    void aRunningTerminalNeedsNoNotice()
    {
        const SessionInfo info = session(u"a"_s, u"a"_s);
        QCOMPARE(terminalNotice(info, &info.terminals[0]), TerminalNotice());
    }

    void anEndedTerminalSaysHow_data()
    {
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("text");
        QTest::newRow("well") << 0 << u"bash ended."_s;
        QTest::newRow("code") << 1 << u"bash ended with exit code 1."_s;
        QTest::newRow("signal") << 137 << u"bash was ended by signal 9."_s;
        QTest::newRow("no signal has this number") << 255 << u"bash ended with exit code 255."_s;
    }
    void anEndedTerminalSaysHow()
    {
        QFETCH(int, exitCode);
        SessionInfo info = session(u"a"_s, u"a"_s);
        info.terminals[0].state = TerminalState::Exited;
        info.terminals[0].exitCode = exitCode;
        const TerminalNotice notice = terminalNotice(info, &info.terminals[0]);
        QTEST(notice.text, "text");
        QCOMPARE(notice.actions, QList({NoticeAction::NewTerminal, NoticeAction::CloseTab}));
    }

    void aStoppedSessionOffersToStart()
    {
        SessionInfo info = session(u"a"_s, u"a"_s);
        info.state = SessionState::Stopped;
        QVERIFY(terminalNotice(info, &info.terminals[0]).actions.contains(NoticeAction::StartSession));
        info.state = SessionState::Interrupted;
        info.message = u"The container was removed by somebody else."_s;
        QCOMPARE(terminalNotice(info, nullptr).text, info.message);
    }
};

QTEST_GUILESS_MAIN(TestSessionText)
#include "tst_sessiontext.moc"
