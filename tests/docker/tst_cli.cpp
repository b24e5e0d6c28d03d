// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/dockertest.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

using namespace capsule::test;
using namespace Qt::StringLiterals;

namespace {

const QString program = QStringLiteral(CAPSULE_BIN_DIR "/capsule");

struct Run {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

/// A program at the other end of a pseudo-terminal, as in a terminal window.
class Window
{
public:
    Window(const QStringList &arguments, int columns, int rows)
    {
        winsize size{static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
        QList<QByteArray> words{program.toLocal8Bit()};
        for (const QString &argument : arguments)
            words << argument.toLocal8Bit();
        std::vector<char *> argv;
        for (QByteArray &word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        m_pid = ::forkpty(&m_fd, nullptr, nullptr, &size);
        if (m_pid == 0) {
            ::execv(argv.front(), argv.data());
            ::_exit(99);
        }
        ::fcntl(m_fd, F_SETFL, O_NONBLOCK);
    }
    ~Window()
    {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            ::waitpid(m_pid, nullptr, 0);
        }
        ::close(m_fd);
    }
    Q_DISABLE_COPY_MOVE(Window)

    void type(const QByteArray &keys) { QCOMPARE(::write(m_fd, keys.constData(), size_t(keys.size())), keys.size()); }
    void resize(int columns, int rows)
    {
        winsize size{static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
        ::ioctl(m_fd, TIOCSWINSZ, &size);
    }
    void signal(int number) const { ::kill(m_pid, number); }
    bool shows(const QByteArray &text)
    {
        read();
        return m_screen.contains(text);
    }
    void forget()
    {
        read();
        m_screen.clear();
    }
    QByteArray screen() const { return m_screen; }
    bool echoes() const
    {
        termios settings{};
        return ::tcgetattr(m_fd, &settings) == 0 && (settings.c_lflag & ECHO) && (settings.c_lflag & ICANON);
    }
    bool hasEnded()
    {
        read();
        int status = 0;
        if (m_pid > 0 && ::waitpid(m_pid, &status, WNOHANG) == m_pid) {
            m_pid = -1;
            m_exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        return m_pid < 0;
    }
    int exitCode() const { return m_exitCode; }

private:
    void read()
    {
        char bytes[65536];
        for (ssize_t count; (count = ::read(m_fd, bytes, sizeof bytes)) > 0;)
            m_screen.append(bytes, count);
    }

    int m_fd = -1;
    pid_t m_pid = -1;
    int m_exitCode = -1;
    QByteArray m_screen;
};

} // namespace

/// The command line with the real engine and real containers.
class TestCli : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home{u"/tmp/cap-cli-XXXXXX"_s};
    QString m_name;
    bool m_started = false;

    static Run run(const QStringList &arguments, const QByteArray &input = {})
    {
        QProcess process;
        process.start(program, arguments);
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(300'000))
            return {};
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(), process.readAllStandardError()};
    }
    static QJsonObject json(const QByteArray &bytes) { return QJsonDocument::fromJson(bytes).object(); }
    static QByteArray why(const Run &result) { return QByteArray::number(result.exitCode) + ": " + result.out + " | " + result.err; }

private slots:
    void initTestCase()
    {
        DOCKER_OR_SKIP();
        for (const char *variable : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"})
            qputenv(variable, m_home.path().toLocal8Bit() + '/' + QByteArray(variable).sliced(4, 3).toLower());
        QVERIFY(QDir().mkpath(qEnvironmentVariable("XDG_RUNTIME_DIR")));
        qputenv("TERM", "xterm-256color");
        m_name = uniqueName(u"cli"_s);
    }

    void cleanupTestCase()
    {
        if (m_name.isEmpty())
            return;
        const Run list = run({u"ls"_s, u"--json"_s});
        for (const QJsonValue &session : json(list.out)["sessions"_L1].toArray())
            QCOMPARE(run({u"rm"_s, u"--yes"_s, session["id"_L1].toString()}).exitCode, 0);
        QCOMPARE(run({u"engine"_s, u"stop"_s}).exitCode, 0);
        QCOMPARE(run({u"engine"_s, u"status"_s}).exitCode, 4);
    }

    void init()
    {
        const QByteArrayView before[] = {"anEngineThatDoesNotRunIsNotStartedByLooking", "aSessionIsStartedDetached"};
        if (!m_started && !std::ranges::contains(before, QByteArrayView(QTest::currentTestFunction())))
            QFAIL("the session of all these tests could not be started");
    }

    void anEngineThatDoesNotRunIsNotStartedByLooking()
    {
        const Run status = run({u"--json"_s, u"engine"_s, u"status"_s});
        QCOMPARE(status.exitCode, 4);
        QCOMPARE(status.out, QByteArray());
        QCOMPARE(json(status.err)["error"_L1]["code"_L1].toString(), u"unavailable"_s);
        QCOMPARE(run({u"engine"_s, u"stop"_s}).exitCode, 0);
        QCOMPARE(run({u"engine"_s, u"logs"_s}).exitCode, 3);
    }

    void aSessionIsStartedDetached()
    {
        const Run made = run({u"new"_s, u"shell"_s, u"--detach"_s, u"--name"_s, m_name});
        QVERIFY2(made.exitCode == 0, why(made).constData());
        m_started = true;
        QCOMPARE(made.out, m_name.toLocal8Bit() + '\n');

        const Run list = run({u"ls"_s, u"--json"_s});
        const QJsonArray sessions = json(list.out)["sessions"_L1].toArray();
        QCOMPARE(sessions.size(), 1);
        QCOMPARE(sessions.first()["name"_L1].toString(), m_name);
        QCOMPARE(sessions.first()["state"_L1].toString(), u"running"_s);

        const QByteArray table = run({u"ls"_s}).out;
        QVERIFY2(table.startsWith("NAME ") && table.contains("running") && !table.contains('\x1b'), table.constData());
        const QJsonObject status = json(run({u"engine"_s, u"status"_s, u"--json"_s}).out);
        QVERIFY(status["pid"_L1].toInteger() > 0 && status["address"_L1].toString().startsWith("http://127.0.0.1:"_L1));
        QVERIFY(!status["version"_L1].toString().isEmpty());
    }

    void aNameIsTakenOnlyOnce()
    {
        const Run second = run({u"--json"_s, u"new"_s, u"shell"_s, u"-d"_s, u"-n"_s, m_name});
        QCOMPARE(second.exitCode, 1);
        QCOMPARE(json(second.err)["error"_L1]["code"_L1].toString(), u"alreadyExists"_s);
        QCOMPARE(run({u"new"_s, u"no-such-agent"_s, u"-d"_s}).exitCode, 3);
    }

    void execReturnsTheCommandsOwnCode_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<int>("code");
        QTest::newRow("success") << QStringList{u"true"_s} << 0;
        QTest::newRow("its own") << QStringList{u"sh"_s, u"-c"_s, u"exit 42"_s} << 42;
        QTest::newRow("killed") << QStringList{u"sh"_s, u"-c"_s, u"kill -9 $$"_s} << 137;
        QTest::newRow("not there") << QStringList{u"no-such-program"_s} << 127;
        QTest::newRow("not a program") << QStringList{u"/etc/passwd"_s} << 126;
    }
    void execReturnsTheCommandsOwnCode()
    {
        QFETCH(QStringList, command);
        const Run result = run(QStringList{u"exec"_s, m_name, u"--"_s} + command);
        QFETCH(int, code);
        QVERIFY2(result.exitCode == code, why(result).constData());
    }

    void execKeepsTheStreamsApart()
    {
        const Run result = run({u"exec"_s, m_name, u"--"_s, u"sh"_s, u"-c"_s, u"echo out; echo err >&2; pwd"_s});
        QCOMPARE(result.out, "out\n/workspace\n");
        QCOMPARE(result.err, "err\n");
        const Run environment = run({u"exec"_s, u"-e"_s, u"A=b c"_s, u"-w"_s, u"/tmp"_s, m_name, u"--"_s, u"sh"_s, u"-c"_s, u"echo $A; pwd"_s});
        QCOMPARE(environment.out, "b c\n/tmp\n");
    }

    void execIsBinaryCleanBothWays()
    {
        QByteArray input;
        for (int i = 0; i < 3'000'000; ++i)
            input += char(i * 7919 >> 3);
        const Run echoed = run({u"exec"_s, m_name, u"--"_s, u"cat"_s}, input);
        QVERIFY2(echoed.exitCode == 0, echoed.err.constData());
        QVERIFY(echoed.out == input);
        const Run counted = run({u"exec"_s, m_name, u"--"_s, u"wc"_s, u"-c"_s}, input);
        QCOMPARE(counted.out.trimmed(), "3000000");
    }

    void execOfAnUnknownSessionIsOurFailure()
    {
        QCOMPARE(run({u"exec"_s, u"no-such-session"_s, u"--"_s, u"true"_s}).exitCode, 125);
    }

    void interruptingExecEndsTheCommand()
    {
        QProcess process;
        process.start(program, {u"exec"_s, m_name, u"--"_s, u"sh"_s, u"-c"_s, u"echo ready; exec sleep 4242"_s});
        QByteArray out;
        const auto isReady = [&] { return (out += process.readAllStandardOutput()).contains("ready"); };
        QTRY_VERIFY_WITH_TIMEOUT(isReady(), 20'000);
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 130);
        const auto sleepers = [this] { return run({u"exec"_s, m_name, u"--"_s, u"pgrep"_s, u"-fx"_s, u"sleep 4242"_s}).exitCode; };
        QTRY_COMPARE_WITH_TIMEOUT(sleepers(), 1, 20'000);
    }

    void aTerminalIsDetachedFromAndAttachedToAgain()
    {
        {
            Window window({u"attach"_s, m_name}, 100, 30);
            QTRY_VERIFY2_WITH_TIMEOUT(window.shows("$ "), window.screen().constData(), 30'000);
            QVERIFY(!window.echoes());
            window.type("echo $((6*7)); stty size\r");
            QTRY_VERIFY2_WITH_TIMEOUT(window.shows("\r42\r\n") && window.shows("30 100"), window.screen().constData(), 10'000);
            window.resize(90, 25);
            QTest::qWait(300); // the program hears of it on its own time; there is nothing to wait for
            window.type("stty size\r");
            QTRY_VERIFY2_WITH_TIMEOUT(window.shows("25 90"), window.screen().constData(), 10'000);
            window.type("\x1d" "d");
            QTRY_VERIFY_WITH_TIMEOUT(window.hasEnded(), 10'000);
            QCOMPARE(window.exitCode(), 0);
            QVERIFY2(window.shows("it runs on"), window.screen().constData());
            QVERIFY(window.echoes());
        }
        Window again({u"attach"_s, m_name}, 100, 30);
        QTRY_VERIFY2_WITH_TIMEOUT(again.shows("\r42\r\n"), again.screen().constData(), 10'000);
        again.forget();
        again.type("exit 7\r");
        QTRY_VERIFY_WITH_TIMEOUT(again.hasEnded(), 20'000);
        QCOMPARE(again.exitCode(), 7);
        QVERIFY(again.echoes());
    }

    void whereNoTerminalRunsANewOneIsOpened()
    {
        Window window({u"attach"_s, m_name}, 80, 24);
        QTRY_VERIFY2_WITH_TIMEOUT(window.shows("$ "), window.screen().constData(), 30'000);
        window.type("\x1d" "d");
        QTRY_VERIFY_WITH_TIMEOUT(window.hasEnded(), 10'000);
    }

    void leavingPutsTheTerminalBack()
    {
        Window window({u"attach"_s, m_name}, 80, 24);
        QTRY_VERIFY_WITH_TIMEOUT(window.shows("$ "), 30'000);
        window.type("printf '\\033[?1049h\\033[?25l\\033[?2004h\\033[?1000h'; echo i''n\r");
        QTRY_VERIFY2_WITH_TIMEOUT(window.shows("in\r\n"), window.screen().constData(), 10'000);
        window.forget();
        window.type("\x1d" "d");
        QTRY_VERIFY_WITH_TIMEOUT(window.hasEnded(), 10'000);
        for (const char *reset : {"\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l", "\x1b[?1000l"})
            QVERIFY2(window.screen().contains(reset), window.screen().toPercentEncoding().constData());
    }

    void aSignalPutsTheTerminalBackToo()
    {
        Window window({u"attach"_s, m_name}, 80, 24);
        QTRY_VERIFY_WITH_TIMEOUT(window.shows("$ "), 30'000);
        window.signal(SIGTERM);
        QTRY_VERIFY_WITH_TIMEOUT(window.hasEnded(), 10'000);
        QCOMPARE(window.exitCode(), 128 + SIGTERM);
        QVERIFY(window.echoes());
    }

    void aKilledEngineIsStartedAgainAndAttachedTo()
    {
        Window window({u"attach"_s, m_name}, 80, 24);
        QTRY_VERIFY_WITH_TIMEOUT(window.shows("$ "), 30'000);
        const pid_t engine = pid_t(json(run({u"engine"_s, u"status"_s, u"--json"_s}).out)["pid"_L1].toInteger());
        QVERIFY(engine > 0);
        QCOMPARE(::kill(engine, SIGKILL), 0);
        QTRY_VERIFY2_WITH_TIMEOUT(window.shows("The connection to the engine broke"), window.screen().constData(), 10'000);
        QTRY_VERIFY2_WITH_TIMEOUT(window.shows("this is a new one") || window.shows("Attached again"), window.screen().constData(), 40'000);
        window.forget();
        window.type("echo $((40+2))\r");
        QTRY_VERIFY2_WITH_TIMEOUT(window.shows("42\r\n"), window.screen().constData(), 30'000);
        window.type("\x1d" "d");
        QTRY_VERIFY_WITH_TIMEOUT(window.hasEnded(), 10'000);
        QCOMPARE(window.exitCode(), 0);
    }

    void renamedStoppedAndStarted()
    {
        const QString other = m_name + "-b"_L1;
        QCOMPARE(run({u"rename"_s, m_name, other}).exitCode, 0);
        m_name = other;
        QVERIFY(run({u"ls"_s}).out.contains(other.toLocal8Bit()));
        QCOMPARE(run({u"stop"_s, other}).exitCode, 0);
        QCOMPARE(run({u"exec"_s, other, u"--"_s, u"true"_s}).exitCode, 125);
        QCOMPARE(run({u"start"_s, other}).exitCode, 0);
        QCOMPARE(run({u"exec"_s, other, u"--"_s, u"true"_s}).exitCode, 0);
    }

    void completionKnowsTheSessions()
    {
        const Run offered = run({u"__complete"_s, u"--"_s, u"attach"_s, m_name.left(10)});
        QVERIFY2(offered.out.startsWith(m_name.toLocal8Bit() + "\tShell, running"), offered.out.constData());
        QVERIFY(run({u"__complete"_s, u"--"_s, u"new"_s, u"cl"_s}).out.startsWith("claude-code\t"));
    }

    void removingAsks()
    {
        const Run unasked = run({u"rm"_s, m_name});
        QCOMPARE(unasked.exitCode, 2);
        {
            Window window({u"rm"_s, m_name}, 80, 24);
            QTRY_VERIFY2_WITH_TIMEOUT(window.shows("[y/N]"), window.screen().constData(), 10'000);
            QVERIFY2(window.shows("everything in its workspace"), window.screen().constData());
            window.type("n\r");
            QTRY_VERIFY_WITH_TIMEOUT(window.hasEnded(), 10'000);
            QCOMPARE(window.exitCode(), 1);
        }
        Window window({u"rm"_s, m_name}, 80, 24);
        QTRY_VERIFY_WITH_TIMEOUT(window.shows("[y/N]"), 10'000);
        window.type("y\r");
        QTRY_VERIFY_WITH_TIMEOUT(window.hasEnded(), 60'000);
        QCOMPARE(window.exitCode(), 0);
        QCOMPARE(run({u"attach"_s, m_name}).exitCode, 1); // no terminal here
        QCOMPARE(run({u"stop"_s, m_name}).exitCode, 3);
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
