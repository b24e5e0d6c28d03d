// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containerprovider.h"

#include "base/logging.h"
#include "docker/containers.h"
#include "sandbox/container/containerchannels.h"
#include "sandbox/container/containererrors.h"
#include "sandbox/container/containerexecs.h"
#include "sandbox/container/containernetwork.h"
#include "sandbox/container/containersnapshot.h"
#include "sandbox/container/scripts.h"
#include "sandbox/container/treecopy.h"

#include <QRandomGenerator>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int nameAttempts = 3;

/// An answer of the engine as an answer about `sandboxId`.
Result<void> translated(const Result<void> &result, const QString &what)
{
    return result ? result : std::unexpected(sandboxError(result.error(), what));
}

} // namespace

ContainerProvider::ContainerProvider(const docker::Endpoint &endpoint, ContainerOptions options, QObject *parent)
    : SandboxProvider(parent)
    // Later, because the last one who holds it may be one of its own callbacks.
    , m_client(new docker::Client(endpoint), [](docker::Client *client) { client->deleteLater(); })
    , m_options(std::move(options))
    , m_network(std::make_unique<ContainerNetwork>(m_client, m_options.network))
    , m_events(std::make_unique<docker::EventStream>(*m_client, ownLabels(), nullptr))
    , m_tag(QUuid::createUuid().toString(QUuid::Id128).first(12) + u'x')
{
    connect(m_events.get(), &docker::EventStream::event, this, [this](const docker::Event &event) {
        const std::optional<SandboxEvent> changed = m_eventReader.read(event);
        if (!changed)
            return;
        if (changed->kind == SandboxEvent::Kind::Removed)
            m_adopted.remove(changed->sandboxId);
        emit sandboxChanged(*changed);
    });
    connect(m_events.get(), &docker::EventStream::connected, this, [this] { setAvailable(true); });
    connect(m_events.get(), &docker::EventStream::disconnected, this, [this](const Error &error) {
        qCDebug(lcSandbox) << "no events from the container engine:" << error.message << error.detail;
        m_facts.reset();
        m_network->forget();
        setAvailable(false);
    });
}

ContainerProvider::~ContainerProvider() = default;

QStringList ContainerProvider::ownLabels() const
{
    QStringList labels{managedLabel + u"=true"_s};
    if (!m_options.owner.isEmpty())
        labels << ownerLabel + u'=' + m_options.owner;
    return labels;
}

void ContainerProvider::setAvailable(bool available)
{
    if (m_available == available)
        return;
    m_available = available;
    emit availabilityChanged(available);
}

Async<EngineFacts> ContainerProvider::facts()
{
    if (m_facts)
        return ready<EngineFacts>(*m_facts);
    const auto answer = std::make_shared<Answer<EngineFacts>>();
    m_client->negotiate().then(this, [this, answer](const Result<docker::EngineVersion> &version) {
        if (!version) {
            answer->resolve(std::unexpected(version.error()));
            return;
        }
        docker::systemInfo(*m_client).then(this, [this, answer, version = *version](const Result<QJsonObject> &info) {
            if (!info) {
                answer->resolve(std::unexpected(info.error()));
                return;
            }
            EngineFacts facts = EngineFacts::read(*info, version.isPodman);
            facts.privateCgroupNamespace = facts.privateCgroupNamespace && version.api >= docker::ApiVersion{1, 41};
            m_facts = facts;
            answer->resolve(facts);
        });
    });
    return answer->future();
}

QFuture<ProviderStatus> ContainerProvider::probe()
{
    m_facts.reset();
    return facts().then(this, [this](const Result<EngineFacts> &facts) {
        ProviderStatus status{.id = id(), .name = u"Docker or Podman"_s, .address = m_client->endpoint().toString(),
                              .available = facts.has_value(), .error = {}, .capabilities = capabilities()};
        if (!facts)
            status.error = ErrorInfo::of(facts.error());
        if (const auto version = m_client->engineVersion())
            status.name = (version->isPodman ? u"Podman "_s : u"Docker "_s) + version->version;
        return status;
    });
}

Capabilities ContainerProvider::capabilities() const
{
    const EngineFacts facts = m_facts.value_or(EngineFacts{});
    const bool weak = facts.podman && facts.rootless && facts.cgroupVersion < 2; // no freezer, no limits
    return {.pause = !weak, .snapshot = true, .limits = facts.limits, .sudo = true};
}

