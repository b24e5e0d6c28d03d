// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/containerfixture.h"
#include "docker/containers.h"
#include "docker/images.h"
#include "support/foldertree.h"
#include "support/memorytree.h"
#include "support/providercontract.h"
#include "workspace/foldersource.h"

#include <QJsonDocument>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace capsule;
using test::await;
using test::ChannelRecorder;
using test::ContainerFixture;

/// The container provider keeps the contract on a real engine, and ends what it should end.
class TestContainerProvider : public test::ProviderContract
{
    Q_OBJECT

    std::unique_ptr<ContainerFixture> m_fixture;

    SandboxProvider &provider() override { return m_fixture->provider(); }
    SandboxSpec spec() override { return m_fixture->spec(); }
    QString missingSandbox() const override { return u"capsule-test-no-such-container"_s; }
    CommandSpec shell() const override
    {
        return {.argv = {u"sh"_s}, .environment = {u"PS1=$ "_s}, .workingDirectory = {}, .size = {.columns = 132, .rows = 40}};
    }
    QByteArray floodLine(int bytes) const override { return "seq " + QByteArray::number(bytes / 5); }
    void removeBehindItsBack(const QString &sandboxId) override
    {
        VERIFY_RESULT(await(docker::removeContainer(m_fixture->client(), sandboxId, docker::RemoveVolumes::Yes)));
    }

    int processes(const QString &id, const QString &pattern)
    {
        const auto output = m_fixture->shell(id, u"cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -o '%1' | wc -l"_s.arg(pattern));
        return output ? output->out.trimmed().toInt() : -1;
    }

private slots:
    void initTestCase()
    {
        DOCKER_OR_SKIP();
        m_fixture = std::make_unique<ContainerFixture>();
        QVERIFY2(!m_fixture->image().isEmpty(), "no image with a shell is on the engine");
    }

    void cleanupTestCase()
    {
        if (!m_fixture)
            return;
        await(docker::removeImage(m_fixture->client(), u"capsule-test/snapshot:%1"_s.arg(QCoreApplication::applicationPid()), docker::RemoveForce::Yes));
        m_fixture.reset();
    }

