// SPDX-License-Identifier: GPL-3.0-or-later
#include "testengine.h"

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;
using State = SessionState;
using Operation = FakeOperation;

/// What a new engine finds, and what one finds whose provider was away.
class TestReconcile : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_engine = std::make_unique<TestEngine>();
        m_engine->start();
        m_id = m_engine->launched(u"one"_s, u"claude-code"_s);
        QVERIFY(!m_id.isEmpty());
        m_sandbox = m_engine->manager->get(m_id)->sandboxId;
    }
    void cleanup() { m_engine.reset(); }

    void aRunningSessionIsFoundAgain();
    void everyTransientStateIsSettled_data();
    void everyTransientStateIsSettled();
    void aHalfMadeSandboxIsRemovedByItsLabel();
    void anInterruptedRemovalIsCarriedOn();
    void sandboxesOfALostStoreAreAdopted();
    void adoptedNamesAreUnique();
    void aStrangersSandboxIsLeftAlone();
    void anAbsentProviderChangesNothing();
    void aProviderThatComesBackIsComparedWith();
    void whatIsAtWorkIsLeftAlone();
    void whatChangedMeanwhileIsLeftAlone();

private:
    std::unique_ptr<TestEngine> m_engine;
    QString m_id;
    QString m_sandbox;
};

void TestReconcile::aRunningSessionIsFoundAgain()
{
    const SessionInfo before = m_engine->manager->get(m_id).value();
    m_engine->restart();
    const SessionInfo after = m_engine->manager->get(m_id).value();
    QCOMPARE(after.state, State::Running);
    QCOMPARE(after.sandboxId, before.sandboxId);
    QCOMPARE(after.limits, before.limits);
    QVERIFY(after.terminals.empty());
    // A terminal opened then is a shell; the agent's own command comes with the next start.
    VERIFY_RESULT(await(m_engine->manager->openTerminal({.sessionId = m_id, .argv = {}, .size = {}})));
    QVERIFY(m_engine->provider.lastTerminal()->command().argv.value(2).contains(u"exec bash -l"_s));
    VERIFY_RESULT(await(m_engine->manager->stop(m_id)));
    VERIFY_RESULT(await(m_engine->manager->start(m_id)));
    QCOMPARE(m_engine->provider.lastTerminal()->command().argv.value(0), u"/usr/bin/claude"_s);
}

void TestReconcile::everyTransientStateIsSettled_data()
{
    QTest::addColumn<State>("stored");
    QTest::addColumn<QString>("sandbox");
    QTest::addColumn<State>("settled");
    QTest::newRow("creating, running") << State::Creating << u"running"_s << State::Failed;
    QTest::newRow("creating, nothing") << State::Creating << u"gone"_s << State::Failed;
    QTest::newRow("starting, running") << State::Starting << u"running"_s << State::Running;
    QTest::newRow("starting, stopped") << State::Starting << u"stopped"_s << State::Interrupted;
    QTest::newRow("stopping, running") << State::Stopping << u"running"_s << State::Running;
    QTest::newRow("stopping, stopped") << State::Stopping << u"stopped"_s << State::Stopped;
    QTest::newRow("stopping, gone") << State::Stopping << u"gone"_s << State::Interrupted;
    QTest::newRow("running, stopped") << State::Running << u"stopped"_s << State::Interrupted;
    QTest::newRow("running, gone") << State::Running << u"gone"_s << State::Interrupted;
    QTest::newRow("stopped, running") << State::Stopped << u"running"_s << State::Running;
}

void TestReconcile::everyTransientStateIsSettled()
{
    QFETCH(const State, stored);
    QFETCH(const QString, sandbox);
    QFETCH(const State, settled);
    m_engine->edit([stored](SessionRecord &record) { record.info.state = stored; });
    if (sandbox == "gone"_L1)
        m_engine->provider.vanish(m_sandbox);
    if (sandbox == "stopped"_L1)
        m_engine->provider.die(m_sandbox, 0);
    m_engine->restart();
    QCOMPARE(m_engine->stateOf(m_id), settled);
    if (settled == State::Failed || settled == State::Interrupted)
        QVERIFY(!m_engine->manager->get(m_id)->message.isEmpty());
    if (settled == State::Failed)
        QTRY_VERIFY(m_engine->provider.sandboxIds().isEmpty());
    QCOMPARE(m_engine->store->load()->at(0).info.state, settled);
}

void TestReconcile::aHalfMadeSandboxIsRemovedByItsLabel()
{
    m_engine->edit([](SessionRecord &record) { // killed before the sandbox's id was saved
        record.info.state = State::Creating;
        record.info.sandboxId.clear();
    });
    m_engine->restart();
    QCOMPARE(m_engine->stateOf(m_id), State::Failed);
    QTRY_VERIFY(m_engine->provider.sandboxIds().isEmpty());
}

void TestReconcile::anInterruptedRemovalIsCarriedOn()
{
    m_engine->edit([](SessionRecord &record) { record.info.state = State::Removing; });
    m_engine->restart();
    QTRY_VERIFY(m_engine->manager->list().empty());
    QVERIFY(m_engine->provider.sandboxIds().isEmpty());
}

