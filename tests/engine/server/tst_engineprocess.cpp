// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/bytestream.h"
#include "client/engineclient.h"
#include "client/enginestarter.h"
#include "support/await.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;

/// The program itself, started as a user's clients start it, with sandboxes that live in its memory.
class TestEngineProcess : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    QProcess m_process;

    static QString program() { return QStringLiteral(CAPSULE_BIN_DIR "/capsule-engine"); }

    void startEngine(const QStringList &more = {})
    {
        m_process.start(program(), QStringList{u"--provider"_s, u"fake"_s} + more);
        QTRY_VERIFY_WITH_TIMEOUT(EngineStarter::running().has_value() && EngineFile::read()->pid == m_process.processId(), 20'000);
    }

    std::unique_ptr<EngineClient> connectClient()
    {
        auto client = std::make_unique<EngineClient>();
        client->connectToEngine();
        if (!QTest::qWaitFor([&] { return client->state() == EngineClient::State::Connected; }))
            qFatal("no connection: %s", qPrintable(client->lastError().message));
        return client;
    }

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        for (const char *variable : {"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"})
            qputenv(variable, QFile::encodeName(m_dir->path()));
        m_process.setProcessChannelMode(QProcess::MergedChannels);
    }

    void cleanup()
    {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.terminate();
            if (!m_process.waitForFinished(5000))
                m_process.kill();
            m_process.waitForFinished();
        }
    }

    void aSecondStartSaysWhoRuns()
    {
        startEngine();
        QProcess second;
        second.start(program(), {u"--provider"_s, u"fake"_s});
        QVERIFY(second.waitForFinished());
        QCOMPARE(second.exitCode(), 3);
        const QString words = QString::fromUtf8(second.readAllStandardError());
        QCOMPARE(words.count(u'\n'), 1);
        QVERIFY2(words.contains(u"process %1 at http://127.0.0.1:"_s.arg(m_process.processId())), qPrintable(words));
        QVERIFY(EngineStarter::running().has_value());
    }

    void endsInOrderOnASignal_data()
    {
        QTest::addColumn<int>("number");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }

    void endsInOrderOnASignal()
    {
        QFETCH(const int, number);
        startEngine();
        const auto client = connectClient();
        QSignalSpy stopping(client.get(), &EngineClient::engineStopping);
        QCOMPARE(::kill(pid_t(m_process.processId()), number), 0);
        QTRY_COMPARE(m_process.state(), QProcess::NotRunning);
        QCOMPARE(m_process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(m_process.exitCode(), 0);
        QTRY_COMPARE(stopping.count(), 1);
        QCOMPARE(EngineFile::read().error().code, ErrorCode::NotFound);
    }

    void outlivesItsTerminalUnlessInTheForeground()
    {
        startEngine();
        QCOMPARE(::kill(pid_t(m_process.processId()), SIGHUP), 0);
        const auto client = connectClient();
        VERIFY_RESULT(await(client->call<api::SessionList>({})));
        cleanup();
        startEngine({u"--foreground"_s});
        QCOMPARE(::kill(pid_t(m_process.processId()), SIGHUP), 0);
        QTRY_COMPARE(m_process.state(), QProcess::NotRunning);
    }

    void afterAKillTheNextFindsTheSessionsAndClientsComeBack()
    {
        startEngine();
        const auto client = connectClient();
        api::SessionCreateParams params;
        params.agentId = u"shell"_s;
        params.name = u"survivor"_s;
        const auto made = await(client->call<api::SessionCreate>(params));
        VERIFY_RESULT(made);
        QTRY_COMPARE(await(client->call<api::SessionGet>({made->session.id}))->session.state, SessionState::Running);

        QSignalSpy connected(client.get(), &EngineClient::connected);
        m_process.kill();
        QVERIFY(m_process.waitForFinished());
        QVERIFY(EngineFile::read().has_value()); // it had no chance to withdraw it
        QCOMPARE(EngineStarter::running().error().code, ErrorCode::NotFound);
        QTRY_COMPARE(client->state(), EngineClient::State::Waiting);

        startEngine();
        QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 1, 10'000);
        // The fake sandbox died with its engine: the new one notices and says so.
        QTRY_COMPARE(await(client->call<api::SessionGet>({u"survivor"_s}))->session.state, SessionState::Interrupted);
        QCOMPARE(await(client->call<api::SessionGet>({u"survivor"_s}))->session.id, made->session.id);
    }

    void listensOnThePortThatWasAskedFor()
    {
        startEngine();
        const QString address = EngineFile::read()->address;
        const QString port = address.section(u':', -1);
        cleanup();
        startEngine({u"--port"_s, port});
        QCOMPARE(EngineFile::read()->address, address);
    }

    void wrongUseIsSaid_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("port") << QStringList{u"--port"_s, u"99999"_s};
        QTest::newRow("provider") << QStringList{u"--provider"_s, u"moon"_s};
    }

    void wrongUseIsSaid()
    {
        QFETCH(const QStringList, arguments);
        QProcess engine;
        engine.start(program(), arguments);
        QVERIFY(engine.waitForFinished());
        QCOMPARE(engine.exitCode(), 2);
        QVERIFY(!engine.readAllStandardError().isEmpty());
    }

    void theTokenIsInNoLogAndNoArgument()
    {
        startEngine();
        const QString token = EngineFile::read()->token;
        QCOMPARE(token.size(), 43);
        const auto client = connectClient();
        VERIFY_RESULT(await(client->call<api::EngineStatus>({})));
        QFile log(await(client->call<api::EngineStatus>({}))->logPath);
        QVERIFY(log.open(QIODevice::ReadOnly));
        const QByteArray text = log.readAll();
        QVERIFY(text.contains("listens at"));
        QVERIFY(!text.contains(token.toUtf8()));
        struct stat info{};
        QCOMPARE(::stat(QFile::encodeName(log.fileName()).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t(0600));
        QFile arguments(u"/proc/%1/cmdline"_s.arg(m_process.processId()));
        QVERIFY(arguments.open(QIODevice::ReadOnly));
        QVERIFY(!arguments.readAll().contains(token.toUtf8()));
        QFile status(u"/proc/%1/limits"_s.arg(m_process.processId()));
        QVERIFY(status.open(QIODevice::ReadOnly));
        const QByteArray limits = status.readAll();
        const qsizetype core = limits.indexOf("Max core file size");
        QCOMPARE(limits.mid(core, 40).simplified(), QByteArray("Max core file size 0"));
    }

    void anEngineThatHangsIsNamed()
    {
        startEngine();
        const auto pid = pid_t(m_process.processId());
        QCOMPARE(::kill(pid, SIGSTOP), 0);
        // The one it starts beside it finds the lock taken and ends.
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(m_dir->path()));
        QVERIFY(QFile::link(program(), m_dir->filePath(u"capsule-engine"_s)));
        EngineStarter starter;
        const auto answer = await(starter.ensureRunning());
        qputenv("PATH", path);
        QCOMPARE(::kill(pid, SIGCONT), 0);
        QCOMPARE(answer.error().code, ErrorCode::Unavailable);
        QVERIFY2(answer.error().message.contains(u"kill -9 %1"_s.arg(pid)), qPrintable(answer.error().message));
    }

    void theStarterStartsOneThatLivesOn()
    {
        // The starter looks beside itself, then in PATH; a wrapper there chooses the fake provider.
        QFile wrapper(m_dir->filePath(u"capsule-engine"_s));
        QVERIFY(wrapper.open(QIODevice::WriteOnly));
        wrapper.write("#!/bin/sh\nexec " + QFile::encodeName(program()) + " --provider fake \"$@\"\n");
        wrapper.close();
        wrapper.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(m_dir->path()) + ':' + path);

        EngineStarter first;
        EngineStarter second; // as two programs that start at once
        const auto one = first.ensureRunning();
        const auto two = second.ensureRunning();
        const auto file = await(one);
        VERIFY_RESULT(file);
        QCOMPARE(await(two)->pid, file->pid);
        QCOMPARE(await(first.ensureRunning())->pid, file->pid);
        QCOMPARE(::getsid(pid_t(file->pid)) == ::getsid(0), false);

        const auto client = connectClient();
        VERIFY_RESULT(await(client->call<api::EngineStop>({})));
        QTRY_VERIFY_WITH_TIMEOUT(::kill(pid_t(file->pid), 0) != 0, 10'000);
        qputenv("PATH", path);
    }
};

QTEST_GUILESS_MAIN(TestEngineProcess)
#include "tst_engineprocess.moc"
