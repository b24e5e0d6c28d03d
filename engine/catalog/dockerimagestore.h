// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/imagerecipe.h"
#include "catalog/imagestore.h"
#include "docker/client.h"

namespace capsule {

class ImageBuild;

/// Images in a container engine. An agent's image is a layer over the base image, made of the shipped
/// docker/agent/Dockerfile and its install command; both names carry a key of their content, so that a
/// changed recipe is a new image and an unchanged one is never built twice. `client` outlives the store.
class DockerImageStore : public ImageStore
{
    Q_OBJECT
public:
    explicit DockerImageStore(docker::Client &client, RecipeSources sources = RecipeSources::system(), QObject *parent = nullptr);
    ~DockerImageStore() override;

    Async<QString> ensureImage(const AgentProfile &profile, ProgressSink &sink) override;
    Async<bool> isReady(const AgentProfile &profile) override;

private:
    Async<QString> ensure(const std::shared_ptr<const ImageRecipe> &recipe, ProgressSink &sink);

    docker::Client &m_client;
    RecipeSources m_sources;
    QHash<QString, ImageBuild *> m_builds; ///< by image name; children of this
};

} // namespace capsule
