// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/endpoint.h"
#include "docker/events.h"
#include "sandbox/container/containerrequest.h"
#include "sandbox/container/containerwords.h"
#include "sandbox/operationqueue.h"

namespace capsule {

class ContainerNetwork;
class TreeCopy;

struct ContainerOptions {
    QString network = QStringLiteral("capsule"); ///< the bridge that sandboxes share
    std::chrono::seconds stopGrace{5};           ///< between TERM and KILL
    QString owner{}; ///< whose sandboxes these are; others' on the same engine are neither listed nor adopted
};

/// Sandboxes as containers of a Docker or Podman engine, through its API. Terminals and commands are the engine's
/// execs; they are ended through small scripts inside the sandbox, since engines have no call for it.
class ContainerProvider : public SandboxProvider
{
    Q_OBJECT
public:
    explicit ContainerProvider(const docker::Endpoint &endpoint, ContainerOptions options = {}, QObject *parent = nullptr);
    ~ContainerProvider() override;

    QString id() const override { return QStringLiteral("container"); }
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
    Capabilities capabilities() const override;

    /// Ends the terminals and commands that engines before this one left in a running sandbox: nobody can reach them
    /// any more. Happens by itself before the first terminal in a sandbox that this engine has not started.
    Async<void> hangUpLeftovers(const QString &sandboxId);

private:
    QStringList ownLabels() const;
    Async<EngineFacts> facts();
    Async<QString> createContainer(const SandboxSpec &spec, const EngineFacts &facts, const QString &network, int attempt);
    Async<void> changeState(const QString &sandboxId, const QString &what, std::function<Async<void>()> call);
    void adopt(const QString &sandboxId);
    void setAvailable(bool available);

    std::shared_ptr<docker::Client> m_client;
    ContainerOptions m_options;
    std::unique_ptr<ContainerNetwork> m_network;
    OperationQueue m_queue;
    SandboxEventReader m_eventReader;
    std::unique_ptr<docker::EventStream> m_events;
    std::optional<EngineFacts> m_facts;
    QHash<QString, QPointer<TreeCopy>> m_copies;
    QSet<QString> m_adopted; ///< sandboxes whose terminals all belong to this engine
    QString m_tag;           ///< begins the tags of this engine's terminals and commands
    std::optional<bool> m_available;
};

} // namespace capsule
