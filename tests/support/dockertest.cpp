// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/dockertest.h"

#include "docker/images.h"
#include "support/await.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace capsule::test {

namespace {

QString lookForDocker()
{
    const Result<docker::Endpoint> endpoint = docker::resolveEndpoint(docker::Environment::system());
    if (!endpoint)
        return endpoint.error().message;
    docker::Client client(*endpoint);
    const Result<docker::EngineVersion> version = await(client.negotiate(), std::chrono::seconds(10));
    return version ? QString() : u"No container engine to test with: %1 (%2)"_s.arg(version.error().message, version.error().detail);
}

} // namespace

QString dockerMissing()
{
    static const QString reason = lookForDocker();
    return reason;
}

bool dockerRequired()
{
    return qEnvironmentVariableIntValue("CAPSULE_REQUIRE_DOCKER") == 1;
}

QString shellImage(docker::Client &client)
{
    // By name: the label is inherited by images that other tests make and remove meanwhile.
    for (const QString &name : {u"capsule/base:latest"_s, u"debian:trixie-slim"_s}) {
        if (await(docker::inspectImage(client, name)))
            return name;
    }
    return {};
}

QString uniqueName(const QString &what)
{
    static int number = 0;
    return u"capsule-test-%1-%2-%3"_s.arg(what).arg(QCoreApplication::applicationPid()).arg(++number);
}

} // namespace capsule::test
