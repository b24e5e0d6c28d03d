// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/endpoint.h"
#include "support/await.h"
#include "support/quoted.h"

#include <QCryptographicHash>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;

namespace {

/// A machine made of the files in `files`.
Environment machine(const QHash<QString, QString> &variables, const QHash<QString, QByteArray> &files)
{
    return {.variables = variables,
            .home = u"/home/u"_s,
            .exists = [files](const QString &path) { return files.contains(path); },
            .readFile = [files](const QString &path) { return files.contains(path) ? std::optional(files.value(path)) : std::nullopt; }};
}

QString contextFile(const QString &name, const QString &kind = u"meta"_s)
{
    return u"/home/u/.docker/contexts/%1/%2/"_s.arg(kind, QString::fromLatin1(QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha256).toHex()));
}

} // namespace

class TestEndpoint : public QObject
{
    Q_OBJECT

private slots:
    void hostIsUnderstood_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Endpoint>("expected");
        using enum EndpointKind;
        QTest::newRow("unix") << u"unix:///run/x.sock"_s << Endpoint{.kind = Unix, .socketPath = u"/run/x.sock"_s};
        QTest::newRow("unix with a space") << u"unix:///run/a b.sock"_s << Endpoint{.kind = Unix, .socketPath = u"/run/a b.sock"_s};
        QTest::newRow("tcp") << u"tcp://10.0.0.1:1234"_s << Endpoint{.kind = Tcp, .host = u"10.0.0.1"_s, .port = 1234};
        QTest::newRow("tcp, default port") << u"tcp://box"_s << Endpoint{.kind = Tcp, .host = u"box"_s, .port = 2375};
        QTest::newRow("tcp on the TLS port") << u"tcp://box:2376"_s << Endpoint{.kind = Tls, .host = u"box"_s, .port = 2376};
        QTest::newRow("tcp, IPv6") << u"tcp://[::1]:2375/"_s << Endpoint{.kind = Tcp, .host = u"::1"_s, .port = 2375};
        QTest::newRow("https") << u"https://box"_s << Endpoint{.kind = Tls, .host = u"box"_s, .port = 2376};
        QTest::newRow("ssh") << u"ssh://me@box"_s << Endpoint{.kind = Ssh, .socketPath = u"/var/run/docker.sock"_s, .host = u"box"_s, .user = u"me"_s};
        QTest::newRow("ssh, port and path") << u"ssh://box:2222/run/podman/podman.sock"_s
                                            << Endpoint{.kind = Ssh, .socketPath = u"/run/podman/podman.sock"_s, .host = u"box"_s, .port = 2222};
    }

    void hostIsUnderstood()
    {
        QFETCH(QString, text);
        QFETCH(Endpoint, expected);
        const Result<Endpoint> endpoint = parseHost(text);
        VERIFY_RESULT(endpoint);
        QCOMPARE(*endpoint, expected);
    }

    void badHostIsRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "box", "unix://relative.sock", "ftp://box", "tcp://", "tcp://box:99999", "tcp://box/path", "ssh://", "ssh://-oProxyCommand=x", "ssh://-box",
                                 "ssh://-l@box", "ssh://me:secret@box", "ssh://box/a:b", "npipe:////./pipe/docker"})
            QTest::newRow(text) << QString::fromLatin1(text);
        QTest::newRow("too long for a socket") << u"unix:///"_s + QString(120, u'a');
    }

    void badHostIsRefused()
    {
        QFETCH(QString, text);
        const Result<Endpoint> endpoint = parseHost(text);
        QVERIFY(!endpoint);
        QCOMPARE(endpoint.error().code, ErrorCode::InvalidArgument);
        QVERIFY(!endpoint.error().message.isEmpty());
    }

    void defaultSocketThatExistsIsTaken_data()
    {
        QTest::addColumn<QStringList>("sockets");
        QTest::addColumn<QString>("expected");
        const QString docker = u"/var/run/docker.sock"_s;
        const QString rootless = u"/run/user/7/docker.sock"_s;
        const QString podman = u"/run/user/7/podman/podman.sock"_s;
        const QString rootPodman = u"/run/podman/podman.sock"_s;
        QTest::newRow("all") << QStringList{docker, rootless, podman, rootPodman} << docker;
        QTest::newRow("rootless before podman") << QStringList{rootless, podman, rootPodman} << rootless;
        QTest::newRow("the user's podman first") << QStringList{podman, rootPodman} << podman;
        QTest::newRow("the system's podman") << QStringList{rootPodman} << rootPodman;
        QTest::newRow("none") << QStringList() << docker;
    }

    void defaultSocketThatExistsIsTaken()
    {
        QFETCH(QStringList, sockets);
        QFETCH(QString, expected);
        QHash<QString, QByteArray> files;
        for (const QString &path : sockets)
            files.insert(path, {});
        const Result<Endpoint> endpoint = resolveEndpoint(machine({{u"XDG_RUNTIME_DIR"_s, u"/run/user/7"_s}}, files));
        VERIFY_RESULT(endpoint);
        QCOMPARE(endpoint->socketPath, expected);
        QCOMPARE(endpoint->origin, u"default socket"_s);
    }

    void dockerHostComesBeforeContext()
    {
        const auto endpoint = resolveEndpoint(machine({{u"DOCKER_HOST"_s, u"tcp://box:1"_s}, {u"DOCKER_CONTEXT"_s, u"work"_s}}, {}));
        VERIFY_RESULT(endpoint);
        QCOMPARE(endpoint->toString(), u"tcp://box:1"_s);
        QCOMPARE(endpoint->origin, u"DOCKER_HOST"_s);
    }

    void tlsVariablesMakeTls()
    {
        const QHash<QString, QByteArray> files{{u"/certs/ca.pem"_s, {}}, {u"/certs/cert.pem"_s, {}}, {u"/certs/key.pem"_s, {}}};
        const auto endpoint = resolveEndpoint(
            machine({{u"DOCKER_HOST"_s, u"tcp://box:1"_s}, {u"DOCKER_TLS_VERIFY"_s, u"1"_s}, {u"DOCKER_CERT_PATH"_s, u"/certs"_s}}, files));
        VERIFY_RESULT(endpoint);
        QCOMPARE(endpoint->kind, EndpointKind::Tls);
        QCOMPARE(endpoint->caFile, u"/certs/ca.pem"_s);
        QCOMPARE(endpoint->certificateFile, u"/certs/cert.pem"_s);
        QCOMPARE(endpoint->keyFile, u"/certs/key.pem"_s);
        QVERIFY(endpoint->verifyPeer);
    }

    void tlsWithoutVerifyDoesNotVerify()
    {
        const auto endpoint = resolveEndpoint(machine({{u"DOCKER_HOST"_s, u"tcp://box:1"_s}, {u"DOCKER_TLS"_s, u"1"_s}}, {}));
        VERIFY_RESULT(endpoint);
        QCOMPARE(endpoint->kind, EndpointKind::Tls);
        QVERIFY(!endpoint->verifyPeer);
        QVERIFY(endpoint->caFile.isEmpty());
    }

    void currentContextIsFollowed()
    {
        const QHash<QString, QByteArray> files{
            {u"/home/u/.docker/config.json"_s, quoted("{'currentContext':'work'}")},
            {contextFile(u"work"_s) + u"meta.json"_s, quoted("{'Name':'work','Endpoints':{'docker':{'Host':'tcp://box:2300','SkipTLSVerify':true}}}")},
            {contextFile(u"work"_s, u"tls"_s) + u"docker/ca.pem"_s, {}},
        };
        const auto endpoint = resolveEndpoint(machine({}, files));
        VERIFY_RESULT(endpoint);
        QCOMPARE(endpoint->kind, EndpointKind::Tls);
        QCOMPARE(endpoint->port, 2300);
        QVERIFY(!endpoint->verifyPeer);
        QCOMPARE(endpoint->origin, u"context 'work'"_s);
    }

    void variableContextComesBeforeCurrentContext()
    {
        const QHash<QString, QByteArray> files{
            {u"/home/u/.docker/config.json"_s, quoted("{'currentContext':'work'}")},
            {contextFile(u"home"_s) + u"meta.json"_s, quoted("{'Endpoints':{'docker':{'Host':'ssh://me@home'}}}")},
        };
        const auto endpoint = resolveEndpoint(machine({{u"DOCKER_CONTEXT"_s, u"home"_s}}, files));
        VERIFY_RESULT(endpoint);
        QCOMPARE(endpoint->toString(), u"ssh://me@home"_s);
    }

    void defaultContextIsTheDefaultSocket()
    {
        const auto endpoint = resolveEndpoint(machine({{u"DOCKER_CONTEXT"_s, u"default"_s}}, {{u"/home/u/.docker/config.json"_s, quoted("{'currentContext':'work'}")}}));
        VERIFY_RESULT(endpoint);
        QCOMPARE(endpoint->origin, u"default socket"_s);
    }

    void brokenConfigurationSaysWhichFile_data()
    {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<QByteArray>("meta");
        QTest::addColumn<QString>("named");
        QTest::newRow("config no JSON") << "{"_ba << ""_ba << u"config.json"_s;
        QTest::newRow("config a list") << "[]"_ba << ""_ba << u"config.json"_s;
        QTest::newRow("context missing") << quoted("{'currentContext':'gone'}") << ""_ba << u"gone"_s;
        QTest::newRow("context no JSON") << quoted("{'currentContext':'work'}") << "nonsense"_ba << u"work"_s;
        QTest::newRow("context without host") << quoted("{'currentContext':'work'}") << "{}"_ba << u"address"_s;
    }

    void brokenConfigurationSaysWhichFile()
    {
        QFETCH(QByteArray, config);
        QFETCH(QByteArray, meta);
        QFETCH(QString, named);
        QHash<QString, QByteArray> files{{u"/home/u/.docker/config.json"_s, config}};
        if (!meta.isEmpty())
            files.insert(contextFile(u"work"_s) + u"meta.json"_s, meta);
        const auto endpoint = resolveEndpoint(machine({}, files));
        QVERIFY(!endpoint);
        QCOMPARE(endpoint.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(endpoint.error().message.contains(named), qPrintable(endpoint.error().message));
    }
};

QTEST_GUILESS_MAIN(TestEndpoint)
#include "tst_endpoint.moc"
