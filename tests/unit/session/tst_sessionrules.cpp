// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/agentprofile.h"
#include "session/sessiondefaults.h"
#include "session/sessionnames.h"
#include "session/settlement.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using State = SessionState;
using Event = SessionEvent;

Q_DECLARE_METATYPE(std::optional<SessionState>)

/// The rules that decide without touching anything: states, settlement, names, limits.
class TestSessionRules : public QObject
{
    Q_OBJECT
private slots:
    void theTableMovesAState_data();
    void theTableMovesAState();
    void aSessionIsSettledWithWhatIsThere_data();
    void aSessionIsSettledWithWhatIsThere();
    void everySettlementIsAMoveTheTableKnows();
    void aDeathIsExplained();
    void namesAreChecked_data();
    void namesAreChecked();
    void anUnusedNameIsMade();
    void limitsAreFilledIn();
    void limitsThatNobodyCanLiveWithAreRefused();
    void workspacesAreLookedAt();
};

void TestSessionRules::theTableMovesAState_data()
{
    QTest::addColumn<State>("from");
    QTest::addColumn<Event>("event");
    QTest::addColumn<std::optional<State>>("to");

    using To = std::optional<State>;
    QTest::newRow("launched") << State::Creating << Event::Launched << To(State::Running);
    QTest::newRow("launch failed") << State::Creating << Event::LaunchFailed << To(State::Failed);
    QTest::newRow("no start while creating") << State::Creating << Event::StartRequested << To();
    QTest::newRow("no death while creating") << State::Creating << Event::SandboxDied << To();
    QTest::newRow("stop") << State::Running << Event::StopRequested << To(State::Stopping);
    QTest::newRow("stopped") << State::Stopping << Event::Stopped << To(State::Stopped);
    QTest::newRow("stopping dies: as wanted") << State::Stopping << Event::SandboxDied << To(State::Stopped);
    QTest::newRow("stopping vanishes") << State::Stopping << Event::SandboxGone << To(State::Interrupted);
    QTest::newRow("stop failed") << State::Stopping << Event::ActionFailed << To(State::Running);
    QTest::newRow("start") << State::Stopped << Event::StartRequested << To(State::Starting);
    QTest::newRow("start again") << State::Interrupted << Event::StartRequested << To(State::Starting);
    QTest::newRow("no start of a failed one") << State::Failed << Event::StartRequested << To();
    QTest::newRow("started") << State::Starting << Event::Started << To(State::Running);
    QTest::newRow("start failed") << State::Starting << Event::ActionFailed << To(State::Interrupted);
    QTest::newRow("died") << State::Running << Event::SandboxDied << To(State::Interrupted);
    QTest::newRow("gone") << State::Running << Event::SandboxGone << To(State::Interrupted);
    QTest::newRow("a stopped one cannot die") << State::Stopped << Event::SandboxDied << To();
    QTest::newRow("a stopped one can vanish") << State::Stopped << Event::SandboxGone << To(State::Interrupted);
    QTest::newRow("up behind our back") << State::Stopped << Event::SandboxUp << To(State::Running);
    QTest::newRow("up again") << State::Interrupted << Event::SandboxUp << To(State::Running);
    QTest::newRow("remove a running one") << State::Running << Event::RemoveRequested << To(State::Removing);
    QTest::newRow("remove a failed one") << State::Failed << Event::RemoveRequested << To(State::Removing);
    QTest::newRow("remove once") << State::Removing << Event::RemoveRequested << To();
    QTest::newRow("remove failed") << State::Removing << Event::ActionFailed << To(State::Interrupted);
}

void TestSessionRules::theTableMovesAState()
{
    QFETCH(const State, from);
    QFETCH(const Event, event);
    QFETCH(const std::optional<State>, to);
    QVERIFY(next(from, event) == to);
    QCOMPARE(canHappen(from, event), to.has_value());
}

