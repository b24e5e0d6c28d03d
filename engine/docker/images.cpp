// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/images.h"

#include "docker/imagestream.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

QString jsonMap(const QMap<QString, QString> &map)
{
    QJsonObject object;
    for (auto it = map.begin(); it != map.end(); ++it)
        object.insert(it.key(), it.value());
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void add(QUrlQuery &parameters, const QString &name, const QString &value)
{
    if (!value.isEmpty())
        parameters.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
}

StreamRequest buildRequest(const BuildOptions &options)
{
    QUrlQuery parameters = query({{u"rm"_s, u"true"_s}, {u"forcerm"_s, u"true"_s}}); // no containers left behind
    add(parameters, u"dockerfile"_s, options.dockerfile);
    for (const QString &tag : options.tags)
        add(parameters, u"t"_s, tag);
    if (!options.arguments.isEmpty())
        add(parameters, u"buildargs"_s, jsonMap(options.arguments));
    if (!options.labels.isEmpty())
        add(parameters, u"labels"_s, jsonMap(options.labels));
    add(parameters, u"target"_s, options.target);
    add(parameters, u"networkmode"_s, options.networkMode);
    if (options.noCache)
        add(parameters, u"nocache"_s, u"true"_s);
    if (options.pull)
        add(parameters, u"pull"_s, u"true"_s);
    return {.verb = "POST", .path = u"/build"_s, .query = parameters, .body = RequestBody::Streamed, .what = u"build the image"_s};
}

} // namespace

Async<QJsonArray> listImages(Client &client, const QStringList &labels)
{
    return client.sendForArray({.path = u"/images/json"_s, .query = query({{u"filters"_s, labelFilter(labels)}}), .what = u"list the images"_s});
}

Async<QJsonObject> inspectImage(Client &client, const QString &reference)
{
    return client.sendForObject({.path = u"/images/"_s + imagePart(reference) + u"/json"_s, .what = u"inspect the image"_s});
}

Async<void> tagImage(Client &client, const QString &image, const QString &repository, const QString &tag)
{
    return client.sendForNothing({.verb = "POST",
                                  .path = u"/images/"_s + imagePart(image) + u"/tag"_s,
                                  .query = query({{u"repo"_s, repository}, {u"tag"_s, tag}}),
                                  .what = u"name the image"_s});
}

Async<void> removeImage(Client &client, const QString &reference, RemoveForce force)
{
    return client.sendForNothing({.verb = "DELETE",
                                  .path = u"/images/"_s + imagePart(reference),
                                  .query = query({{u"force"_s, force == RemoveForce::Yes ? u"true"_s : u"false"_s}}),
                                  .timeout = std::chrono::seconds(120),
                                  .what = u"remove the image"_s});
}

ImageStream *buildImage(Client &client, const BuildOptions &options, const QByteArray &context, QObject *parent)
{
    auto *stream = new ImageStream(client, buildRequest(options), {}, parent);
    stream->send(context);
    return stream;
}

ImageStream *buildImage(Client &client, const BuildOptions &options, QIODevice *context, QObject *parent)
{
    auto *stream = new ImageStream(client, buildRequest(options), {}, parent);
    stream->sendFrom(context);
    return stream;
}

ImageStream *importImage(Client &client, const ImportOptions &options, QIODevice *tar, QObject *parent)
{
    QUrlQuery parameters = query({{u"fromSrc"_s, u"-"_s}});
    add(parameters, u"repo"_s, options.repository);
    add(parameters, u"tag"_s, options.tag);
    for (const QString &change : options.changes)
        add(parameters, u"changes"_s, change);
    auto *stream = new ImageStream(client, {.verb = "POST", .path = u"/images/create"_s, .query = parameters, .body = RequestBody::Streamed, .what = u"import the image"_s}, {}, parent);
    stream->sendFrom(tar);
    return stream;
}

ImageStream *pullImage(Client &client, const QString &reference, QObject *parent)
{
    // A colon after the last slash is a tag; one before it is a registry's port.
    const QString name = reference.sliced(reference.lastIndexOf(u'/') + 1);
    QUrlQuery parameters = query({{u"fromImage"_s, reference}});
    if (!name.contains(u':') && !name.contains(u'@'))
        add(parameters, u"tag"_s, u"latest"_s);
    return new ImageStream(client, {.verb = "POST", .path = u"/images/create"_s, .query = parameters, .what = u"fetch the image"_s}, reference, parent);
}

} // namespace capsule::docker
