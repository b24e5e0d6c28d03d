// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/fake/fakeprovider.h"

#include "sandbox/treesource.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

using State = FakeSandbox::State;

Error noSuchSandbox(const QString &sandboxId)
{
    return {ErrorCode::NotFound, u"The sandbox does not exist any more."_s, sandboxId};
}

/// Reads a TreeSource to its end into memory. Deletes itself after its answer.
class TreeReader : public QObject
{
public:
    TreeReader(std::shared_ptr<TreeSource> tree, qint64 limit, QObject *parent)
        : QObject(parent)
        , m_tree(std::move(tree))
        , m_limit(limit)
    {
        connect(m_tree.get(), &QIODevice::readyRead, this, &TreeReader::read);
        connect(m_tree.get(), &QIODevice::readChannelFinished, this, &TreeReader::read);
        connect(m_tree.get(), &QIODevice::aboutToClose, this, [this] {
            finish(fail(ErrorCode::Cancelled, u"The copy was cancelled."_s));
        });
        QMetaObject::invokeMethod(this, &TreeReader::read, Qt::QueuedConnection);
    }

    Async<QByteArray> future() const { return m_answer.future(); }

private:
    void read()
    {
        if (m_answer.isAnswered())
            return;
        if (!m_tree->isOpen() && !m_tree->open(QIODevice::ReadOnly))
            return finish(fail(ErrorCode::Internal, u"The folder could not be read."_s, m_tree->errorString()));
        m_bytes += m_tree->readAll();
        if (m_limit >= 0 && m_bytes.size() > m_limit)
            return finish(fail(ErrorCode::LimitReached, u"The disk is full; free some space and try again."_s));
        if (!m_tree->atEnd())
            return;
        if (const Result<void> outcome = m_tree->outcome(); !outcome)
            return finish(std::unexpected(outcome.error()));
        finish(m_bytes);
    }

    void finish(const Result<QByteArray> &result)
    {
        m_answer.resolve(result);
        deleteLater();
    }

    std::shared_ptr<TreeSource> m_tree;
    qint64 m_limit;
    QByteArray m_bytes;
    Answer<QByteArray> m_answer;
};

} // namespace

Result<void> FakeProvider::refusal(Operation operation)
{
    if (QList<Error> &failures = m_failures[operation]; !failures.isEmpty())
        return std::unexpected(failures.takeFirst());
    if (!m_available)
        return fail(ErrorCode::Unavailable, u"The fake provider does not answer."_s);
    return {};
}

template<class T>
Async<T> FakeProvider::afterDelay(Operation operation, std::function<Async<T>()> body)
{
    ++m_calls[operation];
    auto answer = std::make_shared<Answer<T>>();
    QTimer::singleShot(knobs.delays.value(operation, knobs.delay), this, [this, operation, body = std::move(body), answer] {
        if (const Result<void> refused = refusal(operation); !refused)
            answer->resolve(std::unexpected(refused.error()));
        else
            body().then(this, [answer](const Result<T> &result) { answer->resolve(result); });
    });
    return answer->future();
}

template<class T>
Async<T> FakeProvider::act(Operation operation, const QString &sandboxId, std::function<Result<T>(FakeSandbox *)> body)
{
    const bool opens = operation == Operation::OpenTerminal || operation == Operation::OpenExec;
    return m_queue.run<T>(sandboxId, opens ? OperationQueue::Kind::Opening : OperationQueue::Kind::Change, [this, operation, sandboxId, body] {
        return afterDelay<T>(operation, [this, sandboxId, body] {
            const auto it = m_sandboxes.find(sandboxId);
            return ready<T>(body(it == m_sandboxes.end() ? nullptr : &*it));
        });
    });
}

QFuture<ProviderStatus> FakeProvider::probe()
{
    return afterDelay<void>(Operation::Probe, [] { return ready<void>({}); }).then(this, [this](const Result<void> &result) {
        ProviderStatus status{.id = id(), .name = knobs.name, .address = u"memory"_s, .available = result.has_value(),
                              .error = {}, .capabilities = knobs.capabilities};
        if (!result)
            status.error = ErrorInfo::of(result.error());
        return status;
    });
}

Async<QString> FakeProvider::create(const SandboxSpec &spec)
{
    return afterDelay<QString>(Operation::Create, [this, spec]() -> Async<QString> {
        if (spec.limits.cpus <= 0 || spec.limits.memoryBytes <= 0 || spec.limits.pids <= 0)
            return ready<QString>(fail(ErrorCode::InvalidArgument, u"A sandbox needs limits for CPUs, memory and processes."_s));
        if (!knobs.images.isEmpty() && !knobs.images.contains(spec.image))
            return ready<QString>(fail(ErrorCode::NotFound, u"The image %1 is not there; build it first."_s.arg(spec.image)));
        return ready<QString>(addLeftover(spec, State::Created));
    });
}