void TestSessionRules::aSessionIsSettledWithWhatIsThere_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<QString>("sandbox"); // "running", "stopped", "none"
    QTest::addColumn<State>("settled");
    QTest::addColumn<Settlement::Action>("action");

    using Action = Settlement::Action;
    QTest::newRow("creating, made") << State::Creating << u"running"_s << State::Failed << Action::RemoveSandbox;
    QTest::newRow("creating, not made") << State::Creating << u"none"_s << State::Failed << Action::None;
    QTest::newRow("failed, left over") << State::Failed << u"stopped"_s << State::Failed << Action::RemoveSandbox;
    QTest::newRow("failed") << State::Failed << u"none"_s << State::Failed << Action::None;
    QTest::newRow("running") << State::Running << u"running"_s << State::Running << Action::None;
    QTest::newRow("running, died") << State::Running << u"stopped"_s << State::Interrupted << Action::None;
    QTest::newRow("running, vanished") << State::Running << u"none"_s << State::Interrupted << Action::None;
    QTest::newRow("starting, up") << State::Starting << u"running"_s << State::Running << Action::None;
    QTest::newRow("starting, down") << State::Starting << u"stopped"_s << State::Interrupted << Action::None;
    QTest::newRow("starting, gone") << State::Starting << u"none"_s << State::Interrupted << Action::None;
    QTest::newRow("stopping, up") << State::Stopping << u"running"_s << State::Running << Action::None;
    QTest::newRow("stopping, down") << State::Stopping << u"stopped"_s << State::Stopped << Action::None;
    QTest::newRow("stopping, gone") << State::Stopping << u"none"_s << State::Interrupted << Action::None;
    QTest::newRow("stopped, up") << State::Stopped << u"running"_s << State::Running << Action::None;
    QTest::newRow("stopped") << State::Stopped << u"stopped"_s << State::Stopped << Action::None;
    QTest::newRow("stopped, gone") << State::Stopped << u"none"_s << State::Interrupted << Action::None;
    QTest::newRow("interrupted, up") << State::Interrupted << u"running"_s << State::Running << Action::None;
    QTest::newRow("interrupted, gone") << State::Interrupted << u"none"_s << State::Interrupted << Action::None;
    QTest::newRow("removing") << State::Removing << u"running"_s << State::Removing << Action::RemoveSession;
    QTest::newRow("removing, gone") << State::Removing << u"none"_s << State::Removing << Action::RemoveSession;
}

void TestSessionRules::aSessionIsSettledWithWhatIsThere()
{
    QFETCH(const State, state);
    QFETCH(const QString, sandbox);
    QFETCH(const State, settled);
    QFETCH(const Settlement::Action, action);
    const SandboxInfo info{.id = u"s"_s, .sessionId = {}, .name = {}, .image = {}, .running = sandbox == "running"_L1, .labels = {}};
    const Settlement result = settle(state, sandbox == "none"_L1 ? nullptr : &info);
    QCOMPARE(result.event ? next(state, *result.event).value_or(state) : state, settled);
    QCOMPARE(result.action, action);
    if (settled == State::Interrupted && state != State::Interrupted)
        QVERIFY(!result.message.isEmpty());
}

void TestSessionRules::everySettlementIsAMoveTheTableKnows()
{
    const SandboxInfo up{.id = u"s"_s, .sessionId = {}, .name = {}, .image = {}, .running = true, .labels = {}};
    const SandboxInfo down{.id = u"s"_s, .sessionId = {}, .name = {}, .image = {}, .running = false, .labels = {}};
    for (const auto &state : wire::enumNames<SessionState>) {
        for (const SandboxInfo *found : {static_cast<const SandboxInfo *>(nullptr), &up, &down}) {
            const Settlement settlement = settle(state.value, found);
            QVERIFY2(!settlement.event || canHappen(state.value, *settlement.event), state.name);
        }
    }
}

void TestSessionRules::aDeathIsExplained()
{
    SandboxEvent event;
    QVERIFY(!reasonOfDeath(event).contains("exit code"_L1));
    event.exitCode = 3;
    QVERIFY(reasonOfDeath(event).contains("exit code 3"_L1));
    event.outOfMemory = true;
    QVERIFY(reasonOfDeath(event).startsWith("The sandbox ran out of memory"_L1));
}

