// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containererrors.h"
#include "sandbox/container/containerrequest.h"
#include "sandbox/container/containerwords.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

/// The engine's answers in the contract's words.
class TestContainerWords : public QObject
{
    Q_OBJECT

    static docker::Event event(const QString &action, qint64 seconds, const QHash<QString, QString> &attributes = {})
    {
        QHash<QString, QString> all = attributes;
        all.insert(sessionLabel, u"s1"_s);
        return {.type = u"container"_s, .action = action, .id = u"c1"_s, .attributes = all, .timeNano = seconds * 1'000'000'000};
    }

private slots:
    void containersAreListed()
    {
        const QJsonArray containers{
            QJsonObject{{u"Id"_s, u"a"_s}, {u"Names"_s, QJsonArray{u"/capsule-x"_s}}, {u"Image"_s, u"base"_s}, {u"State"_s, u"running"_s},
                        {u"Labels"_s, QJsonObject{{sessionLabel, u"s1"_s}}}},
            QJsonObject{{u"Id"_s, u"b"_s}, {u"State"_s, u"paused"_s}},
            QJsonObject{{u"Id"_s, u"c"_s}, {u"State"_s, u"exited"_s}},
            QJsonObject{{u"State"_s, u"running"_s}},
            u"nonsense"_s,
        };
        const QList<SandboxInfo> infos = sandboxInfos(containers);
        QCOMPARE(infos.size(), 3);
        QCOMPARE(infos[0], (SandboxInfo{.id = u"a"_s, .sessionId = u"s1"_s, .name = u"capsule-x"_s, .image = u"base"_s, .running = true, .labels = {{sessionLabel, u"s1"_s}}}));
        QVERIFY(infos[1].running);
        QVERIFY(!infos[2].running);
    }

    void deathCarriesItsCode()
    {
        SandboxEventReader reader;
        const auto died = reader.read(event(u"die"_s, 1, {{u"exitCode"_s, u"137"_s}}));
        QVERIFY(died);
        QCOMPARE(died->kind, SandboxEvent::Kind::Died);
        QCOMPARE(died->exitCode, 137);
        QCOMPARE(died->sessionId, u"s1"_s);
        QVERIFY(!died->outOfMemory);
    }

    void outOfMemoryCountsWhenDeathFollows()
    {
        SandboxEventReader reader;
        QVERIFY(!reader.read(event(u"oom"_s, 10)));
        QVERIFY(reader.read(event(u"die"_s, 11))->outOfMemory);
        QVERIFY(!reader.read(event(u"oom"_s, 20)));
        QVERIFY2(!reader.read(event(u"die"_s, 60))->outOfMemory, "some process was killed long before");
    }

    void otherEventsSayNothing()
    {
        SandboxEventReader reader;
        for (const QString &action : {u"create"_s, u"exec_create: sh"_s, u"rename"_s, u"pause"_s})
            QVERIFY(!reader.read(event(action, 1)));
        docker::Event network = event(u"destroy"_s, 1);
        network.type = u"network"_s;
        QVERIFY(!reader.read(network));
        QCOMPARE(reader.read(event(u"destroy"_s, 1))->kind, SandboxEvent::Kind::Removed);
        QCOMPARE(reader.read(event(u"start"_s, 1))->kind, SandboxEvent::Kind::Started);
    }

    void programThatCannotStartGetsASentence_data()
    {
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("runc") << QByteArray("OCI runtime exec failed: exec failed: unable to start container process: exec: \"x\": executable file not found in $PATH: unknown\r\n")
                              << u"\"x\" was not found in the sandbox."_s;
        QTest::newRow("not allowed") << QByteArray("OCI runtime exec failed: exec failed: exec: \"/x\": permission denied: unknown\r\n") << u"\"x\" may not be run in the sandbox."_s;
        QTest::newRow("folder") << QByteArray("OCI runtime exec failed: exec failed: chdir to cwd (\"/nope\") set in config.json failed: unknown")
                                << u"The folder in which \"x\" shall run does not exist in the sandbox."_s;
        QTest::newRow("a program's own words") << QByteArray("hello: OCI runtime exec failed:") << QString();
    }

    void programThatCannotStartGetsASentence()
    {
        QFETCH(const QByteArray, output);
        QTEST(startFailure(output, {u"x"_s}).value_or(QString()), "sentence");
    }

    void errorsSpeakOfSandboxes()
    {
        const Error missing = sandboxError({ErrorCode::NotFound, u"x"_s, u"No such container: 1f"_s}, u"start the sandbox"_s);
        QVERIFY(missing.message.contains("sandbox"_L1));
        QCOMPARE(missing.detail, u"No such container: 1f"_s);
        QVERIFY(sandboxError({ErrorCode::Conflict, {}, u"Container 1f is paused"_s}, {}).message.contains("resume"_L1));
        QVERIFY(creationError({ErrorCode::NotFound, {}, u"No such image: base"_s}, u"base"_s).message.contains("base"_L1));
        QCOMPARE(creationError({ErrorCode::NotFound, {}, u"network 1f not found"_s}, u"base"_s).code, ErrorCode::ProviderFailed);
    }
};

QTEST_GUILESS_MAIN(TestContainerWords)
#include "tst_containerwords.moc"
