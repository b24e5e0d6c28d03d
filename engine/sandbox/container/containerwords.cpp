// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containerwords.h"

#include "sandbox/container/containerrequest.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

/// An "oom" says that some process was killed; only when the container dies right after it was the one that counts.
constexpr qint64 outOfMemoryNano = 5'000'000'000;
constexpr qsizetype maxRemembered = 1000;

} // namespace

QList<SandboxInfo> sandboxInfos(const QJsonArray &containers)
{
    QList<SandboxInfo> infos;
    for (const QJsonValue value : containers) {
        const QJsonObject container = value.toObject();
        SandboxInfo info{.id = container.value("Id"_L1).toString(), .sessionId = {}, .name = {}, .image = container.value("Image"_L1).toString(), .labels = {}};
        if (info.id.isEmpty())
            continue;
        info.name = container.value("Names"_L1).toArray().at(0).toString();
        if (info.name.startsWith(u'/'))
            info.name.remove(0, 1);
        const QString state = container.value("State"_L1).toString();
        info.running = state == "running"_L1 || state == "paused"_L1;
        const QJsonObject labels = container.value("Labels"_L1).toObject();
        for (auto it = labels.begin(); it != labels.end(); ++it)
            info.labels.insert(it.key(), it.value().toString());
        info.sessionId = info.labels.value(sessionLabel);
        infos.append(info);
    }
    return infos;
}

std::optional<SandboxEvent> SandboxEventReader::read(const docker::Event &event)
{
    if (event.type != "container"_L1 || event.id.isEmpty())
        return std::nullopt;
    SandboxEvent result{.sandboxId = event.id, .sessionId = event.attributes.value(sessionLabel), .exitCode = {}};
    if (event.action == "oom"_L1) {
        if (m_outOfMemoryNano.size() >= maxRemembered)
            m_outOfMemoryNano.clear();
        m_outOfMemoryNano.insert(event.id, event.timeNano);
        return std::nullopt;
    }
    if (event.action == "start"_L1) {
        m_outOfMemoryNano.remove(event.id);
        result.kind = SandboxEvent::Kind::Started;
        return result;
    }
    if (event.action == "die"_L1) {
        result.kind = SandboxEvent::Kind::Died;
        bool isNumber = false;
        if (const int code = event.attributes.value(u"exitCode"_s).toInt(&isNumber); isNumber)
            result.exitCode = code;
        const auto outOfMemory = m_outOfMemoryNano.constFind(event.id);
        result.outOfMemory = outOfMemory != m_outOfMemoryNano.cend() && event.timeNano - *outOfMemory < outOfMemoryNano;
        m_outOfMemoryNano.remove(event.id);
        return result;
    }
    if (event.action == "destroy"_L1) {
        m_outOfMemoryNano.remove(event.id);
        result.kind = SandboxEvent::Kind::Removed;
        return result;
    }
    return std::nullopt;
}

} // namespace capsule
