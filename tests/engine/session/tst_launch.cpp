// SPDX-License-Identifier: GPL-3.0-or-later
#include "testengine.h"

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;
using State = SessionState;
using Operation = FakeOperation;

class TestLaunch : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_engine = std::make_unique<TestEngine>();
        m_engine->start();
    }
    void cleanup() { m_engine.reset(); }

    void aLaunchEndsWithARunningTerminal();
    void aFolderIsCopiedBeforeTheStart();
    void whatTheCopyLeftOutIsSaid();
    void theSetupCommandRunsFirst();
    void aFailedSetupFailsTheLaunch();
    void aFailureAtAnyStepIsUndone_data();
    void aFailureAtAnyStepIsUndone();
    void cancellingAtAnyStepRemovesEverything_data();
    void cancellingAtAnyStepRemovesEverything();
    void aBuildIsCancelledToo();
    void whatCannotBeUndoneIsRemovedLater();
    void twoLaunchesAtOnceDoNotMeet();
    void wrongRequestsAreRefusedAtOnce_data();
    void wrongRequestsAreRefusedAtOnce();
    void namesAreMadeFromAgentAndFolder();
    void fiftySessionsAreEnough();
    void removingALaunchingSessionCancelsIt();
    void anEngineThatEndsWhileLaunchingBreaksNothing();

private:
    SessionManager &manager() { return *m_engine->manager; }
    static api::SessionCreateParams params(const QString &name = {}, const QString &agent = u"shell"_s)
    {
        return {.agentId = agent, .name = name, .workspace = {}, .limits = {}, .privileges = {}, .providerId = {}, .size = {100, 30}};
    }
    api::SessionCreateParams withFolder(const QString &name)
    {
        api::SessionCreateParams request = params(name);
        request.workspace = {WorkspaceKind::Copy, m_engine->dir.path()};
        return request;
    }
    std::unique_ptr<TestEngine> m_engine;
};

void TestLaunch::aLaunchEndsWithARunningTerminal()
{
    QSignalSpy changes(&manager(), &SessionManager::sessionChanged);
    QSignalSpy jobChanges(&m_engine->jobs, &JobRegistry::changed);
    const auto created = manager().create(params(u"mine"_s, u"claude-code"_s));
    VERIFY_RESULT(created);
    QCOMPARE(created->session.state, State::Creating);
    QCOMPARE(created->session.jobId, created->job.id);
    QCOMPARE(created->job.kind, u"session.launch"_s);
    QCOMPARE(created->job.sessionId, created->session.id);

    QTRY_COMPARE(m_engine->stateOf(u"mine"_s), State::Running);
    const SessionInfo session = manager().get(u"mine"_s).value();
    QCOMPARE(session.agentName, u"Claude Code"_s);
    QCOMPARE(session.image, u"capsule/agent-claude-code:1"_s);
    QCOMPARE(session.limits.pids, 1024);
    QCOMPARE(session.terminals.size(), 1U);
    QCOMPARE(session.terminals.front().title, u"claude"_s);
    QCOMPARE(session.terminals.front().size, (TerminalSize{100, 30}));
    QVERIFY(session.jobId.isEmpty());
    QVERIFY(session.message.isEmpty());
    QCOMPARE(m_engine->jobs.get(created->job.id).value().job.state, JobState::Succeeded);
    QVERIFY(m_engine->jobs.get(created->job.id).value().output.contains("Step 1/1"_L1));

    const FakeSandbox *sandbox = m_engine->provider.sandbox(session.sandboxId);
    QVERIFY(sandbox);
    QCOMPARE(sandbox->state, FakeSandbox::State::Running);
    QCOMPARE(sandbox->spec.sessionId, session.id);
    QCOMPARE(sandbox->spec.labels.value(u"capsule.name"_s), u"mine"_s);
    QCOMPARE(sandbox->spec.labels.value(u"capsule.agent"_s), u"claude-code"_s);
    QCOMPARE(sandbox->spec.environment, QStringList{u"A=b"_s});
    QCOMPARE(m_engine->provider.lastTerminal()->command().argv, (QStringList{u"/usr/bin/claude"_s, u"--here"_s}));

    qint64 revision = 0;
    for (const auto &change : changes) {
        const auto info = change.first().value<SessionInfo>();
        QVERIFY(info.revision > revision);
        revision = info.revision;
    }
    QCOMPARE(jobChanges.last().first().value<JobInfo>().state, JobState::Succeeded);
}

