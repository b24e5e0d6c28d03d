// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/networks.h"
#include "sandbox/container/containerprovider.h"
#include "support/await.h"
#include "support/channelrecorder.h"
#include "support/dockertest.h"

namespace capsule::test {

/// A ContainerProvider on the real engine with a network of its own; the network goes with it.
class ContainerFixture
{
public:
    ContainerFixture()
        : m_endpoint(docker::resolveEndpoint(docker::Environment::system()).value_or(docker::Endpoint{}))
        , m_client(m_endpoint)
        , m_network(uniqueName(QStringLiteral("net")))
        , m_provider(std::make_unique<ContainerProvider>(m_endpoint, ContainerOptions{.network = m_network}))
        , m_image(shellImage(m_client))
    {
    }
    ~ContainerFixture()
    {
        m_provider.reset();
        await(docker::removeNetwork(m_client, m_network));
    }

    ContainerProvider &provider() { return *m_provider; }
    docker::Client &client() { return m_client; }
    const docker::Endpoint &endpoint() const { return m_endpoint; }
    const QString &network() const { return m_network; }
    const QString &image() const { return m_image; }

    SandboxSpec spec() const
    {
        return {.sessionId = QStringLiteral("test-session"), .name = QStringLiteral("Container test"), .image = m_image, .environment = {},
                .limits = {.cpus = 2, .memoryBytes = 1LL << 30, .pids = 256}, .labels = {{testLabel, QStringLiteral("1")}}};
    }

    struct Output {
        QByteArray out;
        QByteArray err;
        int code = -1;
    };
    /// Runs a command to its end.
    Result<Output> run(const QString &sandbox, const QStringList &argv, const QByteArray &input = {})
    {
        const auto exec = await(m_provider->openExec(sandbox, {.argv = argv, .environment = {}, .workingDirectory = {}, .size = {}}));
        if (!exec)
            return std::unexpected(exec.error());
        ChannelRecorder record(exec->get());
        (*exec)->write(input);
        (*exec)->closeInput();
        if (!QTest::qWaitFor([&record] { return record.isEnded(); }, 120'000))
            return fail(ErrorCode::Timeout, QStringLiteral("the command did not end"));
        if (record.status.error)
            return std::unexpected(*record.status.error);
        return Output{record.output, record.errorOutput, record.status.code.value_or(-1)};
    }
    Result<Output> shell(const QString &sandbox, const QString &script)
    {
        return run(sandbox, {QStringLiteral("sh"), QStringLiteral("-c"), script});
    }

private:
    docker::Endpoint m_endpoint;
    docker::Client m_client;
    QString m_network;
    std::unique_ptr<ContainerProvider> m_provider;
    QString m_image;
};

} // namespace capsule::test
