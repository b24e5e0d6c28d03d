// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

namespace capsule {

/// The one bridge that all sandboxes of an engine share and on which they cannot reach each other. It is found by
/// its labels and made when it is missing; a network of the same name that is not ours is left alone. Several
/// engines may do so at once: all settle on the same one. Keeps its id.
class ContainerNetwork : public QObject
{
    Q_OBJECT
public:
    ContainerNetwork(std::shared_ptr<docker::Client> client, QString name);

    Async<QString> id();
    void forget() { m_id.clear(); } ///< it was not there any more

private:
    void find(bool mayCreate);
    void create(int attempt);
    void finish(const Result<QString> &result);

    std::shared_ptr<docker::Client> m_client;
    QString m_name;
    QString m_id;
    QString m_createdId;
    std::vector<Answer<QString>> m_waiting;
};

/// Of GET /networks: the id of the network made for sandboxes under `name`, the oldest if there are several.
QString sharedNetwork(const QJsonArray &networks, const QString &name);

} // namespace capsule
