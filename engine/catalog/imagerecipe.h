// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/agentprofile.h"
#include "catalog/imagekeys.h"

#include <QHash>
#include <QMap>

#include <memory>

namespace capsule {

/// All that a build of one image needs, decided before the container engine is asked anything.
struct ImageRecipe {
    QString image{};       ///< its name, whose tag is the key of its content
    QStringList alsoTag{};
    QString subject{};     ///< for sentences: "The base image", "The image for Claude Code"
    QString phase{};       ///< for the user while it is built
    std::vector<ContextFile> files{};
    QMap<QString, QString> arguments{};
    QMap<QString, QString> labels{};
    QString download{};                        ///< an image from a registry that must be there first, or empty
    std::shared_ptr<const ImageRecipe> base{}; ///< one of ours that must be there first, or none
};

/// Where recipes come from. Read anew for each recipe.
struct RecipeSources {
    QString dockerDir{};      ///< with base/ and agent/
    QString certificateDir{}; ///< the machine's own authorities
    QHash<QString, QString> environment{}; ///< for proxies

    /// The installation's docker/, /usr/local/share/ca-certificates and the environment of the process.
    static RecipeSources system();
};

/// The image of an agent; without an install command that is the base image itself. Fails as readContext does.
Result<std::shared_ptr<const ImageRecipe>> recipeFor(const AgentProfile &profile, const RecipeSources &sources);

/// HTTP_PROXY, HTTPS_PROXY and NO_PROXY as build arguments, which builders do not keep in the image. A proxy on
/// this machine's loopback address is left out: a build cannot reach it.
QMap<QString, QString> proxyArguments(const QHash<QString, QString> &environment);

} // namespace capsule