QString FakeProvider::addLeftover(const SandboxSpec &spec, FakeSandbox::State state)
{
    const QString sandboxId = u"fake-%1"_s.arg(++m_lastNumber);
    m_sandboxes.insert(sandboxId, {.spec = spec, .state = state, .tree = {}, .terminals = {}, .execs = {}});
    return sandboxId;
}

Async<void> FakeProvider::copyIn(const QString &sandboxId, std::shared_ptr<TreeSource> tree)
{
    return m_queue.run<void>(sandboxId, OperationQueue::Kind::Change, [this, sandboxId, tree] {
        return afterDelay<void>(Operation::CopyIn, [this, sandboxId, tree] { return receive(sandboxId, tree); });
    });
}

Async<void> FakeProvider::receive(const QString &sandboxId, const std::shared_ptr<TreeSource> &tree)
{
    const FakeSandbox *target = sandbox(sandboxId);
    if (!target)
        return ready<void>(std::unexpected(noSuchSandbox(sandboxId)));
    if (target->state != State::Created)
        return ready<void>(fail(ErrorCode::Conflict, u"Files can be copied in only before the sandbox starts."_s));
    auto *reader = new TreeReader(tree, knobs.diskBytes, this);
    m_copies.insert(sandboxId, tree);
    return reader->future().then(this, [this, sandboxId](const Result<QByteArray> &bytes) -> Result<void> {
        m_copies.remove(sandboxId);
        if (!bytes)
            return std::unexpected(bytes.error());
        if (!m_sandboxes.contains(sandboxId))
            return std::unexpected(noSuchSandbox(sandboxId));
        m_sandboxes[sandboxId].tree += *bytes;
        return {};
    });
}

Async<void> FakeProvider::change(Operation operation, const QString &sandboxId, QList<FakeSandbox::State> from, FakeSandbox::State to)
{
    return act<void>(operation, sandboxId, [this, sandboxId, from, to](FakeSandbox *sandbox) -> Result<void> {
        if (!sandbox)
            return std::unexpected(noSuchSandbox(sandboxId));
        if (sandbox->state == to)
            return {};
        if (!from.contains(sandbox->state))
            return fail(ErrorCode::Conflict, u"The sandbox is not in the right state for that."_s);
        const State before = std::exchange(sandbox->state, to);
        if (to == State::Stopped && before != State::Created) {
            endChannels(*sandbox, {.code = 137, .error = {}});
            announce(sandboxId, SandboxEvent::Kind::Died, 143);
        } else if (to == State::Running && before != State::Paused) {
            announce(sandboxId, SandboxEvent::Kind::Started);
        }
        return {};
    });
}

Async<void> FakeProvider::start(const QString &sandboxId)
{
    return change(Operation::Start, sandboxId, {State::Created, State::Stopped}, State::Running);
}

Async<void> FakeProvider::stop(const QString &sandboxId)
{
    return change(Operation::Stop, sandboxId, {State::Created, State::Running, State::Paused}, State::Stopped);
}

Async<void> FakeProvider::pause(const QString &sandboxId)
{
    if (!knobs.capabilities.pause)
        return ready<void>(fail(ErrorCode::Unsupported, u"This provider cannot pause sandboxes."_s));
    return change(Operation::Pause, sandboxId, {State::Running}, State::Paused);
}

Async<void> FakeProvider::resume(const QString &sandboxId)
{
    if (!knobs.capabilities.pause)
        return ready<void>(fail(ErrorCode::Unsupported, u"This provider cannot pause sandboxes."_s));
    return change(Operation::Resume, sandboxId, {State::Paused}, State::Running);
}

Async<QString> FakeProvider::snapshot(const QString &sandboxId, const QString &imageName)
{
    if (!knobs.capabilities.snapshot)
        return ready<QString>(fail(ErrorCode::Unsupported, u"This provider cannot make snapshots."_s));
    return act<QString>(Operation::Snapshot, sandboxId, [this, sandboxId, imageName](FakeSandbox *sandbox) -> Result<QString> {
        if (!sandbox)
            return std::unexpected(noSuchSandbox(sandboxId));
        if (!knobs.images.isEmpty())
            knobs.images.append(imageName);
        return imageName;
    });
}

Async<void> FakeProvider::remove(const QString &sandboxId)
{
    if (const auto tree = m_copies.value(sandboxId).lock())
        tree->close();
    return act<void>(Operation::Remove, sandboxId, [this, sandboxId](FakeSandbox *sandbox) -> Result<void> {
        if (sandbox)
            vanish(sandboxId);
        return {};
    });
}

