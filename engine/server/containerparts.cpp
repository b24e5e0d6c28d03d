// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/engineparts.h"

#include "base/logging.h"
#include "catalog/dockerimagestore.h"
#include "docker/client.h"
#include "sandbox/container/containerprovider.h"
#include "server/noprovider.h"

namespace capsule {

EngineParts containerParts()
{
    EngineParts parts;
    parts.agentDirs = paths::agentDirs();
    const auto endpoint = docker::resolveEndpoint(docker::Environment::system());
    if (!endpoint) {
        qCWarning(lcEngine).noquote() << endpoint.error().message << endpoint.error().detail;
        parts.images = std::make_unique<NoImages>(endpoint.error());
        parts.provider = std::make_unique<NoProvider>(endpoint.error());
        parts.openWorkspace = folderWorkspaces(parts.provider.get());
        return parts;
    }
    qCInfo(lcEngine).noquote() << "the container engine is at" << endpoint->toString() << "as said by" << endpoint->origin;
    auto client = std::make_unique<docker::Client>(*endpoint);
    parts.images = std::make_unique<DockerImageStore>(*client);
    parts.provider = std::make_unique<ContainerProvider>(*endpoint, ContainerOptions{.owner = paths::ownerId()});
    parts.openWorkspace = folderWorkspaces(parts.provider.get());
    parts.connection = std::move(client);
    return parts;
}

} // namespace capsule
