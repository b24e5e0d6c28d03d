// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containernetwork.h"

#include "base/logging.h"
#include "docker/networks.h"
#include "sandbox/container/containererrors.h"
#include "sandbox/container/containerrequest.h"

#include <QRandomGenerator>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int maxAttempts = 4;

} // namespace

QString sharedNetwork(const QJsonArray &networks, const QString &name)
{
    std::pair<QString, QString> oldest; // creation time in ISO 8601, id
    for (const QJsonValue value : networks) {
        const QJsonObject network = value.toObject();
        const QJsonObject labels = network.value("Labels"_L1).toObject();
        const QString isolation = network.value("Options"_L1).toObject().value("com.docker.network.bridge.enable_icc"_L1).toString();
        if (labels.value(managedLabel) != "true"_L1 || labels.value(networkLabel) != name || isolation != "false"_L1)
            continue;
        const std::pair candidate{network.value("Created"_L1).toString(), network.value("Id"_L1).toString()};
        if (oldest.second.isEmpty() || candidate < oldest)
            oldest = candidate;
    }
    return oldest.second;
}

ContainerNetwork::ContainerNetwork(std::shared_ptr<docker::Client> client, QString name)
    : m_client(std::move(client))
    , m_name(std::move(name))
{
}

Async<QString> ContainerNetwork::id()
{
    if (!m_id.isEmpty())
        return ready<QString>(m_id);
    const Async<QString> future = m_waiting.emplace_back().future();
    if (m_waiting.size() == 1)
        find(true);
    return future;
}

void ContainerNetwork::find(bool mayCreate)
{
    docker::listNetworks(*m_client, {managedLabel + u"=true"_s}).then(this, [this, mayCreate](const Result<QJsonArray> &networks) {
        if (!networks) {
            finish(std::unexpected(networks.error()));
            return;
        }
        const QString found = sharedNetwork(*networks, m_name);
        if (found.isEmpty() && mayCreate) {
            create(0);
            return;
        }
        // Somebody was faster: ours is not used by anyone yet.
        if (!m_createdId.isEmpty() && found != m_createdId)
            docker::removeNetwork(*m_client, m_createdId);
        m_createdId.clear();
        if (found.isEmpty())
            finish(fail(ErrorCode::ProviderFailed, u"The network for sandboxes could not be made; try again."_s));
        else
            finish(found);
    });
}

void ContainerNetwork::create(int attempt)
{
    // The first name is for people; another one is taken when it belongs to somebody else.
    const QString name = attempt == 0 ? m_name : u"%1-%2"_s.arg(m_name).arg(QRandomGenerator::system()->generate(), 8, 16, '0'_L1);
    const QMap<QString, QString> labels{{managedLabel, u"true"_s}, {networkLabel, m_name}};
    docker::createNetwork(*m_client, networkRequest(name, labels)).then(this, [this, attempt](const Result<QString> &created) {
        if (created) {
            m_createdId = *created;
            find(false);
            return;
        }
        // The name is taken: by another engine of ours a moment ago, or by somebody else.
        const ErrorCode code = created.error().code;
        if ((code == ErrorCode::AlreadyExists || code == ErrorCode::Conflict) && attempt + 1 < maxAttempts) {
            docker::listNetworks(*m_client, {managedLabel + u"=true"_s}).then(this, [this, attempt](const Result<QJsonArray> &networks) {
                const QString found = networks ? sharedNetwork(*networks, m_name) : QString();
                if (found.isEmpty())
                    create(attempt + 1);
                else
                    finish(found);
            });
            return;
        }
        finish(std::unexpected(created.error()));
    });
}

void ContainerNetwork::finish(const Result<QString> &result)
{
    if (result)
        m_id = *result;
    else
        qCWarning(lcSandbox) << "no network for sandboxes:" << result.error().detail;
    for (Answer<QString> &answer : std::exchange(m_waiting, {}))
        answer.resolve(result);
}

} // namespace capsule