    void terminalKnowsItsSizeAndKind()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        const auto terminal = await(provider().openTerminal(*id, shell()));
        VERIFY_RESULT(terminal);
        ChannelRecorder record(terminal->get());
        QTRY_VERIFY_WITH_TIMEOUT(record.output.endsWith("$ "), 20s);
        (*terminal)->write("stty size; echo $TERM $COLORTERM $LANG; pwd; id -un\r");
        QTRY_VERIFY2_WITH_TIMEOUT(record.output.contains("40 132\r\nxterm-256color truecolor C.UTF-8\r\n/workspace\r\n"), record.output.constData(), 20s);
        record.output.clear();
        for (int columns = 50; columns <= 90; ++columns)
            (*terminal)->resize({columns, 20});
        QTRY_VERIFY_WITH_TIMEOUT(([&] {
            record.output.clear();
            (*terminal)->write("stty size\r");
            return QTest::qWaitFor([&] { return record.output.contains("20 90\r\n"); }, 500);
        }()), 20s);
    }

    void firstReadOfTheSizeIsRight()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        for (int i = 0; i < 5; ++i) { // a race, if there is one
            CommandSpec wanted = shell();
            wanted.argv = {u"stty"_s, u"size"_s};
            const auto terminal = await(provider().openTerminal(*id, wanted));
            VERIFY_RESULT(terminal);
            ChannelRecorder record(terminal->get());
            (*terminal)->setReadPaused(false);
            QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), 20s);
            QCOMPARE(record.output, "40 132\r\n");
        }
    }

    // The engine starts the program after it has answered, so that a slow machine opens the terminal first.
    void programThatIsMissingIsSaid()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        CommandSpec wanted = shell();
        wanted.argv = {u"no-such-program"_s};
        const auto terminal = await(provider().openTerminal(*id, wanted));
        if (terminal) {
            ChannelRecorder record(terminal->get());
            QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), 20s);
            QCOMPARE(record.status.code, 127);
            QVERIFY2(record.output.contains("no-such-program"), record.output.constData());
            return;
        }
        QCOMPARE(terminal.error().code, ErrorCode::NotFound);
        QCOMPARE(terminal.error().message, u"\"no-such-program\" was not found in the sandbox."_s);
    }

    void hangUpReachesBackgroundAndStubbornPrograms()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        const auto terminal = await(provider().openTerminal(*id, shell()));
        const auto other = await(provider().openTerminal(*id, shell()));
        VERIFY_RESULT(terminal);
        VERIFY_RESULT(other);
        ChannelRecorder record(terminal->get());
        ChannelRecorder otherRecord(other->get());
        QTRY_VERIFY_WITH_TIMEOUT(record.output.endsWith("$ ") && otherRecord.output.endsWith("$ "), 20s);
        (*terminal)->write("setsid sleep 4711 & sh -c 'trap \"\" HUP TERM; sleep 4711; sleep 4711' & echo st''arted\r");
        (*other)->write("sleep 4712 & echo st''arted\r");
        QTRY_VERIFY_WITH_TIMEOUT(record.output.contains("started\r\n") && otherRecord.output.contains("started\r\n"), 20s);
        QTRY_COMPARE(processes(*id, u"sleep 471[1]"_s), 4); // the loop names it twice
        (*terminal)->hangUp();
        QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), 20s);
        QTRY_COMPARE(processes(*id, u"sleep 471[1]"_s), 0);
        QCOMPARE(processes(*id, u"sleep 471[2]"_s), 1); // another terminal's
        QVERIFY(!otherRecord.isEnded());
    }

    void droppedTerminalRunsOn()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        CommandSpec wanted = shell();
        wanted.argv = {u"sh"_s, u"-c"_s, u"sleep 1; echo done > /tmp/dropped; sleep 4713"_s};
        auto terminal = await(provider().openTerminal(*id, wanted));
        VERIFY_RESULT(terminal);
        terminal->reset();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->shell(*id, u"cat /tmp/dropped"_s)->out, "done\n", 20s);
    }

    void droppedCommandIsKilled()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        auto exec = await(provider().openExec(*id, {.argv = {u"sleep"_s, u"4714"_s}, .environment = {}, .workingDirectory = {}, .size = {}}));
        VERIFY_RESULT(exec);
        QTRY_COMPARE(processes(*id, u"sleep 471[4]"_s), 1);
        exec->reset();
        QTRY_COMPARE_WITH_TIMEOUT(processes(*id, u"sleep 471[4]"_s), 0, 20s);
    }

    void nextEngineEndsWhatTheLastOneLeft()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        auto last = std::make_unique<ContainerProvider>(m_fixture->endpoint(), ContainerOptions{.network = m_fixture->network()});
        CommandSpec wanted = shell();
        wanted.argv = {u"sleep"_s, u"4715"_s};
        auto left = await(last->openTerminal(*id, wanted));
        VERIFY_RESULT(left);
        left->reset();
        last.reset();
        QCOMPARE(processes(*id, u"sleep 471[5]"_s), 1);
        ContainerProvider next(m_fixture->endpoint(), {.network = m_fixture->network()});
        const auto terminal = await(next.openTerminal(*id, shell()));
        VERIFY_RESULT(terminal);
        ChannelRecorder record(terminal->get());
        QTRY_COMPARE_WITH_TIMEOUT(processes(*id, u"sleep 471[5]"_s), 0, 20s);
        (*terminal)->write("echo still''here\r");
        QTRY_VERIFY_WITH_TIMEOUT(record.output.contains("stillhere\r\n"), 20s);
    }

    void stopGivesProgramsTimeToEnd()
    {
        const auto id = running();
        VERIFY_RESULT(id);
        CommandSpec wanted = shell();
        wanted.argv = {u"sh"_s, u"-c"_s, u"trap 'sleep 0.3; echo saved > /tmp/state; exit 0' TERM HUP; echo ready; while :; do sleep 0.1; done"_s};
        const auto terminal = await(provider().openTerminal(*id, wanted));
        VERIFY_RESULT(terminal);
        ChannelRecorder record(terminal->get());
        QTRY_VERIFY_WITH_TIMEOUT(record.output.contains("ready"), 20s);
        QElapsedTimer timer;
        timer.start();
        VERIFY_RESULT(await(provider().stop(*id)));
        QVERIFY2(timer.elapsed() < 5000, "it did not wait for the whole grace");
        VERIFY_RESULT(await(provider().start(*id)));
        QCOMPARE(m_fixture->shell(*id, u"cat /tmp/state"_s)->out, "saved\n");
    }

    void folderOfOddNamesArrivesWhole()
    {
        test::FolderTree tree;
        qint64 bytes = 0;
        for (int folder = 0; folder < 20; ++folder) {
            const QByteArray name = "dir \xc3\xa4\xff " + QByteArray::number(folder);
            QVERIFY(tree.folder(name));
            for (int file = 0; file < 100; ++file) {
                QByteArray fileName = "f\n\"'\\$(x) \xf0\x9f\x90\xb3" + QByteArray::number(file);
                if (file % 10 == 0)
                    fileName += QByteArray(150, 'x');
                const QByteArray content(file * 37, char('a' + file % 26));
                QVERIFY(tree.file(name + '/' + fileName, content, file % 2 ? 0644 : 0755));
                bytes += content.size();
            }
        }
        QVERIFY(tree.link("link", "dir \xc3\xa4\xff 0"));
        const auto id = created();
        VERIFY_RESULT(id);
        const auto source = std::make_shared<FolderSource>(FolderSource::Options{.path = tree.path(), .totalBytes = bytes, .limits = {}});
        VERIFY_RESULT(await(provider().copyIn(*id, source)));
        QCOMPARE(source->report().files, 2000);
        VERIFY_RESULT(await(provider().start(*id)));
        const QString listing = u"LC_ALL=C find . -printf '%y %m %s %p %l\\0' | LC_ALL=C sort -z | tr '\\0' '\\n'; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | sha256sum"_s;
        const auto inside = m_fixture->shell(*id, listing + u"; find . ! -uid 1000 -o ! -gid 1000"_s);
        VERIFY_RESULT(inside);
        QProcess outside;
        outside.setWorkingDirectory(tree.path());
        outside.start(u"sh"_s, {u"-c"_s, u"chmod 755 . ; "_s + listing});
        QVERIFY(outside.waitForFinished());
        // Sizes of folders differ between file systems.
        const auto comparable = [](QByteArray text) {
            return QString::fromLatin1(text).replace(QRegularExpression(u"^(d \\d+) \\d+"_s, QRegularExpression::MultilineOption), u"\\1"_s);
        };
        QVERIFY(inside->out.size() > 100'000);
        QCOMPARE(comparable(inside->out).size(), comparable(outside.readAllStandardOutput()).size());
        outside.start(u"sh"_s, {u"-c"_s, listing});
        QVERIFY(outside.waitForFinished());
        QVERIFY(comparable(inside->out) == comparable(outside.readAllStandardOutput()));
    }

    void cancelledCopyLeavesNothing()
    {
        test::FolderTree tree;
        for (int i = 0; i < 8; ++i)
            QVERIFY(tree.file("f" + QByteArray::number(i), QByteArray(8 * 1024 * 1024, 'x')));
        const auto id = created();
        VERIFY_RESULT(id);
        const auto source = std::make_shared<FolderSource>(FolderSource::Options{.path = tree.path(), .totalBytes = 0, .limits = {}});
        const auto copied = provider().copyIn(*id, source);
        QSignalSpy progress(source.get(), &TreeSource::progressed);
        QTRY_VERIFY(!progress.isEmpty());
        source->close();
        const auto result = await(copied);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        VERIFY_RESULT(await(provider().remove(*id)));
        const auto infos = await(provider().list());
        VERIFY_RESULT(infos);
        QVERIFY(std::ranges::find(*infos, *id, &SandboxInfo::id) == infos->end());
    }

    void snapshotForgetsTheEnvironment()
    {
        SandboxSpec wanted = spec();
        wanted.environment = {u"TEST_TOKEN=top-secret"_s};
        const auto id = await(provider().create(wanted));
        VERIFY_RESULT(id);
        const QString name = u"capsule-test/scrubbed:%1"_s.arg(QCoreApplication::applicationPid());
        const auto image = await(provider().snapshot(*id, name));
        const auto inspected = await(docker::inspectImage(m_fixture->client(), name));
        await(docker::removeImage(m_fixture->client(), name, docker::RemoveForce::Yes));
        VERIFY_RESULT(await(provider().remove(*id)));
        VERIFY_RESULT(image);
        VERIFY_RESULT(inspected);
        const QByteArray config = QJsonDocument((*inspected)["Config"_L1].toObject()).toJson();
        QVERIFY2(!config.contains("top-secret"), config.constData());
        QVERIFY2(!config.contains("test-session"), config.constData());
    }

    void foreignNetworkOfTheSameNameIsLeftAlone()
    {
        const QString name = test::uniqueName(u"foreign"_s);
        const auto foreign = await(docker::createNetwork(m_fixture->client(), {{u"Name"_s, name}, {u"Driver"_s, u"bridge"_s}, {u"Labels"_s, QJsonObject{{test::testLabel, u"1"_s}}}}));
        VERIFY_RESULT(foreign);
        ContainerProvider other(m_fixture->endpoint(), {.network = name});
        ContainerProvider another(m_fixture->endpoint(), {.network = name});
        const auto firstAnswer = other.create(spec());
        const auto secondAnswer = another.create(spec()); // at the same time
        const auto first = await(firstAnswer);
        const auto second = await(secondAnswer);
        const auto networkOf = [this](const Result<QString> &id) {
            return id ? (*await(docker::inspectContainer(m_fixture->client(), *id)))["HostConfig"_L1]["NetworkMode"_L1].toString() : QString();
        };
        const QString firstNetwork = networkOf(first);
        const QString secondNetwork = networkOf(second);
        for (const auto &id : {first, second})
            VERIFY_RESULT(await(provider().remove(*id)));
        for (const QString &network : QSet<QString>{*foreign, firstNetwork, secondNetwork})
            VERIFY_RESULT(await(docker::removeNetwork(m_fixture->client(), network)));
        VERIFY_RESULT(first);
        VERIFY_RESULT(second);
        QVERIFY(firstNetwork != *foreign);
        QCOMPARE(firstNetwork, secondNetwork);
    }

    void missingEngineIsASentence()
    {
        ContainerProvider lost(*docker::parseHost(u"unix:///nonexistent/docker.sock"_s));
        QSignalSpy availability(&lost, &SandboxProvider::availabilityChanged);
        QFuture<ProviderStatus> status = lost.probe();
        QTRY_VERIFY(status.isFinished());
        QVERIFY(!status.result().available);
        QVERIFY(status.result().error);
        QVERIFY2(status.result().error->message.contains("Start Docker"_L1), qPrintable(status.result().error->message));
        QTRY_COMPARE(availability.size(), 1);
        QCOMPARE(availability[0][0].toBool(), false);
        QCOMPARE(await(lost.create(spec())).error_or({}).code, ErrorCode::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestContainerProvider)
#include "tst_containerprovider.moc"
