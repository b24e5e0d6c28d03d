// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/exec.h"
#include "docker/hijack.h"
#include "docker/networks.h"
#include "docker/sshtunnel.h"
#include "support/await.h"
#include "support/dockertest.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// The engine of this machine reached as if it were elsewhere: over TLS and through ssh.
class TestDockerRemote : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    Endpoint m_local;
    std::unique_ptr<QProcess> m_service; ///< socat or sshd
    QByteArray m_path;

    bool runTool(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        process.setWorkingDirectory(m_dir.path());
        process.start(program, arguments);
        const bool done = process.waitForFinished(30'000) && process.exitCode() == 0;
        if (!done)
            qWarning() << program << process.readAllStandardError();
        return done;
    }

    static quint16 freePort()
    {
        QTcpServer server;
        return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
    }

    bool serves(quint16 port)
    {
        return QTest::qWaitFor([port] {
            QTcpSocket socket;
            socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
            return socket.waitForConnected(200);
        }, 10'000);
    }

    void write(const QString &name, const QByteArray &content, bool executable = false)
    {
        QFile file(m_dir.filePath(name));
        if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size())
            file.setPermissions(executable ? QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner : QFile::ReadOwner | QFile::WriteOwner);
    }

    bool makeCertificates()
    {
        const auto sign = [this](const QString &name, const QByteArray &extensions) {
            write(name + u".ext"_s, extensions);
            return runTool(u"openssl"_s, {u"req"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-keyout"_s, name + u"-key.pem"_s, u"-out"_s, name + u".csr"_s, u"-subj"_s, u"/CN="_s + name})
                   && runTool(u"openssl"_s, {u"x509"_s, u"-req"_s, u"-in"_s, name + u".csr"_s, u"-CA"_s, u"ca.pem"_s, u"-CAkey"_s, u"ca-key.pem"_s, u"-CAcreateserial"_s, u"-days"_s, u"2"_s,
                                             u"-extfile"_s, name + u".ext"_s, u"-out"_s, name + u".pem"_s});
        };
        return runTool(u"openssl"_s, {u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-days"_s, u"2"_s, u"-keyout"_s, u"ca-key.pem"_s, u"-out"_s, u"ca.pem"_s, u"-subj"_s, u"/CN=test"_s})
               && sign(u"server"_s, "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n") && sign(u"client"_s, "extendedKeyUsage=clientAuth\n");
    }

    Endpoint tlsEndpoint(quint16 port) const
    {
        return {.kind = EndpointKind::Tls,
                .host = u"127.0.0.1"_s,
                .port = port,
                .caFile = m_dir.filePath(u"ca.pem"_s),
                .certificateFile = m_dir.filePath(u"client.pem"_s),
                .keyFile = m_dir.filePath(u"client-key.pem"_s)};
    }

private slots:
    void initTestCase()
    {
        DOCKER_OR_SKIP();
        const auto endpoint = resolveEndpoint(Environment::system());
        VERIFY_RESULT(endpoint);
        if (endpoint->kind != EndpointKind::Unix)
            QSKIP("The engine is elsewhere already.");
        m_local = *endpoint;
        m_path = qgetenv("PATH");
        qputenv("XDG_RUNTIME_DIR", m_dir.path().toLocal8Bit());
    }

    void cleanup()
    {
        if (m_service) {
            m_service->kill();
            m_service->waitForFinished();
            m_service.reset();
        }
        qputenv("PATH", m_path);
    }

    void tlsWithCertificatesWorks()
    {
        if (QStandardPaths::findExecutable(u"socat"_s).isEmpty() || QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
            QSKIP("socat or openssl is not installed");
        QVERIFY(makeCertificates());
        const quint16 port = freePort();
        m_service = std::make_unique<QProcess>();
        m_service->setWorkingDirectory(m_dir.path());
        m_service->start(u"socat"_s, {u"OPENSSL-LISTEN:%1,bind=127.0.0.1,reuseaddr,fork,cert=server.pem,key=server-key.pem,cafile=ca.pem,verify=1"_s.arg(port), u"UNIX-CONNECT:"_s + m_local.socketPath});
        QVERIFY(serves(port));

        Client client(tlsEndpoint(port));
        const auto networks = await(listNetworks(client, {}));
        VERIFY_RESULT(networks);
        QVERIFY(!networks->isEmpty());
        // A stream over TLS: the refusal of an exec that does not exist comes back over it.
        HijackedStream *stream = startExec(client, u"0123456789abcdef"_s, ExecTerminal::Tty, &client);
        QSignalSpy finished(stream, &HijackedStream::finished);
        QVERIFY(finished.wait(10'000));
        QCOMPARE(finished.first().first().value<Result<void>>().error().code, ErrorCode::NotFound);

        Endpoint anonymous = tlsEndpoint(port);
        anonymous.certificateFile.clear();
        Client stranger(anonymous);
        QVERIFY(!await(systemInfo(stranger)));

        Endpoint distrustful = tlsEndpoint(port);
        distrustful.caFile = m_dir.filePath(u"client.pem"_s);
        Client doubter(distrustful);
        const auto refused = await(systemInfo(doubter));
        QVERIFY(!refused);
        QVERIFY(!refused.error().detail.isEmpty());

        Endpoint unreadable = tlsEndpoint(port);
        unreadable.keyFile = m_dir.filePath(u"missing.pem"_s);
        Client keyless(unreadable);
        const auto noKey = await(systemInfo(keyless));
        QVERIFY(!noKey);
        QCOMPARE(noKey.error().code, ErrorCode::InvalidArgument);
    }

    void sshReachesTheEngine()
    {
        const QString sshd = u"/usr/sbin/sshd"_s;
        const QString ssh = QStandardPaths::findExecutable(u"ssh"_s);
        if (!QFile::exists(sshd) || ssh.isEmpty())
            QSKIP("openssh-server is not installed");
        const quint16 port = freePort();
        for (const QString &key : {u"host"_s, u"user"_s})
            QVERIFY(runTool(u"ssh-keygen"_s, {u"-q"_s, u"-t"_s, u"ed25519"_s, u"-N"_s, QString(), u"-f"_s, m_dir.filePath(key)}));
        QVERIFY(QFile::copy(m_dir.filePath(u"user.pub"_s), m_dir.filePath(u"authorized"_s)));
        write(u"sshd_config"_s, "HostKey " + m_dir.filePath(u"host"_s).toLocal8Bit() + "\nAuthorizedKeysFile " + m_dir.filePath(u"authorized"_s).toLocal8Bit()
                                    + "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\n");
        m_service = std::make_unique<QProcess>();
        QDir().mkpath(u"/run/sshd"_s); // root's sshd wants it; another user's does not and cannot
        m_service->start(sshd, {u"-D"_s, u"-e"_s, u"-f"_s, m_dir.filePath(u"sshd_config"_s), u"-p"_s, QString::number(port), u"-o"_s, u"ListenAddress=127.0.0.1"_s});
        if (!serves(port))
            QSKIP(("sshd does not start here: " + m_service->readAllStandardError()).constData());

        // The user's own ssh configuration, as ssh finds it: by a wrapper, since it ignores HOME.
        write(u"ssh_config"_s, "Host *\n  IdentityFile " + m_dir.filePath(u"user"_s).toLocal8Bit() + "\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n");
        QVERIFY(QDir(m_dir.path()).mkpath(u"bin"_s));
        write(u"bin/ssh"_s, "#!/bin/sh\nexec " + ssh.toLocal8Bit() + " -F " + m_dir.filePath(u"ssh_config"_s).toLocal8Bit() + " \"$@\"\n", true);
        qputenv("PATH", m_dir.filePath(u"bin"_s).toLocal8Bit() + ':' + m_path);

        Client client(Endpoint{.kind = EndpointKind::Ssh, .socketPath = m_local.socketPath, .host = u"127.0.0.1"_s, .port = port});
        const auto networks = await(listNetworks(client, {}));
        VERIFY_RESULT(networks);
        QVERIFY(!networks->isEmpty());
        VERIFY_RESULT(await(ping(client)));

        // Without the key ssh says no, and its words are told.
        QVERIFY(QFile::remove(m_dir.filePath(u"authorized"_s)));
        Client stranger(Endpoint{.kind = EndpointKind::Ssh, .socketPath = m_local.socketPath, .host = u"127.0.0.1"_s, .port = port});
        const auto refused = await(ping(stranger));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Unavailable);
        QVERIFY2(refused.error().detail.contains(u"Permission denied"_s), qPrintable(refused.error().detail));
    }

    void machineThatLooksLikeAnOptionIsRefused()
    {
        SshTunnel tunnel(Endpoint{.kind = EndpointKind::Ssh, .socketPath = u"/x"_s, .host = u"-oProxyCommand=touch"_s});
        const auto path = await(tunnel.open());
        QVERIFY(!path);
        QCOMPARE(path.error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_GUILESS_MAIN(TestDockerRemote)
#include "tst_dockerremote.moc"