void TestReconcile::sandboxesOfALostStoreAreAdopted()
{
    const QString second = m_engine->launched(u"two"_s);
    VERIFY_RESULT(await(m_engine->manager->stop(second)));
    m_engine->edit([](SessionRecord &) {});
    QFile store(m_engine->dir.filePath(u"data/sessions.db"_s));
    QVERIFY(store.open(QFile::ReadWrite));
    store.write("this is no database at all, and never was one");
    store.close();

    SessionManager &manager = m_engine->restart();
    QCOMPARE(manager.list().size(), 2U);
    const SessionInfo one = manager.get(u"one"_s).value();
    QCOMPARE(one.id, m_id);
    QCOMPARE(one.state, State::Running);
    QCOMPARE(one.agentName, u"Claude Code"_s);
    QCOMPARE(one.sandboxId, m_sandbox);
    QVERIFY(!one.message.isEmpty());
    QCOMPARE(manager.get(u"two"_s)->state, State::Interrupted);
    QCOMPARE(manager.notices().size(), 1);
    VERIFY_RESULT(await(manager.start(u"two"_s)));
    VERIFY_RESULT(await(manager.openTerminal({.sessionId = u"one"_s, .argv = {}, .size = {}})));
}

void TestReconcile::adoptedNamesAreUnique()
{
    SandboxSpec spec;
    spec.sessionId = u"abcdef"_s;
    spec.name = u"x"_s;
    spec.labels = {{u"capsule.name"_s, u"ONE"_s}, {u"capsule.agent"_s, u"no longer installed"_s}};
    m_engine->provider.addLeftover(spec, FakeSandbox::State::Running);
    SessionManager &manager = m_engine->restart();
    const SessionInfo adopted = manager.get(u"abcdef"_s).value();
    QCOMPARE(adopted.name, u"ONE-2"_s);
    QCOMPARE(adopted.agentName, u"no longer installed"_s);
}

void TestReconcile::aStrangersSandboxIsLeftAlone()
{
    SandboxSpec spec;
    spec.name = u"of no session"_s;
    m_engine->provider.addLeftover(spec, FakeSandbox::State::Running);
    m_engine->restart();
    QCOMPARE(m_engine->manager->list().size(), 1U);
    QCOMPARE(m_engine->provider.sandboxIds().size(), 2);
}

void TestReconcile::anAbsentProviderChangesNothing()
{
    m_engine->provider.setAvailable(false);
    QTest::qWait(0);
    SessionManager &manager = m_engine->restart();
    QCOMPARE(m_engine->stateOf(m_id), State::Running);
    const auto opened = await(manager.openTerminal({.sessionId = m_id, .argv = {}, .size = {}}));
    QCOMPARE(opened.error().code, ErrorCode::Unavailable);
}

void TestReconcile::aProviderThatComesBackIsComparedWith()
{
    m_engine->provider.setAvailable(false);
    QTRY_COMPARE(m_engine->manager->get(m_id)->terminals.front().state, TerminalState::Lost);
    m_engine->provider.vanish(m_sandbox, FakeProvider::Announce::No);
    QCOMPARE(m_engine->stateOf(m_id), State::Running);
    m_engine->provider.setAvailable(true);
    QTRY_COMPARE(m_engine->stateOf(m_id), State::Interrupted);
    QVERIFY(m_engine->manager->get(m_id)->message.contains("removed outside of Capsule"_L1));
}

void TestReconcile::whatIsAtWorkIsLeftAlone()
{
    m_engine->provider.knobs.delays.insert(Operation::Stop, std::chrono::milliseconds(80));
    const auto stopping = m_engine->manager->stop(m_id);
    QSignalSpy reconciled(m_engine->manager.get(), &SessionManager::reconciled);
    emit m_engine->provider.availabilityChanged(true);
    QTRY_COMPARE(reconciled.size(), 1);
    QCOMPARE(m_engine->stateOf(m_id), State::Stopping);
    VERIFY_RESULT(await(stopping));
}

void TestReconcile::whatChangedMeanwhileIsLeftAlone()
{
    // The list is asked for while the session runs and answered after it was stopped and another one made.
    m_engine->provider.knobs.delays.insert(Operation::List, std::chrono::milliseconds(1500));
    QSignalSpy reconciled(m_engine->manager.get(), &SessionManager::reconciled);
    emit m_engine->provider.availabilityChanged(true);
    VERIFY_RESULT(await(m_engine->manager->stop(m_id)));
    const QString second = m_engine->launched(u"two"_s);
    QCOMPARE(reconciled.size(), 0);
    QTRY_COMPARE(reconciled.size(), 1);
    QCOMPARE(m_engine->stateOf(m_id), State::Stopped);
    QCOMPARE(m_engine->stateOf(second), State::Running);
}

QTEST_GUILESS_MAIN(TestReconcile)
#include "tst_reconcile.moc"
