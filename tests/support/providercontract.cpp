// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/providercontract.h"

#include "support/await.h"
#include "support/channelrecorder.h"
#include "support/memorytree.h"
#include "support/tinytar.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule::test {

namespace {

constexpr auto patience = 20s;

CommandSpec command(const QStringList &argv)
{
    return {.argv = argv, .environment = {}, .workingDirectory = {}, .size = {}};
}

} // namespace

Result<QString> ProviderContract::created()
{
    const Result<QString> id = await(provider().create(spec()));
    if (id)
        m_sandboxes.append(*id);
    return id;
}

Result<QString> ProviderContract::running()
{
    const Result<QString> id = created();
    if (!id)
        return id;
    if (const Result<void> started = await(provider().start(*id)); !started)
        return std::unexpected(started.error());
    return id;
}

void ProviderContract::init()
{
    m_events.clear();
    connect(&provider(), &SandboxProvider::sandboxChanged, this, [this](const SandboxEvent &event) { m_events.append(event); });
}

void ProviderContract::cleanup()
{
    for (const QString &id : std::exchange(m_sandboxes, {}))
        await(provider().remove(id));
    provider().disconnect(this);
}

void ProviderContract::probeSaysThatItIsThere()
{
    QFuture<ProviderStatus> future = provider().probe();
    QTRY_VERIFY(future.isFinished());
    QVERIFY(future.result().available);
    QCOMPARE(future.result().id, provider().id());
    QVERIFY(!future.result().name.isEmpty());
    QVERIFY(!future.result().error);
}

void ProviderContract::createdSandboxIsListedAndDoesNotRun()
{
    const Result<QString> id = created();
    VERIFY_RESULT(id);
    const auto infos = await(provider().list());
    VERIFY_RESULT(infos);
    const auto it = std::ranges::find(*infos, *id, &SandboxInfo::id);
    QVERIFY(it != infos->end());
    QCOMPARE(it->running, false);
    QCOMPARE(it->sessionId, spec().sessionId);
}

void ProviderContract::missingImageIsNotFound()
{
    SandboxSpec wanted = spec();
    wanted.image = u"capsule-test/no-such-image:1"_s;
    const auto result = await(provider().create(wanted));
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::NotFound);
    QVERIFY2(result.error().message.contains(wanted.image), qPrintable(result.error().message));
}

void ProviderContract::missingLimitsAreRefused()
{
    SandboxSpec wanted = spec();
    wanted.limits.pids = 0;
    const auto result = await(provider().create(wanted));
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
}

void ProviderContract::lifeGoesFromStartToStopToStartToRemoval()
{
    const Result<QString> id = created();
    VERIFY_RESULT(id);
    const auto isRunning = [this, &id] {
        const auto infos = await(provider().list());
        const auto it = std::ranges::find(*infos, *id, &SandboxInfo::id);
        return it == infos->end() ? u"gone"_s : it->running ? u"running"_s : u"stopped"_s;
    };
    VERIFY_RESULT(await(provider().start(*id)));
    QCOMPARE(isRunning(), u"running"_s);
    VERIFY_RESULT(await(provider().stop(*id)));
    QCOMPARE(isRunning(), u"stopped"_s);
    VERIFY_RESULT(await(provider().start(*id)));
    QCOMPARE(isRunning(), u"running"_s);
    VERIFY_RESULT(await(provider().remove(*id)));
    QCOMPARE(isRunning(), u"gone"_s);
}

void ProviderContract::askingForWhatIsAlreadySoSucceeds()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    VERIFY_RESULT(await(provider().start(*id)));
    VERIFY_RESULT(await(provider().stop(*id)));
    VERIFY_RESULT(await(provider().stop(*id)));
    VERIFY_RESULT(await(provider().remove(*id)));
    VERIFY_RESULT(await(provider().remove(*id)));
}

void ProviderContract::missingSandboxIsNotFound()
{
    const auto started = await(provider().start(missingSandbox()));
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::NotFound);
    const auto opened = await(provider().openTerminal(missingSandbox(), shell()));
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::NotFound);
}

