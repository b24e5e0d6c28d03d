// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

#include <QMap>

class QIODevice;

namespace capsule::docker {

class ImageStream;

Async<QJsonArray> listImages(Client &client, const QStringList &labels);
Async<QJsonObject> inspectImage(Client &client, const QString &reference); ///< NotFound: not on this engine
Async<void> tagImage(Client &client, const QString &image, const QString &repository, const QString &tag);
enum class RemoveForce { No, Yes };
Async<void> removeImage(Client &client, const QString &reference, RemoveForce force); ///< Conflict: in use

struct BuildOptions {
    QStringList tags{};                  ///< "name:tag"
    QString dockerfile = QStringLiteral("Dockerfile"); ///< its path in the context
    QMap<QString, QString> arguments{};  ///< --build-arg
    QMap<QString, QString> labels{};
    QString target{};
    bool noCache = false;
    bool pull = false;                 ///< ask a registry for newer bases; fails without one
    QString networkMode{};               ///< "host", "none"; empty: the engine's default
};

/// Builds with the engine's classic builder, without the docker command. `context` is a plain tar. The streams
/// belong to `parent`; a `context` device is read to its end and must live as long as the stream.
ImageStream *buildImage(Client &client, const BuildOptions &options, const QByteArray &context, QObject *parent);
ImageStream *buildImage(Client &client, const BuildOptions &options, QIODevice *context, QObject *parent);

struct ImportOptions {
    QString repository{};
    QString tag{};
    QStringList changes{}; ///< Dockerfile instructions: CMD, ENV, ...
};
/// Makes an image of a root file system in a plain tar.
ImageStream *importImage(Client &client, const ImportOptions &options, QIODevice *tar, QObject *parent);

/// `reference` with a tag or digest; without one ":latest" is meant, never all tags.
ImageStream *pullImage(Client &client, const QString &reference, QObject *parent);

} // namespace capsule::docker
