// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/errors.h"

#include "support/quoted.h"

#include <QFile>
#include <QLocalServer>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;

class TestDockerErrors : public QObject
{
    Q_OBJECT

private slots:
    void refusalIsMapped_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("words");
        using enum ErrorCode;
        QTest::newRow("not found") << 404 << quoted("{'message':'No such container: x'}") << NotFound << u"No such container: x"_s;
        QTest::newRow("name conflict") << 409 << quoted("{'message':'Conflict. The container name \\'/x\\' is already in use by container \\'c1\\'. You have to remove it.'}") << AlreadyExists
                                       << u"/x"_s;
        QTest::newRow("podman's name conflict") << 500
                                                << quoted("{'cause':'that name is already in use','message':'creating container storage: the container name \\'x\\' is already in use by c1. You have to remove that container to be able to reuse that name: that name is already in use','response':500}")
                                                << AlreadyExists << u"in use by c1"_s;
        QTest::newRow("network exists") << 409 << quoted("{'message':'network with name x already exists'}") << AlreadyExists << u"network"_s;
        QTest::newRow("paused") << 409 << quoted("{'message':'Container x is paused, unpause the container before exec'}") << Conflict << u"paused"_s;
        QTest::newRow("port taken is no name conflict") << 500 << quoted("{'message':'driver failed programming: bind: address already in use'}") << ProviderFailed << u"bind"_s;
        QTest::newRow("network in use") << 403 << quoted("{'message':'error while removing network: network x id 1 has active endpoints'}") << Conflict << u"active"_s;
        QTest::newRow("subnet taken") << 403 << quoted("{'message':'Pool overlaps with other one on this address space'}") << Conflict << u"Pool"_s;
        QTest::newRow("no subnets left") << 404 << quoted("{'message':'could not find an available, non-overlapping IPv4 address pool among the defaults'}") << LimitReached << u"pool"_s;
        QTest::newRow("disk full") << 500 << quoted("{'message':'write /x: no space left on device'}") << LimitReached << u"space"_s;
        QTest::newRow("forbidden") << 403 << quoted("{'message':'authorization denied by plugin'}") << PermissionDenied << u"plugin"_s;
        QTest::newRow("bad request") << 400 << quoted("{'message':'invalid JSON'}") << InvalidArgument << u"invalid"_s;
        QTest::newRow("cannot") << 501 << quoted("{'message':'not implemented'}") << Unsupported << u"not"_s;
        QTest::newRow("not ready") << 503 << quoted("{'message':'starting'}") << Unavailable << u"starting"_s;
        QTest::newRow("podman's cause is kept") << 500 << quoted("{'cause':'crun: exec failed','message':'start failed','response':500}") << ProviderFailed << u"start failed (crun: exec failed)"_s;
        QTest::newRow("no JSON") << 500 << "page not found\n"_ba << ProviderFailed << u"page not found"_s;
        QTest::newRow("nothing") << 500 << ""_ba << ProviderFailed << u"HTTP status 500"_s;
    }

    void refusalIsMapped()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QString, words);
        const Error error = statusError(status, body, u"do it"_s);
        QTEST(error.code, "code");
        QVERIFY2(error.detail.contains(words), qPrintable(error.detail));
        QVERIFY2(error.message.contains(u"do it"_s), qPrintable(error.message));
    }

    void detailIsBounded()
    {
        QVERIFY(statusError(500, QByteArray(100'000, 'x'), u"do it"_s).detail.size() <= 4000);
        QVERIFY(statusError(500, quoted("{'message':'") + QByteArray(100'000, 'x') + "\"}", u"do it"_s).detail.size() <= 4000);
    }

    void missingSocketSaysHowToStartTheEngine()
    {
        const Error error = connectError(Endpoint{.socketPath = u"/nonexistent/docker.sock"_s}, u"words"_s);
        QCOMPARE(error.code, ErrorCode::Unavailable);
        QVERIFY(error.message.contains(u"systemctl start docker"_s));
        QCOMPARE(error.detail, u"words"_s);
    }

    void refusedSocketSaysDockerGroup()
    {
        if (::geteuid() == 0)
            QSKIP("root may open every socket");
        QTemporaryDir dir;
        QLocalServer server;
        const QString path = dir.filePath(u"s.sock"_s);
        QVERIFY(server.listen(path));
        QVERIFY(QFile::setPermissions(path, {}));
        const Error error = connectError(Endpoint{.socketPath = path}, {});
        QCOMPARE(error.code, ErrorCode::PermissionDenied);
        QVERIFY(error.message.contains(u"docker group"_s));
    }

    void remoteEngineIsNamed()
    {
        const Error error = connectError(Endpoint{.kind = EndpointKind::Tcp, .host = u"box"_s, .port = 2375}, {});
        QCOMPARE(error.code, ErrorCode::Unavailable);
        QVERIFY(error.message.contains(u"tcp://box:2375"_s));
    }
};

QTEST_GUILESS_MAIN(TestDockerErrors)
#include "tst_dockererrors.moc"