void TestLaunch::aFolderIsCopiedBeforeTheStart()
{
    QVERIFY(manager().create(withFolder(u"copy"_s)).has_value());
    QTRY_COMPARE(m_engine->stateOf(u"copy"_s), State::Running);
    QCOMPARE(m_engine->provider.sandbox(manager().get(u"copy"_s)->sandboxId)->tree, m_engine->tree);
}

void TestLaunch::whatTheCopyLeftOutIsSaid()
{
    m_engine->notice = u"3 sockets were left out."_s;
    QVERIFY(manager().create(withFolder(u"copy"_s)).has_value());
    QTRY_COMPARE(m_engine->stateOf(u"copy"_s), State::Running);
    QCOMPARE(manager().get(u"copy"_s)->message, u"3 sockets were left out."_s);
}

void TestLaunch::theSetupCommandRunsFirst()
{
    m_engine->profiles.front().setup = u"echo ready"_s;
    const auto created = manager().create(params(u"s"_s));
    QTRY_COMPARE(m_engine->stateOf(u"s"_s), State::Running);
    QVERIFY(m_engine->jobs.get(created->job.id).value().output.contains("ready"_L1));
}

void TestLaunch::aFailedSetupFailsTheLaunch()
{
    m_engine->profiles.front().setup = u"exit 3"_s;
    QVERIFY(manager().create(params(u"s"_s)).has_value());
    QTRY_COMPARE(m_engine->stateOf(u"s"_s), State::Failed);
    QVERIFY(manager().get(u"s"_s)->message.contains("setup command failed"_L1));
    QVERIFY(m_engine->provider.sandboxIds().isEmpty());
}

void TestLaunch::aFailureAtAnyStepIsUndone_data()
{
    QTest::addColumn<QString>("step");
    for (const char *step : {"workspace", "broken tree", "image", "create", "copy", "start", "terminal"})
        QTest::newRow(step) << QString::fromLatin1(step);
}

void TestLaunch::aFailureAtAnyStepIsUndone()
{
    QFETCH(const QString, step);
    const Error error{ErrorCode::ProviderFailed, u"It did not work; try something else."_s, u"the engine's words"_s};
    if (step == "workspace"_L1)
        m_engine->openWorkspace = [error](const QString &, std::stop_token) { return ready<WorkspaceTree>(std::unexpected(error)); };
    if (step == "broken tree"_L1) {
        m_engine->openWorkspace = [](const QString &, std::stop_token) {
            return ready<WorkspaceTree>(WorkspaceTree{std::make_shared<MemoryTree>("abc", MemoryTree::End::Broken), {}});
        };
    }
    if (step == "image"_L1)
        m_engine->images.failure = error;
    const QHash<QString, Operation> operations{{u"create"_s, Operation::Create}, {u"copy"_s, Operation::CopyIn},
                                               {u"start"_s, Operation::Start}, {u"terminal"_s, Operation::OpenTerminal}};
    if (operations.contains(step))
        m_engine->provider.failNext(operations.value(step), error);

    const auto created = manager().create(withFolder(u"f"_s));
    VERIFY_RESULT(created);
    QTRY_COMPARE(m_engine->stateOf(u"f"_s), State::Failed);
    const SessionInfo session = manager().get(u"f"_s).value();
    QVERIFY(!session.message.isEmpty());
    if (step != "broken tree"_L1) {
        QCOMPARE(session.message, error.message);
        QCOMPARE(session.detail, error.detail);
    }
    QVERIFY(session.sandboxId.isEmpty());
    QVERIFY(session.terminals.empty());
    QVERIFY(m_engine->provider.sandboxIds().isEmpty());
    const JobInfo job = m_engine->jobs.get(created->job.id).value().job;
    QCOMPARE(job.state, JobState::Failed);
    QVERIFY(job.error.has_value());
    // The entry stays until it is deleted, and the name is free then.
    VERIFY_RESULT(await(manager().remove(u"f"_s)));
    QVERIFY(manager().list().empty());
}

