// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

namespace capsule::docker {

/// `body` as POST /networks/create takes it; the answer is the network's id. AlreadyExists: name taken.
Async<QString> createNetwork(Client &client, const QJsonObject &body);
Async<QJsonArray> listNetworks(Client &client, const QStringList &labels);
Async<QJsonObject> inspectNetwork(Client &client, const QString &id);
Async<void> removeNetwork(Client &client, const QString &id); ///< Conflict while containers use it

} // namespace capsule::docker