void ProviderContract::callsAboutOneSandboxKeepTheirOrder()
{
    const Result<QString> id = created();
    VERIFY_RESULT(id);
    const auto started = provider().start(*id);
    const auto opened = provider().openExec(*id, command({u"echo"_s, u"in time"_s}));
    const auto removed = provider().remove(*id);
    VERIFY_RESULT(await(started));
    VERIFY_RESULT(await(removed));
    const auto exec = await(opened, 30s); // one way or the other: the removal does not wait for it
    QVERIFY(exec || exec.error().code != ErrorCode::Timeout);
}

void ProviderContract::eventsTellStartDeathAndRemoval()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    VERIFY_RESULT(await(provider().stop(*id)));
    VERIFY_RESULT(await(provider().remove(*id)));
    QTRY_COMPARE(m_events.size(), 3);
    QCOMPARE(m_events[0].kind, SandboxEvent::Kind::Started);
    QCOMPARE(m_events[1].kind, SandboxEvent::Kind::Died);
    QVERIFY(m_events[1].exitCode);
    QCOMPARE(m_events[2].kind, SandboxEvent::Kind::Removed);
    for (const SandboxEvent &event : std::as_const(m_events)) {
        QCOMPARE(event.sandboxId, *id);
        QCOMPARE(event.sessionId, spec().sessionId);
    }
}

void ProviderContract::commandPrintsAndTellsItsCode_data()
{
    QTest::addColumn<QStringList>("argv");
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<int>("code");
    QTest::newRow("output") << QStringList{u"echo"_s, u"two  words"_s, u"$HOME"_s} << QByteArray("two  words $HOME\n") << 0;
    QTest::newRow("failure") << QStringList{u"false"_s} << QByteArray() << 1;
    QTest::newRow("its own code") << QStringList{u"sh"_s, u"-c"_s, u"exit 42"_s} << QByteArray() << 42;
}

void ProviderContract::commandPrintsAndTellsItsCode()
{
    QFETCH(const QStringList, argv);
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto exec = await(provider().openExec(*id, command(argv)));
    VERIFY_RESULT(exec);
    ChannelRecorder record(exec->get());
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QTEST(record.output, "output");
    QVERIFY(!record.status.error);
    QVERIFY(record.status.code);
    QTEST(*record.status.code, "code");
    QCOMPARE(record.errorOutput, QByteArray());
    QVERIFY(!record.outputAfterEnd);
}

void ProviderContract::missingProgramSaysSoOnErrorOutput()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto exec = await(provider().openExec(*id, command({u"no-such-program"_s})));
    VERIFY_RESULT(exec);
    ChannelRecorder record(exec->get());
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QCOMPARE(record.output, QByteArray());
    QVERIFY2(record.errorOutput.contains("no-such-program"), record.errorOutput.constData());
    QVERIFY(record.status.code == 127 || record.status.code == 126); // as shells and engines have it
}

void ProviderContract::commandGetsItsEnvironmentAndFolder()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    CommandSpec wanted = command({u"env"_s});
    wanted.environment = {u"CAPSULE_TEST=a b"_s};
    const auto env = await(provider().openExec(*id, wanted));
    VERIFY_RESULT(env);
    ChannelRecorder environment(env->get());
    QTRY_VERIFY_WITH_TIMEOUT(environment.isEnded(), patience);
    QVERIFY2(environment.output.contains("CAPSULE_TEST=a b\n"), environment.output.constData());

    for (const QString &folder : {QString(), u"/tmp"_s}) {
        CommandSpec where = command({u"pwd"_s});
        where.workingDirectory = folder;
        const auto pwd = await(provider().openExec(*id, where));
        VERIFY_RESULT(pwd);
        ChannelRecorder record(pwd->get());
        QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
        QCOMPARE(record.output, (folder.isEmpty() ? QByteArray("/workspace") : folder.toUtf8()) + '\n');
    }
}

void ProviderContract::commandReadsInputToItsEnd()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto exec = await(provider().openExec(*id, command({u"cat"_s})));
    VERIFY_RESULT(exec);
    ChannelRecorder record(exec->get());
    qint64 written = 0;
    connect(exec->get(), &ExecChannel::written, this, [&written](qint64 bytes) { written += bytes; });
    QByteArray input;
    for (int i = 0; i < 60'000; ++i)
        input += QByteArray::number(i) + '\n';
    (*exec)->write(input);
    (*exec)->closeInput();
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QCOMPARE(record.output.size(), input.size());
    QCOMPARE(record.output, input);
    QCOMPARE(written, input.size());
    QCOMPARE((*exec)->bytesToWrite(), 0);
    QCOMPARE(record.status.code, 0);
}

