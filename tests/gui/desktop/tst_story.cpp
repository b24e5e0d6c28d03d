// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/enginelink.h"
#include "desktop/sessionactions.h"
#include "desktop/terminal/terminalview.h"
#include "desktop/tray/trayicon.h"
#include "desktop/widgets/calmstyle.h"
#include "desktop/windows/mainactions.h"
#include "desktop/windows/mainwindow.h"
#include "desktop/windows/sessiontabs.h"
#include "desktop/windows/terminalpage.h"
#include "gui/desktop/desktoprig.h"
#include "gui/guimain.h"

#include <QBuffer>
#include <QFile>
#include <QFileInfo>
#include <QPainter>
#include <QSignalSpy>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::DesktopRig;

/// The user's story, from the start of the desktop to a terminal that is as it was: real engine, real containers,
/// real clicks on the tray. With CAPSULE_SCREENSHOT=FILE.png it leaves a picture of the window as well.
class TestStory : public QObject
{
    Q_OBJECT

    static constexpr qint64 maxScreenshotBytes = 150 * 1024;

    DesktopRig m_rig;

    MainWindow &window() { return m_rig.desktop->window(); }

    /// The terminal as it is painted, with the cursor of a focused terminal.
    QImage picture()
    {
        return m_rig.currentView()->grab().toImage();
    }
    bool terminalHasFocus() const
    {
        return QApplication::focusWidget() && m_rig.currentView() && m_rig.currentView()->isAncestorOf(QApplication::focusWidget());
    }
    void closeWindow()
    {
        window().close();
        QTRY_VERIFY(!window().isVisible());
        QTest::qWait(500); // until the window manager has seen it go; no user is quicker
    }
    bool deleteOwnSessions()
    {
        for (const QString &name : {u"story"_s, u"api-server"_s}) {
            const SessionInfo *session = m_rig.desktop ? m_rig.desktop->sessions().findByIdOrName(name) : nullptr;
            if (!session)
                continue;
            m_rig.desktop->actions().remove(session->id);
            if (!QTest::qWaitFor([&] { return !m_rig.desktop->sessions().findByIdOrName(name); }, 30'000))
                return false;
        }
        return true;
    }
    static Result<void> savePicture(const QPixmap &window, const QString &path)
    {
        // A terminal has few colours: a palette keeps the file small without a visible loss.
        QImage image = window.toImage();
        QByteArray bytes;
        for (const auto format : {QImage::Format_RGB32, QImage::Format_Indexed8}) {
            bytes.clear();
            QBuffer buffer(&bytes);
            buffer.open(QIODevice::WriteOnly);
            image.convertToFormat(format, Qt::DiffuseDither).save(&buffer, "PNG", 0);
            if (bytes.size() <= maxScreenshotBytes)
                break;
        }
        QFile file(path);
        if (bytes.size() > maxScreenshotBytes || !file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            return fail(ErrorCode::TooLarge, u"The picture could not be kept small or not be written."_s);
        return {};
    }

private slots:
    void initTestCase()
    {
        if (!QFileInfo(DesktopRig::engineProgram()).isExecutable())
            QFAIL("capsule-engine has not been built");
        // The desktop starts the engine by itself, as it does for a user.
        qputenv("PATH", QFileInfo(DesktopRig::engineProgram()).path().toLocal8Bit() + ':' + qgetenv("PATH"));
        QApplication::setStyle(new CalmStyle); // as main() does, for the picture
        m_rig.startDesktop();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_VERIFY2_WITH_TIMEOUT(m_rig.desktop->link().isConnected(), qPrintable(m_rig.engineLog()), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(!m_rig.desktop->link().agents().empty(), 10'000);
        QSignalSpy probed(&m_rig.desktop->link(), &EngineLink::providersChanged);
        m_rig.desktop->link().refreshProviders();
        QVERIFY(probed.wait(10'000));
        if (const auto &problem = m_rig.desktop->link().providerProblem()) {
            if (qEnvironmentVariableIntValue("CAPSULE_REQUIRE_DOCKER") == 1)
                QFAIL(qPrintable(problem->message));
            std::puts("SKIPPED-ALL: no container engine");
            QSKIP(qPrintable(problem->message));
        }
    }

    /// Leaves no container behind, also when a test failed. Only those made here: others may be there as well.
    void cleanupTestCase() { QVERIFY(deleteOwnSessions()); }

    void aUserWorksClosesTheWindowAndComesBack()
    {
        QVERIFY2(m_rig.createInDialog(u"story"_s), qPrintable(m_rig.engineLog()));
        QTRY_VERIFY(terminalHasFocus());
        QTRY_VERIFY(m_rig.screen().contains(u'$'));
        m_rig.type(u"echo $((6*7))\n"_s);
        QTRY_VERIFY(m_rig.screen().split(u'\n').contains(u"42"_s));

        QVERIFY2(TrayIcon::isAvailable(), "this display has no system tray");
        TrayIcon *tray = &m_rig.desktop->tray();
        QTRY_VERIFY(!tray->geometry().isEmpty());
        QTRY_COMPARE(m_rig.screen().trimmed().back(), u'$');
        QTest::qWait(200); // the last output's repaint
        const QImage before = picture();
        const QString textBefore = m_rig.screen();

        closeWindow();
        QVERIFY(m_rig.click(tray->geometry().center()));
        QTRY_VERIFY_WITH_TIMEOUT(window().isVisible(), 5000);
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_VERIFY2(terminalHasFocus(), qPrintable(QDebug::toString(QApplication::focusWidget()) + QDebug::toString(QApplication::activeWindow())));
        QCOMPARE(m_rig.screen(), textBefore);
        QTRY_COMPARE(picture(), before);

        m_rig.type(u"echo typed $((40+4))\n"_s);
        QTRY_VERIFY(m_rig.screen().split(u'\n').contains(u"typed 44"_s));
    }

    void theTraysMenuOpensTheSession()
    {
        TrayIcon *tray = &m_rig.desktop->tray();
        closeWindow();
        QVERIFY(m_rig.click(tray->geometry().center(), 3));
        QTRY_VERIFY_WITH_TIMEOUT(tray->menu().isVisible(), 5000);
        QAction *entry = tray->menu().actions().constFirst();
        QCOMPARE(entry->text(), u"story"_s);
        QVERIFY(m_rig.click(tray->menu().mapToGlobal(tray->menu().actionGeometry(entry).center())));
        QTRY_VERIFY_WITH_TIMEOUT(window().isVisible(), 5000);
        QCOMPARE(window().tabs().currentSessionId(), m_rig.desktop->sessions().at(0)->id);
        QVERIFY(m_rig.screen().contains(u"typed 44"_s));
    }

    void aRestartedDesktopShowsTheSameScreen()
    {
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_VERIFY(terminalHasFocus());
        const QString before = m_rig.screen();
        m_rig.endDesktop();
        m_rig.startDesktop();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_COMPARE_WITH_TIMEOUT(window().tabs().count(), 1, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(m_rig.screen(), before, 10'000);
        QTRY_VERIFY(terminalHasFocus());
        m_rig.type(u"echo after $((1+1))\n"_s);
        QTRY_VERIFY(m_rig.screen().split(u'\n').contains(u"after 2"_s));
    }

    void aPictureForTheReadme()
    {
        const QString path = qEnvironmentVariable("CAPSULE_SCREENSHOT");
        if (path.isEmpty())
            QSKIP("CAPSULE_SCREENSHOT is not set");
        QVERIFY(m_rig.createInDialog(u"api-server"_s));
        window().resize(1100, 640);
        QTRY_VERIFY(terminalHasFocus());
        m_rig.type(u"clear; git init -q -b main . && printf 'print(\"hello\")\\n' > app.py && git add . && "
                   "git -c user.name=me -c user.email=me@example.org commit -qm 'Start' && echo 'print(6 * 7)' >> app.py; clear; "
                   "fastfetch --logo debian --structure Title:Separator:OS:Shell:Terminal:Memory:Locale:Break:Colors; git status -sb; git --no-pager diff --color; echo ready\n"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_rig.screen().trimmed().split(u'\n').contains(u"ready"_s), 30'000);
        QTest::qWait(500);
        const auto saved = savePicture(window().grab(), path);
        QVERIFY2(saved, saved ? "" : qPrintable(saved.error().message));
        QVERIFY(QFileInfo(path).size() <= maxScreenshotBytes);
    }

    void deletingAndStoppingLeavesNothing()
    {
        QVERIFY(deleteOwnSessions());
        QCOMPARE(window().tabs().count(), 0);
        QCOMPARE(m_rig.desktop->sessions().rowCount(), 0); // or stopping everything would stop somebody else's
        QSignalSpy quit(m_rig.desktop.get(), &Application::quitRequested);
        window().mainActions().stopEverything->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(quit.size(), 1, 20'000);
        QTRY_VERIFY(!EngineStarter::running());
    }
};

CAPSULE_GUI_MAIN(TestStory)
#include "tst_story.moc"
