// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/fake/fakechannels.h"
#include "sandbox/operationqueue.h"

#include <chrono>

namespace capsule {

enum class FakeOperation { Probe, Create, CopyIn, Start, Stop, Pause, Resume, Snapshot, Remove, List, OpenTerminal, OpenExec };

/// How a FakeProvider behaves; may be changed at any time.
struct FakeKnobs {
    std::chrono::milliseconds delay{0};                        ///< of every operation
    QHash<FakeOperation, std::chrono::milliseconds> delays;    ///< of single ones, instead
    QStringList images;                                        ///< that are there; empty: all
    FakeTerminal::Program program = FakeTerminal::Program::Shell;
    qint64 diskBytes = -1;                                     ///< copyIn beyond it fails with LimitReached; -1: no limit
    Capabilities capabilities{.pause = true, .snapshot = true, .limits = true, .sudo = true};
    QString name = QStringLiteral("Fake 1.0");
};

struct FakeSandbox {
    enum class State { Created, Running, Paused, Stopped };
    SandboxSpec spec;
    State state = State::Created;
    QByteArray tree; ///< all bytes that were copied in
    QList<std::weak_ptr<FakeTerminal>> terminals; ///< in the order they were opened
    QList<std::weak_ptr<FakeExec>> execs;
};

/// A provider without sandboxes: everything in memory and asynchronous, for tests of what stands above. Ids are
/// "fake-1", "fake-2", ...
class FakeProvider : public SandboxProvider
{
    Q_OBJECT
public:
    using Operation = FakeOperation;

    explicit FakeProvider(QObject *parent = nullptr) : SandboxProvider(parent) {}

    QString id() const override { return QStringLiteral("fake"); }
    QFuture<ProviderStatus> probe() override;
    Async<QString> create(const SandboxSpec &spec) override;
    Async<void> copyIn(const QString &sandboxId, std::shared_ptr<TreeSource> tree) override;
    Async<void> start(const QString &sandboxId) override;
    Async<void> stop(const QString &sandboxId) override;
    Async<void> pause(const QString &sandboxId) override;
    Async<void> resume(const QString &sandboxId) override;
    Async<QString> snapshot(const QString &sandboxId, const QString &imageName) override;
    Async<void> remove(const QString &sandboxId) override;
    Async<QList<SandboxInfo>> list() override;
    Async<std::shared_ptr<TerminalChannel>> openTerminal(const QString &sandboxId, const CommandSpec &command) override;
    Async<std::shared_ptr<ExecChannel>> openExec(const QString &sandboxId, const CommandSpec &command) override;
    Capabilities capabilities() const override { return knobs.capabilities; }

    FakeKnobs knobs;

    /// The next call of `operation` that has not been answered yet fails; several are used up in turn.
    void failNext(Operation operation, const Error &error) { m_failures[operation].append(error); }
    void setAvailable(bool available); ///< false: calls fail with Unavailable and open channels break
    enum class Announce { No, Yes };
    void vanish(const QString &sandboxId, Announce announce = Announce::Yes); ///< removed behind our back
    void die(const QString &sandboxId, int exitCode, bool outOfMemory = false); ///< stopped behind our back
    QString addLeftover(const SandboxSpec &spec, FakeSandbox::State state); ///< a sandbox that somebody made before

    QStringList sandboxIds() const { return m_sandboxes.keys(); }
    const FakeSandbox *sandbox(const QString &sandboxId) const; ///< null when there is none
    std::shared_ptr<FakeTerminal> lastTerminal() const { return m_lastTerminal.lock(); }
    std::shared_ptr<FakeExec> lastExec() const { return m_lastExec.lock(); }
    int calls(Operation operation) const { return m_calls.value(operation); }

private:
    template<class T>
    Async<T> act(Operation operation, const QString &sandboxId, std::function<Result<T>(FakeSandbox *)> body);
    template<class T>
    Async<T> afterDelay(Operation operation, std::function<Async<T>()> body);
    Result<void> refusal(Operation operation);
    Async<void> receive(const QString &sandboxId, const std::shared_ptr<TreeSource> &tree);
    Async<void> change(Operation operation, const QString &sandboxId, QList<FakeSandbox::State> from, FakeSandbox::State to);
    void endChannels(FakeSandbox &sandbox, const ExitStatus &status);
    void announce(const QString &sandboxId, SandboxEvent::Kind kind, std::optional<int> exitCode = {}, bool outOfMemory = false);

    OperationQueue m_queue;
    QMap<QString, FakeSandbox> m_sandboxes;
    QHash<Operation, QList<Error>> m_failures;
    QHash<Operation, int> m_calls;
    QHash<QString, std::weak_ptr<TreeSource>> m_copies;
    std::weak_ptr<FakeTerminal> m_lastTerminal;
    std::weak_ptr<FakeExec> m_lastExec;
    int m_lastNumber = 0;
    bool m_available = true;
};

} // namespace capsule
