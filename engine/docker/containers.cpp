// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/containers.h"

#include "docker/exec.h"
#include "docker/hijack.h"
#include "docker/httpstream.h"
#include "docker/json.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule::docker {

namespace {

QString containerPath(const QString &id, QLatin1StringView call = {})
{
    return u"/containers/"_s + pathPart(id) + call;
}

Async<void> post(Client &client, const QString &id, QLatin1StringView call, const QString &what, const QUrlQuery &parameters = {})
{
    return client.sendForNothing({.verb = "POST", .path = containerPath(id, call), .query = parameters, .timeout = 60s, .what = what});
}

Async<void> postSlowly(Client &client, const QString &id, QLatin1StringView call, const QString &what, const QUrlQuery &parameters, std::chrono::milliseconds timeout)
{
    const StreamRequest request{.verb = "POST", .path = containerPath(id, call), .query = parameters, .what = what};
    return mapped<void>(sendSlowly(client, request, timeout), [](const QByteArray &) { return Result<void>(); });
}

} // namespace

Async<CreatedContainer> createContainer(Client &client, const QString &name, const QJsonObject &body)
{
    Call call{.verb = "POST", .path = u"/containers/create"_s, .body = body, .timeout = 120s, .what = u"create the container"_s};
    if (!name.isEmpty())
        call.query = query({{u"name"_s, name}});
    return mapped<CreatedContainer>(client.sendForObject(call), [](const QJsonObject &json) -> Result<CreatedContainer> {
        CreatedContainer created{.id = json.value("Id"_L1).toString(), .warnings = {}};
        for (const QJsonValue warning : json.value("Warnings"_L1).toArray())
            created.warnings.append(warning.toString());
        if (created.id.isEmpty())
            return fail(ErrorCode::ProtocolError, u"The container engine made a container without telling its id."_s);
        return created;
    });
}

Async<void> startContainer(Client &client, const QString &id)
{
    return postSlowly(client, id, "/start"_L1, u"start the container"_s, {}, 120s);
}

Async<void> stopContainer(Client &client, const QString &id, std::chrono::seconds grace)
{
    return postSlowly(client, id, "/stop"_L1, u"stop the container"_s, query({{u"t"_s, QString::number(grace.count())}}), grace + 60s);
}

Async<void> killContainer(Client &client, const QString &id, const QString &signal)
{
    return post(client, id, "/kill"_L1, u"kill the container"_s, query({{u"signal"_s, signal}}));
}

Async<void> pauseContainer(Client &client, const QString &id)
{
    return post(client, id, "/pause"_L1, u"pause the container"_s);
}

Async<void> unpauseContainer(Client &client, const QString &id)
{
    return post(client, id, "/unpause"_L1, u"resume the container"_s);
}

Async<void> renameContainer(Client &client, const QString &id, const QString &name)
{
    return post(client, id, "/rename"_L1, u"rename the container"_s, query({{u"name"_s, name}}));
}

Async<void> updateContainer(Client &client, const QString &id, const QJsonObject &resources)
{
    return client.sendForNothing({.verb = "POST", .path = containerPath(id, "/update"_L1), .body = resources, .what = u"change the container's limits"_s});
}

Async<void> removeContainer(Client &client, const QString &id, RemoveVolumes volumes)
{
    const QUrlQuery parameters = query({{u"force"_s, u"true"_s}, {u"v"_s, volumes == RemoveVolumes::Yes ? u"true"_s : u"false"_s}});
    const StreamRequest request{.verb = "DELETE", .path = containerPath(id), .query = parameters, .what = u"remove the container"_s};
    return mapped<void>(sendSlowly(client, request, 120s), [](const QByteArray &) { return Result<void>(); });
}

Async<QJsonObject> inspectContainer(Client &client, const QString &id)
{
    return client.sendForObject({.path = containerPath(id, "/json"_L1), .what = u"inspect the container"_s});
}

Async<QJsonArray> listContainers(Client &client, const QStringList &labels)
{
    return client.sendForArray({.path = u"/containers/json"_s,
                                .query = query({{u"all"_s, u"true"_s}, {u"filters"_s, labelFilter(labels)}}),
                                .what = u"list the containers"_s});
}

Async<QJsonObject> containerTop(Client &client, const QString &id)
{
    return client.sendForObject({.path = containerPath(id, "/top"_L1), .what = u"list the container's processes"_s});
}

Async<WaitResult> waitContainer(Client &client, const QString &id)
{
    const StreamRequest request{.verb = "POST", .path = containerPath(id, "/wait"_L1), .what = u"wait for the container"_s};
    return mapped<WaitResult>(sendSlowly(client, request, std::nullopt), [](const QByteArray &body) -> Result<WaitResult> {
        const Result<QJsonObject> json = parseObject(body);
        if (!json)
            return std::unexpected(json.error());
        return WaitResult{json->value("StatusCode"_L1).toInt(), json->value("Error"_L1).toObject().value("Message"_L1).toString()};
    });
}

Async<QString> commitContainer(Client &client, const QString &id, const CommitOptions &options)
{
    QUrlQuery parameters = query({{u"container"_s, pathPart(id)},
                                  {u"repo"_s, options.repository},
                                  {u"tag"_s, options.tag},
                                  {u"comment"_s, options.comment},
                                  {u"pause"_s, options.pause ? u"true"_s : u"false"_s}});
    for (const QString &change : options.changes)
        parameters.addQueryItem(u"changes"_s, QString::fromLatin1(QUrl::toPercentEncoding(change)));
    const StreamRequest request{.verb = "POST", .path = u"/commit"_s, .query = parameters, .what = u"make an image of the container"_s};
    return mapped<QString>(sendSlowly(client, request, std::nullopt), [](const QByteArray &body) -> Result<QString> {
        const Result<QJsonObject> json = parseObject(body);
        if (!json)
            return std::unexpected(json.error());
        return json->value("Id"_L1).toString();
    });
}

HttpStream *putArchive(Client &client, const QString &id, const QString &path, QObject *parent)
{
    return new HttpStream(client,
                          {.verb = "PUT",
                           .path = containerPath(id, "/archive"_L1),
                           .query = query({{u"path"_s, path}}),
                           .body = RequestBody::Streamed,
                           .what = u"copy files into the container"_s},
                          parent);
}

HttpStream *getArchive(Client &client, const QString &id, const QString &path, QObject *parent)
{
    return new HttpStream(client, {.path = containerPath(id, "/archive"_L1), .query = query({{u"path"_s, path}}), .what = u"copy files out of the container"_s}, parent);
}

HijackedStream *attachContainer(Client &client, const QString &id, bool tty, QObject *parent)
{
    return new HijackedStream(client,
                              {.path = containerPath(id, "/attach"_L1),
                               .query = query({{u"stream"_s, u"1"_s}, {u"stdin"_s, u"1"_s}, {u"stdout"_s, u"1"_s}, {u"stderr"_s, u"1"_s}, {u"detachKeys"_s, detachKeys}}),
                               .body = {},
                               .framing = tty ? Framing::Raw : Framing::Multiplexed,
                               .what = u"attach to the container"_s},
                              parent);
}

} // namespace capsule::docker