void TestLaunch::cancellingAtAnyStepRemovesEverything_data()
{
    QTest::addColumn<Operation>("operation");
    QTest::newRow("create") << Operation::Create;
    QTest::newRow("copy") << Operation::CopyIn;
    QTest::newRow("start") << Operation::Start;
    QTest::newRow("terminal") << Operation::OpenTerminal;
}

void TestLaunch::cancellingAtAnyStepRemovesEverything()
{
    QFETCH(const Operation, operation);
    m_engine->provider.knobs.delays.insert(operation, std::chrono::milliseconds(300));
    QSignalSpy removed(&manager(), &SessionManager::sessionRemoved);
    const auto created = manager().create(withFolder(u"c"_s));
    QTRY_COMPARE(m_engine->provider.calls(operation), 1);
    VERIFY_RESULT(m_engine->jobs.cancel(created->job.id));
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(removed.first().first().toString(), created->session.id);
    QVERIFY(manager().list().empty());
    QVERIFY(m_engine->provider.sandboxIds().isEmpty());
    QCOMPARE(m_engine->jobs.get(created->job.id).value().job.state, JobState::Cancelled);
    QVERIFY(m_engine->store->load().value().empty());
}

void TestLaunch::aBuildIsCancelledToo()
{
    m_engine->images.holdsBack = true;
    const auto created = manager().create(params(u"c"_s));
    QTRY_COMPARE(m_engine->images.calls, 1);
    VERIFY_RESULT(m_engine->jobs.cancel(created->job.id));
    QTRY_VERIFY(manager().list().empty());
    QCOMPARE(m_engine->provider.calls(Operation::Create), 0);
}

void TestLaunch::whatCannotBeUndoneIsRemovedLater()
{
    const Error error{ErrorCode::ProviderFailed, u"No."_s, {}};
    m_engine->provider.failNext(Operation::Start, error);
    m_engine->provider.failNext(Operation::Remove, error);
    QVERIFY(manager().create(params(u"f"_s)).has_value());
    QTRY_COMPARE(m_engine->stateOf(u"f"_s), State::Failed);
    QCOMPARE(m_engine->provider.sandboxIds().size(), 1);
    QVERIFY(!manager().get(u"f"_s)->sandboxId.isEmpty());
    m_engine->provider.setAvailable(false);
    m_engine->provider.setAvailable(true); // reconciles
    QTRY_VERIFY(m_engine->provider.sandboxIds().isEmpty());
    QTRY_VERIFY(manager().get(u"f"_s)->sandboxId.isEmpty());
    QCOMPARE(m_engine->stateOf(u"f"_s), State::Failed);
}

void TestLaunch::twoLaunchesAtOnceDoNotMeet()
{
    m_engine->provider.knobs.delay = std::chrono::milliseconds(5);
    const auto first = manager().create(params());
    const auto second = manager().create(params());
    VERIFY_RESULT(first);
    VERIFY_RESULT(second);
    QCOMPARE(first->session.name, u"shell"_s);
    QCOMPARE(second->session.name, u"shell-2"_s);
    m_engine->provider.failNext(Operation::CopyIn, {ErrorCode::ProviderFailed, u"No."_s, {}});
    QTRY_COMPARE(manager().runningCount(), 2);
    QVERIFY(manager().get(first->session.id)->sandboxId != manager().get(second->session.id)->sandboxId);
}