Async<QString> ContainerProvider::create(const SandboxSpec &spec)
{
    if (const Result<void> good = checkSpec(spec); !good)
        return ready<QString>(std::unexpected(good.error()));
    SandboxSpec owned = spec;
    if (!m_options.owner.isEmpty())
        owned.labels.insert(ownerLabel, m_options.owner);
    const auto answer = std::make_shared<Answer<QString>>();
    facts().then(this, [this, spec = owned, answer](const Result<EngineFacts> &facts) {
        if (!facts) {
            answer->resolve(std::unexpected(facts.error()));
            return;
        }
        m_network->id().then(this, [this, spec, answer, facts = *facts](const Result<QString> &network) {
            if (!network) {
                answer->resolve(std::unexpected(creationError(network.error(), spec.image)));
                return;
            }
            createContainer(spec, facts, *network, 1).then(this, [answer](const Result<QString> &created) { answer->resolve(created); });
        });
    });
    return answer->future();
}

Async<QString> ContainerProvider::createContainer(const SandboxSpec &spec, const EngineFacts &facts, const QString &network, int attempt)
{
    const QString name = containerName(spec.name, QRandomGenerator::system()->generate());
    const auto answer = std::make_shared<Answer<QString>>();
    docker::createContainer(*m_client, name, containerRequest(spec, facts, network)).then(this, [=, this](const Result<docker::CreatedContainer> &created) {
        if (created) {
            for (const QString &warning : created->warnings)
                qCWarning(lcSandbox) << "container engine:" << warning;
            m_adopted.insert(created->id);
            answer->resolve(created->id);
            return;
        }
        if (created.error().code == ErrorCode::AlreadyExists && attempt < nameAttempts) {
            createContainer(spec, facts, network, attempt + 1).then(this, [answer](const Result<QString> &again) { answer->resolve(again); });
            return;
        }
        if (created.error().code == ErrorCode::Timeout) // it may come into being after all
            docker::removeContainer(*m_client, name, docker::RemoveVolumes::Yes);
        answer->resolve(std::unexpected(creationError(created.error(), spec.image)));
    });
    return answer->future();
}

Async<void> ContainerProvider::copyIn(const QString &sandboxId, std::shared_ptr<TreeSource> tree)
{
    return m_queue.run<void>(sandboxId, OperationQueue::Kind::Change, [this, sandboxId, tree] {
        const auto answer = std::make_shared<Answer<void>>();
        docker::inspectContainer(*m_client, sandboxId).then(this, [this, sandboxId, tree, answer](const Result<QJsonObject> &inspected) {
            if (!inspected) {
                answer->resolve(std::unexpected(sandboxError(inspected.error(), u"copy the folder into the sandbox"_s)));
                return;
            }
            if (inspected->value("State"_L1).toObject().value("Status"_L1).toString() != "created"_L1) {
                answer->resolve(fail(ErrorCode::Conflict, u"Files can be copied in only before the sandbox starts."_s));
                return;
            }
            auto *copy = new TreeCopy(m_client, sandboxId, tree, this);
            m_copies.insert(sandboxId, copy);
            copy->future().then(this, [this, sandboxId, answer](const Result<void> &result) {
                m_copies.remove(sandboxId);
                answer->resolve(result);
            });
        });
        return answer->future();
    });
}

Async<void> ContainerProvider::changeState(const QString &sandboxId, const QString &what, std::function<Async<void>()> call)
{
    return m_queue.run<void>(sandboxId, OperationQueue::Kind::Change, [this, what, call = std::move(call)] {
        return call().then(this, [what](const Result<void> &result) { return translated(result, what); });
    });
}

Async<void> ContainerProvider::start(const QString &sandboxId)
{
    return changeState(sandboxId, u"start the sandbox"_s, [this, sandboxId] {
        return docker::startContainer(*m_client, sandboxId);
    });
}