Async<QList<SandboxInfo>> FakeProvider::list()
{
    return afterDelay<QList<SandboxInfo>>(Operation::List, [this] {
        QList<SandboxInfo> infos;
        for (const auto &[sandboxId, sandbox] : m_sandboxes.asKeyValueRange()) {
            infos.append({.id = sandboxId, .sessionId = sandbox.spec.sessionId, .name = sandbox.spec.name, .image = sandbox.spec.image,
                          .running = sandbox.state == State::Running || sandbox.state == State::Paused, .labels = sandbox.spec.labels});
        }
        return ready<QList<SandboxInfo>>(infos);
    });
}

Async<std::shared_ptr<TerminalChannel>> FakeProvider::openTerminal(const QString &sandboxId, const CommandSpec &command)
{
    using Channel = std::shared_ptr<TerminalChannel>;
    return act<Channel>(Operation::OpenTerminal, sandboxId, [this, sandboxId, command](FakeSandbox *sandbox) -> Result<Channel> {
        if (!sandbox)
            return std::unexpected(noSuchSandbox(sandboxId));
        if (sandbox->state != State::Running)
            return fail(ErrorCode::Conflict, u"The sandbox does not run; start it first."_s);
        auto terminal = std::make_shared<FakeTerminal>(command, knobs.program);
        sandbox->terminals.append(terminal);
        m_lastTerminal = terminal;
        return terminal;
    });
}

Async<std::shared_ptr<ExecChannel>> FakeProvider::openExec(const QString &sandboxId, const CommandSpec &command)
{
    using Channel = std::shared_ptr<ExecChannel>;
    return act<Channel>(Operation::OpenExec, sandboxId, [this, sandboxId, command](FakeSandbox *sandbox) -> Result<Channel> {
        if (!sandbox)
            return std::unexpected(noSuchSandbox(sandboxId));
        if (sandbox->state != State::Running)
            return fail(ErrorCode::Conflict, u"The sandbox does not run; start it first."_s);
        auto exec = std::make_shared<FakeExec>(command);
        sandbox->execs.append(exec);
        m_lastExec = exec;
        return exec;
    });
}

void FakeProvider::setAvailable(bool available)
{
    if (std::exchange(m_available, available) == available)
        return;
    if (!available) {
        for (FakeSandbox &sandbox : m_sandboxes)
            endChannels(sandbox, {.code = {}, .error = Error{ErrorCode::Unavailable, u"The connection to the sandbox was lost."_s, {}}});
    }
    emit availabilityChanged(available);
}

void FakeProvider::vanish(const QString &sandboxId, Announce announced)
{
    const auto it = m_sandboxes.constFind(sandboxId);
    if (it == m_sandboxes.constEnd())
        return;
    FakeSandbox sandbox = *it;
    m_sandboxes.erase(it);
    endChannels(sandbox, {.code = {}, .error = Error{ErrorCode::NotFound, u"The sandbox was removed while this was open."_s, {}}});
    if (announced == Announce::No)
        return;
    // `announce` finds nothing any more; the session is taken from the copy.
    if (sandbox.state == State::Running || sandbox.state == State::Paused)
        emit sandboxChanged({.sandboxId = sandboxId, .sessionId = sandbox.spec.sessionId, .kind = SandboxEvent::Kind::Died, .exitCode = 137});
    emit sandboxChanged({.sandboxId = sandboxId, .sessionId = sandbox.spec.sessionId, .kind = SandboxEvent::Kind::Removed, .exitCode = {}});
}

void FakeProvider::die(const QString &sandboxId, int exitCode, bool outOfMemory)
{
    const auto it = m_sandboxes.find(sandboxId);
    if (it == m_sandboxes.end())
        return;
    it->state = State::Stopped;
    endChannels(*it, {.code = 137, .error = {}});
    announce(sandboxId, SandboxEvent::Kind::Died, exitCode, outOfMemory);
}

const FakeSandbox *FakeProvider::sandbox(const QString &sandboxId) const
{
    const auto it = m_sandboxes.constFind(sandboxId);
    return it == m_sandboxes.constEnd() ? nullptr : &*it;
}

void FakeProvider::endChannels(FakeSandbox &sandbox, const ExitStatus &status)
{
    for (const auto &weak : std::exchange(sandbox.terminals, {})) {
        if (const auto terminal = weak.lock())
            terminal->finish(status);
    }
    for (const auto &weak : std::exchange(sandbox.execs, {})) {
        if (const auto exec = weak.lock())
            exec->finish(status);
    }
}

void FakeProvider::announce(const QString &sandboxId, SandboxEvent::Kind kind, std::optional<int> exitCode, bool outOfMemory)
{
    emit sandboxChanged({.sandboxId = sandboxId, .sessionId = m_sandboxes.value(sandboxId).spec.sessionId, .kind = kind,
                         .exitCode = exitCode, .outOfMemory = outOfMemory});
}

} // namespace capsule