void ProviderContract::killEndsACommand()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto exec = await(provider().openExec(*id, command({u"sleep"_s, u"1000"_s})));
    VERIFY_RESULT(exec);
    ChannelRecorder record(exec->get());
    (*exec)->kill();
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QCOMPARE(record.status.code, 137);
    QCOMPARE(record.ends, 1);
}

void ProviderContract::terminalEchoesAndTellsItsCode()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto terminal = await(provider().openTerminal(*id, shell()));
    VERIFY_RESULT(terminal);
    ChannelRecorder record(terminal->get());
    QTRY_VERIFY_WITH_TIMEOUT(record.output.endsWith("$ "), patience);
    (*terminal)->write("echo good morning\r");
    QTRY_VERIFY_WITH_TIMEOUT(record.output.contains("\r\ngood morning\r\n") && record.output.endsWith("$ "), patience);
    (*terminal)->resize({100, 30});
    (*terminal)->write("exit 3\r");
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QCOMPARE(record.status.code, 3);
    QVERIFY(!record.status.error);
    QCOMPARE(record.ends, 1);
    QVERIFY(!record.outputAfterEnd);
}

void ProviderContract::pausedTerminalSaysNothingAndLosesNothing()
{
    constexpr int flood = 3'000'000;
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto terminal = await(provider().openTerminal(*id, shell()));
    VERIFY_RESULT(terminal);
    ChannelRecorder record(terminal->get());
    QTRY_VERIFY_WITH_TIMEOUT(record.output.endsWith("$ "), patience);
    record.output.clear();
    // Paused from within: a fast provider would be through with it before this test looks again.
    TerminalChannel *channel = terminal->get();
    const auto pausing = QObject::connect(channel, &TerminalChannel::output, channel, [&record, channel] {
        if (record.output.size() > 10'000)
            channel->setReadPaused(true);
    });
    channel->write(floodLine(flood) + '\r');
    QTRY_VERIFY_WITH_TIMEOUT(record.output.size() > 10'000, patience);
    QObject::disconnect(pausing);
    QCoreApplication::processEvents();
    const qsizetype seen = record.output.size();
    QTest::qWait(300); // nothing to wait for: it must stay silent
    QCOMPARE(record.output.size(), seen);
    QVERIFY(seen < flood);
    (*terminal)->setReadPaused(false);
    QTRY_VERIFY_WITH_TIMEOUT(record.output.size() >= flood && record.output.endsWith("$ "), patience);
}

void ProviderContract::hangUpEndsATerminal()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto terminal = await(provider().openTerminal(*id, shell()));
    VERIFY_RESULT(terminal);
    ChannelRecorder record(terminal->get());
    QTRY_VERIFY_WITH_TIMEOUT(record.output.endsWith("$ "), patience);
    (*terminal)->hangUp();
    (*terminal)->hangUp();
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QVERIFY(!record.status.error);
    QCOMPARE(record.ends, 1);
}

void ProviderContract::hangUpEndsATerminalThatNobodyReads()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto terminal = await(provider().openTerminal(*id, shell()));
    VERIFY_RESULT(terminal);
    ChannelRecorder record(terminal->get());
    QTRY_VERIFY_WITH_TIMEOUT(record.output.endsWith("$ "), patience);
    (*terminal)->setReadPaused(true);
    (*terminal)->write(floodLine(3'000'000) + '\r');
    (*terminal)->hangUp();
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QCOMPARE(record.ends, 1);
}

void ProviderContract::nothingOpensInASandboxThatDoesNotRun()
{
    const Result<QString> id = created();
    VERIFY_RESULT(id);
    const auto terminal = await(provider().openTerminal(*id, shell()));
    QVERIFY(!terminal);
    QCOMPARE(terminal.error().code, ErrorCode::Conflict);
    const auto exec = await(provider().openExec(*id, command({u"true"_s})));
    QVERIFY(!exec);
    QCOMPARE(exec.error().code, ErrorCode::Conflict);
}