void TestSessionRules::namesAreChecked_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("kept"); // empty: refused
    QTest::newRow("plain") << u"claude-code"_s << u"claude-code"_s;
    QTest::newRow("white space around") << u"  my project "_s << u"my project"_s;
    QTest::newRow("other scripts") << u"проект 日本"_s << u"проект 日本"_s;
    QTest::newRow("beyond the first plane") << u"\U0001F680"_s << u"\U0001F680"_s;
    QTest::newRow("64 of them") << u"\U0001F680"_s.repeated(64) << u"\U0001F680"_s.repeated(64);
    QTest::newRow("65") << QString(65, u'a') << QString();
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("blank") << u"  "_s << QString();
    QTest::newRow("line end inside") << u"a\nb"_s << QString();
    QTest::newRow("escape") << u"a\x1b[31m"_s << QString();
    QTest::newRow("bidi override") << u"a\u202eb"_s << QString();
    QTest::newRow("half a surrogate") << u"a"_s + QChar(0xd800) << QString();
}

void TestSessionRules::namesAreChecked()
{
    QFETCH(const QString, name);
    QFETCH(const QString, kept);
    const Result<QString> checked = checkedName(name);
    QCOMPARE(checked.has_value(), !kept.isEmpty());
    if (checked)
        QCOMPARE(*checked, kept);
    else
        QCOMPARE(checked.error().code, ErrorCode::InvalidArgument);
}

void TestSessionRules::anUnusedNameIsMade()
{
    QStringList taken;
    const auto isTaken = [&taken](const QString &name) { return taken.contains(name, Qt::CaseInsensitive); };
    for (const QString &expected : {u"claude-code"_s, u"claude-code-2"_s, u"claude-code-3"_s}) {
        QCOMPARE(unusedName(u"claude-code"_s, isTaken), expected);
        taken += expected.toUpper();
    }
    QCOMPARE(unusedName(u"a\n\u202eb"_s, isTaken), u"a b"_s);
    QCOMPARE(unusedName(QString(), isTaken), u"session"_s);
    QVERIFY(checkedName(unusedName(QString(300, u'x'), isTaken)).has_value());
    QCOMPARE(newId().size(), 12);
    QVERIFY(newId() != newId());
}

void TestSessionRules::limitsAreFilledIn()
{
    AgentProfile shell;
    AgentProfile agent;
    agent.command = {u"claude"_s};
    const Limits ofShell = limitsInForce({}, shell).value();
    QCOMPARE(ofShell.memoryBytes, 4LL << 30);
    QCOMPARE(ofShell.pids, 256);
    QVERIFY(ofShell.cpus > 0 && ofShell.cpus <= 2);
    QCOMPARE(limitsInForce({}, agent).value().pids, 1024);

    agent.limits = {.cpus = 0.5, .memoryBytes = 1 << 30, .pids = 99};
    QCOMPARE(limitsInForce({}, agent).value(), agent.limits);
    const Limits wanted{.cpus = 0.25, .memoryBytes = 64 << 20, .pids = 64};
    QCOMPARE(limitsInForce(wanted, agent).value(), wanted);
}

void TestSessionRules::limitsThatNobodyCanLiveWithAreRefused()
{
    for (const Limits &limits : {Limits{.cpus = -1}, Limits{.cpus = qQNaN()}, Limits{.memoryBytes = 1024}, Limits{.memoryBytes = -5}, Limits{.pids = 3}}) {
        const Result<Limits> result = limitsInForce(limits, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
    }
}

void TestSessionRules::workspacesAreLookedAt()
{
    const QTemporaryDir folder;
    QVERIFY(checkWorkspace({}).has_value());
    QVERIFY(checkWorkspace({WorkspaceKind::Copy, folder.path()}).has_value());
    QCOMPARE(checkWorkspace({WorkspaceKind::Copy, u"relative"_s}).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(checkWorkspace({WorkspaceKind::Copy, folder.filePath(u"no"_s)}).error().code, ErrorCode::NotFound);
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QFile::WriteOnly));
    QCOMPARE(checkWorkspace({WorkspaceKind::Copy, file.fileName()}).error().code, ErrorCode::InvalidArgument);

    AgentProfile profile;
    profile.id = u"shell"_s;
    QCOMPARE(nameBase({}, profile), u"shell"_s);
    QCOMPARE(nameBase({WorkspaceKind::Copy, u"/home/me/my project/"_s}, profile), u"my project"_s);
    QCOMPARE(nameBase({WorkspaceKind::Copy, u"/"_s}, profile), u"shell"_s);
}

QTEST_GUILESS_MAIN(TestSessionRules)
#include "tst_sessionrules.moc"
