// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/networks.h"

#include "docker/json.h"

using namespace Qt::StringLiterals;

namespace capsule::docker {

Async<QString> createNetwork(Client &client, const QJsonObject &body)
{
    const Call call{.verb = "POST", .path = u"/networks/create"_s, .body = body, .what = u"create the network"_s};
    return mapped<QString>(client.sendForObject(call), [](const QJsonObject &json) -> Result<QString> { return json.value("Id"_L1).toString(); });
}

Async<QJsonArray> listNetworks(Client &client, const QStringList &labels)
{
    return client.sendForArray({.path = u"/networks"_s, .query = query({{u"filters"_s, labelFilter(labels)}}), .what = u"list the networks"_s});
}

Async<QJsonObject> inspectNetwork(Client &client, const QString &id)
{
    return client.sendForObject({.path = u"/networks/"_s + pathPart(id), .what = u"inspect the network"_s});
}

Async<void> removeNetwork(Client &client, const QString &id)
{
    return client.sendForNothing({.verb = "DELETE", .path = u"/networks/"_s + pathPart(id), .what = u"remove the network"_s});
}

} // namespace capsule::docker
