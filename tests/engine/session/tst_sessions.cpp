// SPDX-License-Identifier: GPL-3.0-or-later
#include "testengine.h"
#include "viewerrecorder.h"

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;
using State = SessionState;
using Operation = FakeOperation;

/// A session that exists: found, renamed, stopped, started, deleted, and what happens to it by itself.
class TestSessions : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_engine = std::make_unique<TestEngine>();
        m_engine->start();
        m_id = m_engine->launched(u"one"_s, u"claude-code"_s);
        QVERIFY(!m_id.isEmpty());
        m_sandbox = manager().get(m_id)->sandboxId;
    }
    void cleanup() { m_engine.reset(); }

    void aSessionIsFoundByIdPrefixAndName();
    void renamingKeepsNamesUnique();
    void stoppingAndStartingAgain();
    void anActionInTheWrongStateIsAConflict();
    void aFailedActionLeavesASentence();
    void aVanishedSandboxCannotBeStarted();
    void deletingRemovesTheSandbox();
    void deletingWhatIsGoneSucceeds();
    void whatCannotBeRemovedStays();
    void deletingOvertakesStopping();
    void aDeathIsExplainedAndItsScreenStays();
    void runningOutOfMemoryIsSaid();
    void aRemovedSandboxIsNoticed();
    void aSandboxThatSomebodyStartsIsRunningAgain();
    void aDeathDuringTheStartIsNoticed();
    void aSilentlyVanishedSandboxIsNoticedAtTheNextTerminal();

    void terminalsAreOpenedClosedAndCounted();
    void anEndedTerminalMakesRoom();
    void activityIsNotedAtMostOnceAMinute();
    void aCommandRunsOnlyInARunningSession();

private:
    SessionManager &manager() { return *m_engine->manager; }
    std::unique_ptr<TestEngine> m_engine;
    QString m_id;
    QString m_sandbox;
};

void TestSessions::aSessionIsFoundByIdPrefixAndName()
{
    QCOMPARE(manager().get(m_id.first(4))->id, m_id);
    QCOMPARE(manager().get(u"ONE"_s)->id, m_id);
    QCOMPARE(manager().get(u"two"_s).error().code, ErrorCode::NotFound);
    QCOMPARE(manager().get(QString()).error().code, ErrorCode::NotFound);
    QStringList ids{m_id};
    for (int i = 0; i < 17; ++i) // two of 18 hexadecimal ids begin alike
        ids += manager().create({.agentId = u"shell"_s, .name = {}, .workspace = {}, .limits = {}, .privileges = {}, .providerId = {}, .size = {}})->session.id;
    bool ambiguous = false;
    for (const QString &id : std::as_const(ids)) {
        const auto found = manager().get(id.first(1));
        ambiguous = ambiguous || (!found && found.error().code == ErrorCode::Conflict);
    }
    QVERIFY(ambiguous);
}