Async<void> ContainerProvider::stop(const QString &sandboxId)
{
    const QString tenths = QString::number(m_options.stopGrace.count() * 10);
    return changeState(sandboxId, u"stop the sandbox"_s, [this, sandboxId, tenths] {
        const auto answer = std::make_shared<Answer<void>>();
        // The script fails where nothing can be run any more; then the engine's stop is all there is.
        runScript(m_client, sandboxId, scripts::endEverything, {tenths}).then(this, [this, sandboxId, answer](const Result<int> &) {
            docker::stopContainer(*m_client, sandboxId, std::chrono::seconds(1)).then(this, [answer](const Result<void> &result) {
                answer->resolve(result);
            });
        });
        return answer->future();
    });
}

Async<void> ContainerProvider::pause(const QString &sandboxId)
{
    if (!capabilities().pause)
        return ready<void>(fail(ErrorCode::Unsupported, u"This container engine cannot pause sandboxes."_s));
    return changeState(sandboxId, u"pause the sandbox"_s, [this, sandboxId] {
        return docker::pauseContainer(*m_client, sandboxId).then(this, [](const Result<void> &result) -> Result<void> {
            return !result && result.error().detail.contains("already paused"_L1) ? Result<void>() : result;
        });
    });
}

Async<void> ContainerProvider::resume(const QString &sandboxId)
{
    if (!capabilities().pause)
        return ready<void>(fail(ErrorCode::Unsupported, u"This container engine cannot pause sandboxes."_s));
    return changeState(sandboxId, u"resume the sandbox"_s, [this, sandboxId] {
        return docker::unpauseContainer(*m_client, sandboxId).then(this, [](const Result<void> &result) -> Result<void> {
            // Docker answers 500 and "is not paused" for a running one.
            return !result && result.error().detail.contains("is not paused"_L1) ? Result<void>() : result;
        });
    });
}

Async<QString> ContainerProvider::snapshot(const QString &sandboxId, const QString &imageName)
{
    return m_queue.run<QString>(sandboxId, OperationQueue::Kind::Change, [this, sandboxId, imageName] {
        return snapshotContainer(m_client, sandboxId, imageName, capabilities().pause);
    });
}

Async<void> ContainerProvider::remove(const QString &sandboxId)
{
    if (TreeCopy *copy = m_copies.value(sandboxId))
        copy->cancel();
    return changeState(sandboxId, u"remove the sandbox"_s, [this, sandboxId] {
        return docker::removeContainer(*m_client, sandboxId, docker::RemoveVolumes::Yes).then(this, [this, sandboxId](const Result<void> &result) -> Result<void> {
            m_adopted.remove(sandboxId);
            const bool gone = !result && (result.error().code == ErrorCode::NotFound || result.error().detail.contains("already in progress"_L1));
            return gone ? Result<void>() : result;
        });
    });
}

Async<QList<SandboxInfo>> ContainerProvider::list()
{
    return docker::listContainers(*m_client, ownLabels()).then(this, [](const Result<QJsonArray> &containers) -> Result<QList<SandboxInfo>> {
        if (!containers)
            return std::unexpected(containers.error());
        return sandboxInfos(*containers);
    });
}

Async<void> ContainerProvider::hangUpLeftovers(const QString &sandboxId)
{
    m_adopted.insert(sandboxId);
    return runScript(m_client, sandboxId, scripts::hangUpOthers, {m_tag}).then(this, [](const Result<int> &result) -> Result<void> {
        if (!result)
            return std::unexpected(sandboxError(result.error(), u"end what was left in the sandbox"_s));
        return {};
    });
}

void ContainerProvider::adopt(const QString &sandboxId)
{
    if (!m_adopted.contains(sandboxId))
        hangUpLeftovers(sandboxId);
}

Async<std::shared_ptr<TerminalChannel>> ContainerProvider::openTerminal(const QString &sandboxId, const CommandSpec &command)
{
    return m_queue.run<std::shared_ptr<TerminalChannel>>(sandboxId, OperationQueue::Kind::Opening, [this, sandboxId, command] {
        adopt(sandboxId);
        return openContainerTerminal(m_client, sandboxId, command, m_tag);
    });
}

Async<std::shared_ptr<ExecChannel>> ContainerProvider::openExec(const QString &sandboxId, const CommandSpec &command)
{
    return m_queue.run<std::shared_ptr<ExecChannel>>(sandboxId, OperationQueue::Kind::Opening, [this, sandboxId, command] {
        return openContainerExec(m_client, sandboxId, command, m_tag);
    });
}

} // namespace capsule
