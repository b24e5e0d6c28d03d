// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containerrequest.h"

#include "sandbox/container/containernetwork.h"
#include "sandbox/container/containersnapshot.h"
#include "support/await.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

/// What the engine is asked for. What results from it is tested in tests/docker/tst_containerhardening.cpp.
class TestContainerRequest : public QObject
{
    Q_OBJECT

    static SandboxSpec spec()
    {
        return {.sessionId = u"s1"_s, .name = u"My first API"_s, .image = u"base"_s, .environment = {u"A=1"_s},
                .limits = {.cpus = 1.5, .memoryBytes = 1 << 30, .pids = 64}, .labels = {{u"mine"_s, u"yes"_s}}};
    }
    static QJsonObject host(const SandboxSpec &spec, const EngineFacts &facts = {})
    {
        return containerRequest(spec, facts, u"net-id"_s).value("HostConfig"_L1).toObject();
    }

private slots:
    void everySandboxIsLocked_data()
    {
        QTest::addColumn<Privileges>("privileges");
        QTest::newRow("locked") << Privileges::Locked;
        QTest::newRow("sudo") << Privileges::Sudo;
    }

    void everySandboxIsLocked()
    {
        QFETCH(const Privileges, privileges);
        SandboxSpec wanted = spec();
        wanted.privileges = privileges;
        const QJsonObject config = host(wanted);
        QCOMPARE(config["CapDrop"_L1].toArray(), QJsonArray{u"ALL"_s});
        QCOMPARE(config["Memory"_L1].toInteger(), 1 << 30);
        QCOMPARE(config["MemorySwap"_L1], config["Memory"_L1]);
        QCOMPARE(config["NanoCpus"_L1].toInteger(), 1'500'000'000);
        QCOMPARE(config["PidsLimit"_L1].toInt(), 64);
        QCOMPARE(config["NetworkMode"_L1].toString(), u"net-id"_s);
        QCOMPARE(config["Privileged"_L1].toBool(true), false);
        QCOMPARE(config["Init"_L1].toBool(), true);
        for (const QString &key : {u"Binds"_s, u"Mounts"_s, u"Devices"_s, u"PortBindings"_s, u"VolumesFrom"_s, u"MaskedPaths"_s, u"ReadonlyPaths"_s})
            QVERIFY2(!config.contains(key), qPrintable(key));
        const QString security = QString::fromUtf8(QJsonDocument(config["SecurityOpt"_L1].toArray()).toJson());
        QVERIFY(!security.contains("unconfined"_L1));
    }

    void privilegesDecideCapabilities()
    {
        SandboxSpec wanted = spec();
        QCOMPARE(host(wanted)["CapAdd"_L1].toArray(), QJsonArray());
        QCOMPARE(host(wanted)["SecurityOpt"_L1].toArray(), QJsonArray{u"no-new-privileges"_s});
        wanted.privileges = Privileges::Sudo;
        QCOMPARE(host(wanted)["CapAdd"_L1].toArray(), (QJsonArray{u"CHOWN"_s, u"DAC_OVERRIDE"_s, u"FOWNER"_s, u"KILL"_s, u"SETGID"_s, u"SETUID"_s}));
        QVERIFY(!host(wanted).contains("SecurityOpt"_L1));
    }

    void cpusAreAtMostTheMachines()
    {
        SandboxSpec wanted = spec();
        wanted.limits.cpus = 8;
        QCOMPARE(host(wanted, {.cpus = 2})["NanoCpus"_L1].toInteger(), 2'000'000'000);
        QCOMPARE(host(wanted, {.cpus = 0})["NanoCpus"_L1].toInteger(), 8'000'000'000);
    }

    void ownLabelsWin()
    {
        SandboxSpec wanted = spec();
        wanted.labels.insert(managedLabel, u"false"_s);
        wanted.labels.insert(sessionLabel, u"another"_s);
        const QJsonObject labels = containerRequest(wanted, {}, {}).value("Labels"_L1).toObject();
        QCOMPARE(labels, (QJsonObject{{managedLabel, u"true"_s}, {sessionLabel, u"s1"_s}, {nameLabel, u"My first API"_s}, {u"mine"_s, u"yes"_s}}));
    }

    void badSpecsAreRefused_data()
    {
        QTest::addColumn<SandboxSpec>("wanted");
        SandboxSpec wanted = spec();
        wanted.limits.memoryBytes = 0;
        QTest::newRow("no memory limit") << wanted;
        wanted = spec();
        wanted.limits.cpus = 0;
        QTest::newRow("no CPU limit") << wanted;
        wanted = spec();
        wanted.limits.pids = -1;
        QTest::newRow("endless processes") << wanted;
        wanted = spec();
        wanted.image.clear();
        QTest::newRow("no image") << wanted;
        for (const QString &variable : {u"NOVALUE"_s, u"=x"_s, u"A B=1"_s, u"1A=x"_s, u"A=x\0y"_s}) {
            wanted = spec();
            wanted.environment = {variable};
            QTest::addRow("variable %s", qPrintable(variable)) << wanted;
        }
    }

    void badSpecsAreRefused()
    {
        QFETCH(const SandboxSpec, wanted);
        const auto result = checkSpec(wanted);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
    }

    void goodSpecPasses()
    {
        SandboxSpec wanted = spec();
        wanted.environment = {u"A="_s, u"_B=two = three"_s, u"C=line\nline"_s};
        VERIFY_RESULT(checkSpec(wanted));
    }

    void refusalNeverShowsAValue()
    {
        SandboxSpec wanted = spec();
        wanted.environment = {u"BAD NAME=secret"_s};
        QVERIFY(!checkSpec(wanted).error().message.contains("secret"_L1));
    }

    void hostNamesAreHostNames_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("expected");
        QTest::newRow("words") << u"My first API"_s << u"my-first-api"_s;
        QTest::newRow("nothing left") << u"…日本"_s << u"sandbox"_s;
        QTest::newRow("edges") << u"--a__b--"_s << u"a-b"_s;
        QTest::newRow("long") << QString(100, u'x') << QString(24, u'x');
        QTest::newRow("cut at a dash") << QString(23, u'x') + u" yyy"_s << QString(23, u'x');
    }

    void hostNamesAreHostNames()
    {
        QFETCH(const QString, name);
        QTEST(hostName(name), "expected");
        QCOMPARE(containerName(name, 0xabc), u"capsule-"_s + hostName(name) + u"-00000abc"_s);
    }

    void factsAreRead_data()
    {
        QTest::addColumn<QByteArray>("info");
        QTest::addColumn<bool>("podman");
        QTest::addColumn<EngineFacts>("expected");
        QTest::newRow("docker, cgroup v1") << QByteArray(R"({"NCPU":2,"CgroupVersion":"1","MemoryLimit":true,"PidsLimit":true,"CpuCfsQuota":true,"SecurityOptions":["name=seccomp,profile=default"]})")
            << false << EngineFacts{.cgroupVersion = 1, .cpus = 2, .limits = true};
        QTest::newRow("docker without memory limits") << QByteArray(R"({"NCPU":2,"CgroupVersion":"2","MemoryLimit":false})")
            << false << EngineFacts{.cgroupVersion = 2, .cpus = 2, .limits = false};
        QTest::newRow("rootless podman, cgroup v1") << QByteArray(R"({"NCPU":4,"CgroupVersion":"1","SecurityOptions":["name=rootless"]})")
            << true << EngineFacts{.podman = true, .rootless = true, .cgroupVersion = 1, .cpus = 4, .limits = false, .privateCgroupNamespace = false};
        QTest::newRow("rootless docker, cgroup v2") << QByteArray(R"({"NCPU":4,"CgroupVersion":"2","MemoryLimit":true,"PidsLimit":true,"CpuCfsQuota":true,"SecurityOptions":["name=rootless"]})")
            << false << EngineFacts{.rootless = true, .cgroupVersion = 2, .cpus = 4, .limits = true};
    }

    void factsAreRead()
    {
        QFETCH(const QByteArray, info);
        QFETCH(const bool, podman);
        QFETCH(const EngineFacts, expected);
        QCOMPARE(EngineFacts::read(QJsonDocument::fromJson(info).object(), podman), expected);
    }

    void sharedNetworkIsOursIsolatedAndTheOldest()
    {
        const auto network = [](const QString &id, const QString &created, const QString &label, const QString &icc) {
            return QJsonObject{{u"Id"_s, id}, {u"Name"_s, u"capsule"_s}, {u"Created"_s, created},
                               {u"Labels"_s, QJsonObject{{managedLabel, u"true"_s}, {networkLabel, label}}},
                               {u"Options"_s, QJsonObject{{u"com.docker.network.bridge.enable_icc"_s, icc}}}};
        };
        const QJsonObject foreign{{u"Id"_s, u"x"_s}, {u"Name"_s, u"capsule"_s}, {u"Created"_s, u"2020"_s}};
        QCOMPARE(sharedNetwork({foreign}, u"capsule"_s), QString());
        QCOMPARE(sharedNetwork({network(u"a"_s, u"2021"_s, u"capsule"_s, u"true"_s)}, u"capsule"_s), QString());
        QCOMPARE(sharedNetwork({network(u"b"_s, u"2023"_s, u"capsule"_s, u"false"_s), network(u"a"_s, u"2022"_s, u"capsule"_s, u"false"_s),
                                network(u"c"_s, u"2020"_s, u"test"_s, u"false"_s), foreign}, u"capsule"_s), u"a"_s);
    }

    void snapshotForgetsWhatTheContainerAdded()
    {
        const QJsonObject image{{u"Env"_s, QJsonArray{u"PATH=/bin"_s, u"LANG=C"_s}}, {u"Cmd"_s, QJsonArray{u"bash"_s}}, {u"Labels"_s, QJsonObject{{u"a"_s, u"1"_s}}}};
        const QJsonObject container{{u"Env"_s, QJsonArray{u"PATH=/bin"_s, u"LANG=de \"x\""_s, u"TOKEN=secret"_s}},
                                    {u"Labels"_s, QJsonObject{{u"a"_s, u"1"_s}, {u"capsule.session"_s, u"s1"_s}}}};
        const QStringList changes = scrubbingChanges(container, image);
        QCOMPARE(changes, (QStringList{u"ENV LANG=\"C\""_s, u"ENV TOKEN=\"\""_s, u"LABEL \"capsule.session\"=\"\""_s, u"ENTRYPOINT []"_s, u"CMD [\"bash\"]"_s}));
    }
};

QTEST_GUILESS_MAIN(TestContainerRequest)
#include "tst_containerrequest.moc"