void TestSessions::renamingKeepsNamesUnique()
{
    const QString other = m_engine->launched(u"two"_s);
    QCOMPARE(manager().rename(m_id, u"Two"_s).error().code, ErrorCode::AlreadyExists);
    QCOMPARE(manager().rename(m_id, u" "_s).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(manager().rename(u"nobody"_s, u"x"_s).error().code, ErrorCode::NotFound);
    const qint64 before = manager().get(m_id)->revision;
    const auto renamed = manager().rename(m_id, u"ONE"_s); // its own name in another case
    VERIFY_RESULT(renamed);
    QCOMPARE(renamed->name, u"ONE"_s);
    QVERIFY(renamed->revision > before);
    QCOMPARE(m_engine->store->load()->at(0).info.name, u"ONE"_s);
    VERIFY_RESULT(manager().rename(other, u"three"_s));
}

void TestSessions::stoppingAndStartingAgain()
{
    QSignalSpy changes(&manager(), &SessionManager::sessionChanged);
    const auto stopped = await(manager().stop(m_id));
    VERIFY_RESULT(stopped);
    QCOMPARE(stopped->state, State::Stopped);
    QVERIFY(stopped->terminals.front().state != TerminalState::Running);
    const auto started = await(manager().start(m_id));
    VERIFY_RESULT(started);
    QCOMPARE(started->state, State::Running);
    QCOMPARE(started->terminals.size(), 1U); // those of before are gone
    QCOMPARE(started->terminals.front().state, TerminalState::Running);
    QCOMPARE(m_engine->provider.lastTerminal()->command().argv.value(0), u"/usr/bin/claude"_s);
    QList<State> states;
    for (const auto &change : changes) {
        const State state = change.first().value<SessionInfo>().state;
        if (states.isEmpty() || states.last() != state)
            states += state;
    }
    QCOMPARE(states, (QList{State::Stopping, State::Stopped, State::Starting, State::Running}));
}

void TestSessions::anActionInTheWrongStateIsAConflict()
{
    QCOMPARE(await(manager().start(m_id)).error().code, ErrorCode::Conflict);
    VERIFY_RESULT(await(manager().stop(m_id)));
    QCOMPARE(await(manager().stop(m_id)).error().code, ErrorCode::Conflict);
    QCOMPARE(await(manager().stop(u"nobody"_s)).error().code, ErrorCode::NotFound);
    QCOMPARE(await(manager().openTerminal({.sessionId = m_id, .argv = {}, .size = {}})).error().code, ErrorCode::Conflict);
}

void TestSessions::aFailedActionLeavesASentence()
{
    const Error error{ErrorCode::ProviderFailed, u"The engine said no."_s, u"its words"_s};
    m_engine->provider.failNext(Operation::Stop, error);
    QCOMPARE(await(manager().stop(m_id)).error(), error);
    QCOMPARE(m_engine->stateOf(m_id), State::Running);
    QCOMPARE(manager().get(m_id)->message, error.message);
    QCOMPARE(manager().get(m_id)->detail, error.detail);

    VERIFY_RESULT(await(manager().stop(m_id)));
    QVERIFY(manager().get(m_id)->message.isEmpty());
    m_engine->provider.failNext(Operation::Start, error);
    QCOMPARE(await(manager().start(m_id)).error(), error);
    QCOMPARE(m_engine->stateOf(m_id), State::Interrupted);
    QCOMPARE(manager().get(m_id)->message, error.message);

    // It runs without its first terminal, and says so.
    m_engine->provider.failNext(Operation::OpenTerminal, error);
    const auto started = await(manager().start(m_id));
    VERIFY_RESULT(started);
    QCOMPARE(started->state, State::Running);
    QCOMPARE(started->message, error.message);
    QVERIFY(started->terminals.empty());
}

void TestSessions::aVanishedSandboxCannotBeStarted()
{
    VERIFY_RESULT(await(manager().stop(m_id)));
    m_engine->provider.vanish(m_sandbox, FakeProvider::Announce::No);
    QCOMPARE(await(manager().start(m_id)).error().code, ErrorCode::NotFound);
    QCOMPARE(m_engine->stateOf(m_id), State::Interrupted);
    QVERIFY(manager().get(m_id)->message.contains("removed outside of Capsule"_L1));
    VERIFY_RESULT(await(manager().remove(m_id)));
}

void TestSessions::deletingRemovesTheSandbox()
{
    QSignalSpy removed(&manager(), &SessionManager::sessionRemoved);
    VERIFY_RESULT(await(manager().remove(u"one"_s)));
    QCOMPARE(removed.size(), 1);
    QVERIFY(manager().list().empty());
    QVERIFY(m_engine->provider.sandboxIds().isEmpty());
    QVERIFY(m_engine->store->load()->empty());
    QCOMPARE(await(manager().remove(u"one"_s)).error().code, ErrorCode::NotFound);
}

void TestSessions::deletingWhatIsGoneSucceeds()
{
    m_engine->provider.failNext(Operation::Remove, {ErrorCode::NotFound, u"No such sandbox."_s, {}});
    VERIFY_RESULT(await(manager().remove(m_id)));
    QVERIFY(manager().list().empty());
}

void TestSessions::whatCannotBeRemovedStays()
{
    m_engine->provider.setAvailable(false);
    QCOMPARE(await(manager().remove(m_id)).error().code, ErrorCode::Unavailable);
    QCOMPARE(m_engine->stateOf(m_id), State::Interrupted);
    QVERIFY(!manager().get(m_id)->message.isEmpty());
    m_engine->provider.setAvailable(true);
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Running); // it was running all the time
    VERIFY_RESULT(await(manager().remove(m_id)));
}

