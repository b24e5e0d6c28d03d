// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/enginestarter.h"
#include "support/await.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;

// Starting a real engine is tested in tests/engine/server; here is what stands in the way.
class TestEngineStarter : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_runtime;

    static EngineFile file(qint64 pid, const QString &address)
    {
        return {u"0"_s, 1, pid, address, u"token"_s, QDateTime::currentDateTimeUtc()};
    }

private slots:
    void init()
    {
        m_runtime = std::make_unique<QTemporaryDir>();
        qputenv("XDG_RUNTIME_DIR", m_runtime->path().toUtf8());
        qputenv("PATH", m_runtime->path().toUtf8());
    }

    void noFileMeansNoEngine() { QCOMPARE(EngineStarter::running().error().code, ErrorCode::NotFound); }

    void aFileOfADeadProcessMeansNoEngine()
    {
        QProcess child;
        child.start(u"/bin/true"_s);
        QVERIFY(child.waitForStarted());
        const qint64 pid = child.processId();
        QVERIFY(child.waitForFinished());
        VERIFY_RESULT(EngineFile::write(file(pid, u"http://127.0.0.1:1"_s)));
        QCOMPARE(EngineStarter::running().error().code, ErrorCode::NotFound);
    }

    void anEngineThatAnswersIsTaken()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [socket] {
                const QByteArray request = socket->readAll();
                QVERIFY(request.startsWith("GET /health "));
                QVERIFY(!request.contains("token"));
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}");
            });
        });
        const EngineFile expected = file(QCoreApplication::applicationPid(), u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
        VERIFY_RESULT(EngineFile::write(expected));
        EngineStarter starter;
        const auto first = starter.ensureRunning();
        const auto second = starter.ensureRunning();
        QCOMPARE(await(first)->pid, expected.pid);
        QCOMPARE(await(second)->address, expected.address);
    }

    void aStrangerOnItsPortIsNotTaken()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&] { server.nextPendingConnection()->write("SSH-2.0-hello\r\n"); });
        // The process lives, but it is no engine: the pid was used again.
        VERIFY_RESULT(EngineFile::write(file(QCoreApplication::applicationPid(), u"http://127.0.0.1:%1"_s.arg(server.serverPort()))));
        EngineStarter starter;
        const auto answer = await(starter.ensureRunning());
        QVERIFY(!answer.has_value());
        QVERIFY2(answer.error().message.contains(u"capsule-engine was not found"), qPrintable(answer.error().message));
    }

    void aMissingProgramIsSaid()
    {
        EngineStarter starter;
        const auto answer = await(starter.ensureRunning());
        QCOMPARE(answer.error().code, ErrorCode::Unavailable);
        QVERIFY(answer.error().message.contains(u"capsule-engine was not found"));
    }

    void whoeverIsAnsweredMayDeleteIt()
    {
        auto starter = std::make_unique<EngineStarter>();
        starter->ensureRunning().then(this, [&](const Result<EngineFile> &) { starter.reset(); });
        QTRY_VERIFY(!starter);
    }
};

QTEST_GUILESS_MAIN(TestEngineStarter)
#include "tst_enginestarter.moc"
