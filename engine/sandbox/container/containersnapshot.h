// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

namespace capsule {

/// Makes an image of a container's file system. The container's own environment, labels and command do not become
/// the image's: those go back to what they were in the image that the container was made of.
Async<QString> snapshotContainer(const std::shared_ptr<docker::Client> &client, const QString &container, const QString &imageName, bool pause);

/// The Dockerfile instructions that undo what the container's configuration adds to its image's. An environment
/// variable cannot be removed, so it becomes empty.
QStringList scrubbingChanges(const QJsonObject &containerConfig, const QJsonObject &imageConfig);

} // namespace capsule