void TestSessions::deletingOvertakesStopping()
{
    m_engine->provider.knobs.delays.insert(Operation::Stop, std::chrono::milliseconds(50));
    const auto stopping = manager().stop(m_id);
    const auto removing = manager().remove(m_id);
    QCOMPARE(await(manager().remove(m_id)).error().code, ErrorCode::Conflict);
    QCOMPARE(await(stopping).error().code, ErrorCode::Conflict);
    VERIFY_RESULT(await(removing));
    QVERIFY(manager().list().empty());
}

void TestSessions::aDeathIsExplainedAndItsScreenStays()
{
    const QString terminal = manager().get(m_id)->terminals.front().id;
    m_engine->provider.lastTerminal()->feed("last words\r\n");
    ViewerRecorder before;
    before.attach(manager().attachTerminal({.terminalId = terminal, .size = {}}, before).value());
    QTRY_VERIFY(before.picture().contains("last words"));
    m_engine->provider.die(m_sandbox, 3);
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Interrupted);
    QVERIFY(manager().get(m_id)->message.contains("exit code 3"_L1));
    QTRY_COMPARE(before.closes, 1);

    const TerminalInfo ended = manager().get(m_id)->terminals.front();
    QVERIFY(ended.state != TerminalState::Running);
    QVERIFY(ended.message.contains("exit code 3"_L1));
    ViewerRecorder after;
    after.attach(manager().attachTerminal({.terminalId = terminal, .size = {}}, after).value());
    QTRY_COMPARE(after.closes, 1);
    QVERIFY(after.picture().contains("last words"));

    VERIFY_RESULT(await(manager().start(m_id))); // the old screen goes with the new life
    QCOMPARE(manager().attachTerminal({.terminalId = terminal, .size = {}}, after).error().code, ErrorCode::NotFound);
}

void TestSessions::runningOutOfMemoryIsSaid()
{
    m_engine->provider.die(m_sandbox, 137, true);
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Interrupted);
    QVERIFY(manager().get(m_id)->message.startsWith("The sandbox ran out of memory"_L1));
}

void TestSessions::aRemovedSandboxIsNoticed()
{
    m_engine->provider.vanish(m_sandbox);
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Interrupted);
    QTRY_VERIFY(manager().get(m_id)->message.contains("removed outside of Capsule"_L1));
}

void TestSessions::aSandboxThatSomebodyStartsIsRunningAgain()
{
    VERIFY_RESULT(await(manager().stop(m_id)));
    VERIFY_RESULT(await(m_engine->provider.start(m_sandbox))); // not through the manager
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Running);
}

void TestSessions::aDeathDuringTheStartIsNoticed()
{
    VERIFY_RESULT(await(manager().stop(m_id)));
    m_engine->provider.knobs.delays.insert(Operation::OpenTerminal, std::chrono::milliseconds(300));
    const int terminals = m_engine->provider.calls(Operation::OpenTerminal);
    const auto starting = manager().start(m_id);
    QTRY_COMPARE(m_engine->provider.calls(Operation::OpenTerminal), terminals + 1);
    m_engine->provider.die(m_sandbox, 1);
    (void)await(starting);
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Interrupted);
}

void TestSessions::aSilentlyVanishedSandboxIsNoticedAtTheNextTerminal()
{
    m_engine->provider.vanish(m_sandbox, FakeProvider::Announce::No);
    QCOMPARE(await(manager().openTerminal({.sessionId = m_id, .argv = {}, .size = {}})).error().code, ErrorCode::NotFound);
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Interrupted);
}