void TestLaunch::wrongRequestsAreRefusedAtOnce_data()
{
    QTest::addColumn<api::SessionCreateParams>("request");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [](const char *name, ErrorCode code, const std::function<void(api::SessionCreateParams &)> &change) {
        api::SessionCreateParams request = params(u"new"_s);
        change(request);
        QTest::newRow(name) << request << code;
    };
    row("agent", ErrorCode::NotFound, [](auto &request) { request.agentId = u"nobody"_s; });
    row("name taken", ErrorCode::AlreadyExists, [](auto &request) { request.name = u"TAKEN"_s; });
    row("name", ErrorCode::InvalidArgument, [](auto &request) { request.name = u"a\nb"_s; });
    row("size", ErrorCode::InvalidArgument, [](auto &request) { request.size = {0, 24}; });
    row("limits", ErrorCode::InvalidArgument, [](auto &request) { request.limits.memoryBytes = 1; });
    row("folder", ErrorCode::NotFound, [](auto &request) { request.workspace = {WorkspaceKind::Copy, u"/no/such/folder"_s}; });
    row("provider", ErrorCode::InvalidArgument, [](auto &request) { request.providerId = u"moon"_s; });
    row("sudo", ErrorCode::Unsupported, [](auto &request) { request.privileges = Privileges::Sudo; });
}

void TestLaunch::wrongRequestsAreRefusedAtOnce()
{
    QFETCH(const api::SessionCreateParams, request);
    QFETCH(const ErrorCode, code);
    m_engine->provider.knobs.capabilities.sudo = false;
    QVERIFY(!m_engine->launched(u"taken"_s).isEmpty());
    const auto created = manager().create(request);
    QVERIFY(!created);
    QCOMPARE(created.error().code, code);
    QVERIFY(!created.error().message.isEmpty());
    QCOMPARE(manager().list().size(), 1U);
}

void TestLaunch::namesAreMadeFromAgentAndFolder()
{
    QCOMPARE(manager().create(params({}, u"claude-code"_s))->session.name, u"claude-code"_s);
    QCOMPARE(manager().create(params({}, u"claude-code"_s))->session.name, u"claude-code-2"_s);
    QVERIFY(QDir(m_engine->dir.path()).mkdir(u"my project"_s));
    api::SessionCreateParams request = params();
    request.workspace = {WorkspaceKind::Copy, m_engine->dir.filePath(u"my project"_s)};
    QCOMPARE(manager().create(request)->session.name, u"my project"_s);
}

void TestLaunch::fiftySessionsAreEnough()
{
    for (int i = 0; i < SessionManager::maxSessions; ++i)
        VERIFY_RESULT(manager().create(params()));
    const auto tooMany = manager().create(params());
    QCOMPARE(tooMany.error().code, ErrorCode::LimitReached);
    QTRY_COMPARE(manager().runningCount(), SessionManager::maxSessions);
    VERIFY_RESULT(await(manager().stopAll()));
    QCOMPARE(manager().runningCount(), 0);
}

void TestLaunch::removingALaunchingSessionCancelsIt()
{
    m_engine->images.holdsBack = true;
    const auto created = manager().create(params(u"c"_s));
    QTRY_COMPARE(m_engine->images.calls, 1);
    VERIFY_RESULT(await(manager().remove(u"c"_s)));
    QVERIFY(manager().list().empty());
    QCOMPARE(m_engine->jobs.get(created->job.id).value().job.state, JobState::Cancelled);
}

void TestLaunch::anEngineThatEndsWhileLaunchingBreaksNothing()
{
    m_engine->provider.knobs.delays.insert(Operation::Start, std::chrono::milliseconds(300));
    QVERIFY(manager().create(params(u"c"_s)).has_value());
    QTRY_COMPARE(m_engine->provider.calls(Operation::Start), 1);
    m_engine->restart();
    QTRY_COMPARE(m_engine->stateOf(u"c"_s), State::Failed);
    QTRY_VERIFY(m_engine->provider.sandboxIds().isEmpty());
}

QTEST_GUILESS_MAIN(TestLaunch)
#include "tst_launch.moc"
