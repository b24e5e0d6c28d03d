// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/events.h"
#include "sandbox/sandboxprovider.h"

#include <QJsonArray>

/// What the engine says, in the contract's words. Pure.
namespace capsule {

/// GET /containers/json; entries that are not understood are left out.
QList<SandboxInfo> sandboxInfos(const QJsonArray &containers);

/// Engine events about containers become sandbox events. Remembers "oom", which comes before the "die" it caused.
class SandboxEventReader
{
public:
    std::optional<SandboxEvent> read(const docker::Event &event);

private:
    QHash<QString, qint64> m_outOfMemoryNano; ///< by container; at most 1,000
};

} // namespace capsule
