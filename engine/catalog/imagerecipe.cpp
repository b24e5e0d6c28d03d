// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/imagerecipe.h"

#include "base/paths.h"
#include "catalog/buildcontext.h"

#include <QHostAddress>
#include <QProcessEnvironment>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

using Recipe = std::shared_ptr<const ImageRecipe>;

bool isLoopback(const QString &proxy)
{
    const QString host = QUrl::fromUserInput(proxy).host();
    return host == "localhost"_L1 || QHostAddress(host).isLoopback();
}

QByteArray dockerfileIn(const std::vector<ContextFile> &files)
{
    const auto it = std::ranges::find(files, u"Dockerfile"_s, &ContextFile::path);
    return it == files.end() ? QByteArray() : it->content;
}

Result<Recipe> baseRecipe(const RecipeSources &sources)
{
    return readContext(sources.dockerDir + "/base"_L1).transform([&](std::vector<ContextFile> files) -> Recipe {
        const QString key = baseKey(files);
        ImageRecipe recipe{.image = baseImageName(key), .alsoTag = {baseImageName(u"latest"_s)}, .subject = u"The base image"_s,
                           .phase = u"Building the base image"_s, .arguments = proxyArguments(sources.environment)};
        recipe.labels = {{u"capsule.image"_s, u"base"_s}, {u"capsule.key"_s, key}};
        recipe.download = defaultArgument(dockerfileIn(files), u"BASE_IMAGE"_s);
        std::erase_if(files, [](const ContextFile &file) { return file.path.startsWith("ca/"_L1) && file.path.endsWith(".crt"_L1); });
        std::ranges::move(hostCertificates(sources.certificateDir), std::back_inserter(files));
        recipe.files = std::move(files);
        return std::make_shared<const ImageRecipe>(std::move(recipe));
    });
}

Result<Recipe> agentRecipe(const AgentProfile &profile, const RecipeSources &sources, const Recipe &base)
{
    return readContext(sources.dockerDir + "/agent"_L1).transform([&](std::vector<ContextFile> files) -> Recipe {
        const QString key = agentKey(base->image.section(u':', -1), dockerfileIn(files), profile.install);
        ImageRecipe recipe{.image = agentImageName(profile.id, key), .subject = u"The image for %1"_s.arg(profile.name),
                           .phase = u"Installing %1"_s.arg(profile.name), .files = std::move(files),
                           .arguments = proxyArguments(sources.environment)};
        recipe.arguments.insert(u"BASE"_s, base->image);
        recipe.arguments.insert(u"INSTALL"_s, profile.install);
        recipe.labels = {{u"capsule.image"_s, u"agent"_s}, {u"capsule.key"_s, key}, {u"capsule.agent"_s, profile.id}};
        recipe.base = base;
        return std::make_shared<const ImageRecipe>(std::move(recipe));
    });
}

} // namespace

RecipeSources RecipeSources::system()
{
    RecipeSources sources{.dockerDir = paths::installedDataDir() + "/docker"_L1, .certificateDir = u"/usr/local/share/ca-certificates"_s};
    const QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys())
        sources.environment.insert(name, environment.value(name));
    return sources;
}

Result<Recipe> recipeFor(const AgentProfile &profile, const RecipeSources &sources)
{
    auto base = baseRecipe(sources);
    if (!base || profile.install.isEmpty())
        return base;
    return agentRecipe(profile, sources, *base);
}

QMap<QString, QString> proxyArguments(const QHash<QString, QString> &environment)
{
    QMap<QString, QString> arguments;
    for (const QString &name : {u"HTTP_PROXY"_s, u"HTTPS_PROXY"_s, u"NO_PROXY"_s}) {
        // Programs disagree about the case, so both are set from whichever is there.
        const QString value = environment.value(name, environment.value(name.toLower()));
        if (value.isEmpty() || (name != "NO_PROXY"_L1 && isLoopback(value)))
            continue;
        arguments.insert(name, value);
        arguments.insert(name.toLower(), value);
    }
    return arguments;
}

} // namespace capsule
