// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktoprig.h"

#include "desktop/dialogs/newsessiondialog.h"
#include "desktop/enginelink.h"
#include "desktop/terminal/terminalview.h"
#include "desktop/windows/mainwindow.h"
#include "desktop/windows/sessiontabs.h"
#include "desktop/windows/terminalpage.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;

namespace capsule::test {

namespace {

constexpr int launchTimeoutMs = 240'000; // Qt Test ends a test function after 300 s

} // namespace

void AnsweringPrompts::confirm(QWidget *, const Question &question, QObject *, std::function<void()> accepted)
{
    m_script.questions << question;
    if (m_script.accept)
        accepted();
}

void AnsweringPrompts::askText(QWidget *, const QString &, const QString &, const QString &, const QString &, Validate validate, QObject *,
                               std::function<void(const QString &)> accepted)
{
    m_script.problem = validate(m_script.text);
    if (m_script.problem.isEmpty())
        accepted(m_script.text);
}

void AnsweringPrompts::chooseFolder(QWidget *, const QString &, const QString &, QObject *, std::function<void(const QString &)> accepted)
{
    accepted(m_script.folder);
}

void AnsweringPrompts::showDetails(QWidget *, const QString &, const QString &, const QString &details)
{
    m_script.details << details;
}

DesktopRig::DesktopRig()
{
    for (const char *name : {"CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"}) {
        const QString path = m_dir.filePath(QString::fromLatin1(name).toLower());
        QDir().mkpath(path);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv((QByteArray("XDG_") + name).constData(), QFile::encodeName(path));
    }
    qputenv("CAPSULE_DATA_DIR", CAPSULE_SOURCE_DIR);
    QApplication::setQuitOnLastWindowClosed(false);
}

DesktopRig::~DesktopRig()
{
    desktop.reset();
    killEngine();
    if (const auto left = EngineStarter::running()) // one that the desktop started
        ::kill(pid_t(left->pid), SIGTERM);
}

QString DesktopRig::engineProgram()
{
    return qEnvironmentVariable("CAPSULE_ENGINE", QStringLiteral(CAPSULE_BIN_DIR) + "/capsule-engine"_L1);
}

bool DesktopRig::startFakeEngine()
{
    m_engine.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_engine.start(engineProgram(), {u"--provider"_s, u"fake"_s});
    return m_engine.waitForStarted() && QTest::qWaitFor([] { return EngineStarter::running().has_value(); }, 20'000);
}

void DesktopRig::killEngine()
{
    if (m_engine.state() == QProcess::NotRunning)
        return;
    m_engine.kill();
    m_engine.waitForFinished();
}

Application &DesktopRig::startDesktop(const LaunchRequest &request)
{
    desktop = std::make_unique<Application>(std::make_unique<AnsweringPrompts>(script));
    desktop->start(request);
    return *desktop;
}

void DesktopRig::endDesktop()
{
    desktop->window().remember();
    desktop.reset();
}

std::unique_ptr<Application> DesktopRig::secondDesktop(AnsweringPrompts::Script &other)
{
    auto second = std::make_unique<Application>(std::make_unique<AnsweringPrompts>(other));
    second->start({});
    return second;
}

bool DesktopRig::createInDialog(const QString &name)
{
    MainWindow &window = desktop->window();
    if (!QTest::qWaitFor([&] { return !desktop->link().agents().empty(); }, 10'000))
        return false;
    window.askNewSession(u"shell"_s);
    auto *dialog = window.findChild<NewSessionDialog *>();
    if (!dialog || !QTest::qWaitForWindowActive(dialog))
        return false;
    QTest::keyClicks(dialog->focusWidget(), name);
    QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);
    bool failed = false;
    const bool there = QTest::qWaitFor([&] {
        const SessionInfo *session = desktop->sessions().findByIdOrName(name);
        failed = session && session->state == SessionState::Failed;
        if (failed)
            qWarning("The session failed: %ls %ls", qUtf16Printable(session->message), qUtf16Printable(session->detail));
        return failed
            || (session && currentPage() && currentPage()->sessionId() == session->id && currentPage()->isTerminalRunning()
                && !screen().trimmed().isEmpty());
    }, launchTimeoutMs);
    return there && !failed;
}

TerminalPage *DesktopRig::currentPage() const
{
    return desktop ? qobject_cast<TerminalPage *>(desktop->window().tabs().currentWidget()) : nullptr;
}

TerminalView *DesktopRig::currentView() const
{
    return desktop ? desktop->window().tabs().currentView() : nullptr;
}

QString DesktopRig::screen() const
{
    const TerminalView *view = currentView();
    if (!view)
        return {};
    QStringList lines = view->screenText().split(u'\n');
    for (QString &line : lines) { // blanks at the ends are the widget's, not the program's
        while (line.endsWith(u' '))
            line.chop(1);
    }
    while (!lines.isEmpty() && lines.constLast().isEmpty())
        lines.removeLast();
    return lines.join(u'\n');
}

void DesktopRig::type(const QString &text)
{
    for (const QChar c : text) {
        QWidget *target = QApplication::focusWidget();
        if (!target)
            return;
        if (c == u'\n')
            QTest::keyClick(target, Qt::Key_Return);
        else
            QTest::keyClicks(target, QString(c));
    }
}

bool DesktopRig::click(const QPoint &global, int button)
{
    QProcess xdotool;
    xdotool.start(u"xdotool"_s, {u"mousemove"_s, QString::number(global.x()), QString::number(global.y()), u"click"_s, QString::number(button)});
    return xdotool.waitForFinished(10'000) && xdotool.exitCode() == 0;
}

QString DesktopRig::engineLog() const
{
    QFile log(m_dir.filePath(u"state_home/capsule/engine.log"_s));
    return log.open(QIODevice::ReadOnly) ? QString::fromUtf8(log.readAll()).right(4000) : QString();
}

} // namespace capsule::test