void TestSessions::terminalsAreOpenedClosedAndCounted()
{
    const auto opened = await(manager().openTerminal({.sessionId = m_id, .argv = {}, .size = {90, 20}}));
    VERIFY_RESULT(opened);
    QCOMPARE(opened->title, u"shell"_s);
    QCOMPARE(opened->size, (TerminalSize{90, 20}));
    QVERIFY(m_engine->provider.lastTerminal()->command().argv.value(2).contains(u"exec bash -l"_s));
    QCOMPARE(manager().get(m_id)->terminals.size(), 2U);

    QSignalSpy changes(&manager(), &SessionManager::sessionChanged);
    ViewerRecorder viewer;
    viewer.attach(manager().attachTerminal({.terminalId = opened->id, .size = {91, 21}}, viewer).value());
    QTRY_VERIFY(!changes.isEmpty());
    QCOMPARE(changes.last().first().value<SessionInfo>().terminals.back().viewers, 1);
    QCOMPARE(changes.last().first().value<SessionInfo>().terminals.back().size, (TerminalSize{91, 21}));

    VERIFY_RESULT(manager().closeTerminal(opened->id));
    QTRY_COMPARE(viewer.closes, 1);
    QTRY_COMPARE(manager().get(m_id)->terminals.size(), 1U);
    QCOMPARE(manager().closeTerminal(opened->id).error().code, ErrorCode::NotFound);
    QCOMPARE(await(manager().openTerminal({.sessionId = m_id, .argv = {}, .size = {0, 0}})).error().code, ErrorCode::InvalidArgument);
}

void TestSessions::anEndedTerminalMakesRoom()
{
    QList<Async<TerminalInfo>> openings;
    for (int i = 1; i < SessionManager::maxTerminals; ++i)
        openings += manager().openTerminal({.sessionId = m_id, .argv = {}, .size = {}});
    QCOMPARE(await(manager().openTerminal({.sessionId = m_id, .argv = {}, .size = {}})).error().code, ErrorCode::LimitReached);
    for (const auto &opening : std::as_const(openings))
        VERIFY_RESULT(await(opening));
    m_engine->provider.lastTerminal()->finish({.code = 0, .error = {}});
    QTRY_COMPARE(manager().get(m_id)->terminals.back().state, TerminalState::Exited);
    VERIFY_RESULT(await(manager().openTerminal({.sessionId = m_id, .argv = {}, .size = {}})));
    QCOMPARE(manager().get(m_id)->terminals.size(), size_t(SessionManager::maxTerminals));
}

void TestSessions::activityIsNotedAtMostOnceAMinute()
{
    m_engine->provider.lastTerminal()->feed("a");
    QTRY_VERIFY(manager().get(m_id)->lastActiveAt > manager().get(m_id)->createdAt);
    const QDateTime noted = manager().get(m_id)->lastActiveAt;
    const QString terminal = manager().get(m_id)->terminals.front().id;
    ViewerRecorder viewer;
    viewer.attach(manager().attachTerminal({.terminalId = terminal, .size = {}}, viewer).value());
    m_engine->provider.lastTerminal()->feed("b");
    QTRY_VERIFY(viewer.picture().endsWith('b'));
    QCOMPARE(manager().get(m_id)->lastActiveAt, noted);
}

void TestSessions::aCommandRunsOnlyInARunningSession()
{
    const auto channel = await(manager().startExec({.sessionId = m_id, .argv = {u"echo"_s, u"hi"_s}, .environment = {}, .workingDirectory = {}}));
    VERIFY_RESULT(channel);
    QCOMPARE(await(manager().startExec({.sessionId = m_id, .argv = {}, .environment = {}, .workingDirectory = {}})).error().code, ErrorCode::InvalidArgument);
    VERIFY_RESULT(await(manager().stop(m_id)));
    const auto refused = await(manager().startExec({.sessionId = m_id, .argv = {u"true"_s}, .environment = {}, .workingDirectory = {}}));
    QCOMPARE(refused.error().code, ErrorCode::Conflict);
}

QTEST_GUILESS_MAIN(TestSessions)
#include "tst_sessions.moc"
