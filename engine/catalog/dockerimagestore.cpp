// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/dockerimagestore.h"

#include "catalog/imagebuild.h"
#include "docker/images.h"

namespace capsule {

DockerImageStore::DockerImageStore(docker::Client &client, RecipeSources sources, QObject *parent)
    : ImageStore(parent)
    , m_client(client)
    , m_sources(std::move(sources))
{
}

DockerImageStore::~DockerImageStore()
{
    // An agent's build waits for its base's: it must be gone before the base answers that it was cut short.
    const auto builds = std::exchange(m_builds, {});
    for (ImageBuild *build : builds) {
        build->disconnect(this);
        delete build;
    }
}

Async<QString> DockerImageStore::ensureImage(const AgentProfile &profile, ProgressSink &sink)
{
    const auto recipe = recipeFor(profile, m_sources);
    return recipe ? ensure(*recipe, sink) : ready<QString>(std::unexpected(recipe.error()));
}

Async<bool> DockerImageStore::isReady(const AgentProfile &profile)
{
    const auto recipe = recipeFor(profile, m_sources);
    if (!recipe)
        return ready<bool>(std::unexpected(recipe.error()));
    return docker::inspectImage(m_client, (*recipe)->image).then(this, [](const Result<QJsonObject> &image) -> Result<bool> {
        if (image)
            return true;
        if (image.error().code == ErrorCode::NotFound)
            return false;
        return std::unexpected(image.error());
    });
}

Async<QString> DockerImageStore::ensure(const std::shared_ptr<const ImageRecipe> &recipe, ProgressSink &sink)
{
    if (ImageBuild *running = m_builds.value(recipe->image))
        return running->join(sink);
    const auto ensureBase = [this](const std::shared_ptr<const ImageRecipe> &base, ProgressSink &baseSink) { return ensure(base, baseSink); };
    auto *build = new ImageBuild(m_client, recipe, ensureBase, this);
    m_builds.insert(recipe->image, build);
    connect(build, &ImageBuild::finished, this, [this, build, name = recipe->image] {
        m_builds.remove(name);
        build->deleteLater();
    });
    const Async<QString> answer = build->join(sink);
    build->start();
    return answer;
}

} // namespace capsule