void ProviderContract::pausedSandboxOpensNothingUntilItIsResumed()
{
    if (!provider().capabilities().pause)
        QSKIP("this provider cannot pause");
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    VERIFY_RESULT(await(provider().pause(*id)));
    VERIFY_RESULT(await(provider().pause(*id)));
    const auto exec = await(provider().openExec(*id, command({u"true"_s})));
    QVERIFY(!exec);
    QCOMPARE(exec.error().code, ErrorCode::Conflict);
    VERIFY_RESULT(await(provider().resume(*id)));
    VERIFY_RESULT(await(provider().resume(*id)));
    VERIFY_RESULT(await(provider().openExec(*id, command({u"true"_s}))));
}

void ProviderContract::stopEndsTerminals()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto terminal = await(provider().openTerminal(*id, shell()));
    VERIFY_RESULT(terminal);
    ChannelRecorder record(terminal->get());
    VERIFY_RESULT(await(provider().stop(*id)));
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QCOMPARE(record.ends, 1);
}

void ProviderContract::sandboxRemovedBehindOurBackEndsItsTerminals()
{
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto terminal = await(provider().openTerminal(*id, shell()));
    VERIFY_RESULT(terminal);
    ChannelRecorder record(terminal->get());
    removeBehindItsBack(*id);
    QTRY_VERIFY_WITH_TIMEOUT(record.isEnded(), patience);
    QCOMPARE(record.ends, 1);
    QVERIFY(record.status.error || record.status.code == 137);
    if (record.status.error)
        QVERIFY(!record.status.error->message.isEmpty());
    QTRY_VERIFY(!m_events.isEmpty() && m_events.last().kind == SandboxEvent::Kind::Removed);
    const auto again = await(provider().openTerminal(*id, shell()));
    QCOMPARE(again.error_or({}).code, ErrorCode::NotFound);
}

void ProviderContract::treeIsCopiedInBeforeTheStartOnly()
{
    const QByteArray tree = tar({{.name = "./", .mode = 0755, .uid = 1000, .gid = 1000, .type = '5'},
                                 {.name = "hello.txt", .content = "hello", .uid = 1000, .gid = 1000}});
    const Result<QString> id = created();
    VERIFY_RESULT(id);
    const auto source = std::make_shared<MemoryTree>(tree);
    VERIFY_RESULT(await(provider().copyIn(*id, source)));
    QCOMPARE(source->position(), tree.size());
    VERIFY_RESULT(await(provider().start(*id)));
    const auto late = await(provider().copyIn(*id, std::make_shared<MemoryTree>(tree)));
    QVERIFY(!late);
    QCOMPARE(late.error().code, ErrorCode::Conflict);
}

void ProviderContract::brokenTreeFailsTheCopy()
{
    const Result<QString> id = created();
    VERIFY_RESULT(id);
    const QByteArray tree = tar({{.name = "hello.txt", .content = "hello"}});
    const auto result = await(provider().copyIn(*id, std::make_shared<MemoryTree>(tree.first(512), MemoryTree::End::Broken)));
    QVERIFY(!result);
    QCOMPARE(result.error().message, u"The tree broke."_s);
}

void ProviderContract::removalEndsARunningCopy()
{
    const Result<QString> id = created();
    VERIFY_RESULT(id);
    const auto source = std::make_shared<MemoryTree>(tar({{.name = "hello.txt", .content = "hello"}}).first(512), MemoryTree::End::Never);
    const auto copied = provider().copyIn(*id, source);
    QTRY_VERIFY(source->position() > 0);
    VERIFY_RESULT(await(provider().remove(*id)));
    QVERIFY(copied.isFinished());
    QVERIFY(!copied.result());
    QCOMPARE(copied.result().error().code, ErrorCode::Cancelled);
}

void ProviderContract::snapshotIsAnImage()
{
    if (!provider().capabilities().snapshot)
        QSKIP("this provider cannot make snapshots");
    const Result<QString> id = running();
    VERIFY_RESULT(id);
    const auto image = await(provider().snapshot(*id, u"capsule-test/snapshot:%1"_s.arg(QCoreApplication::applicationPid())));
    VERIFY_RESULT(image);
    SandboxSpec next = spec();
    next.image = *image;
    const auto copy = await(provider().create(next));
    VERIFY_RESULT(copy);
    m_sandboxes.append(*copy);
}

} // namespace capsule::test
