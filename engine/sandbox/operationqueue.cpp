// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/operationqueue.h"

#include <QPointer>

namespace capsule {

void OperationQueue::enqueue(const QString &sandboxId, Kind kind, Step step)
{
    std::shared_ptr<Lane> &lane = m_lanes[sandboxId];
    if (!lane)
        lane = std::make_shared<Lane>();
    lane->waiting.push_back({kind, std::move(step)});
    // Queued, so that a caller always has its future in hand before anything happens.
    QMetaObject::invokeMethod(this, [this, sandboxId] { advance(sandboxId); }, Qt::QueuedConnection);
}

void OperationQueue::advance(const QString &sandboxId)
{
    const QPointer alive(this);
    const std::shared_ptr<Lane> lane = m_lanes.value(sandboxId);
    while (alive && lane && !lane->busy && !lane->waiting.empty()) {
        Waiting next = std::move(lane->waiting.front());
        lane->waiting.pop_front();
        if (next.kind == Kind::Opening) {
            next.step([] {});
            continue;
        }
        lane->busy = true;
        next.step([this, sandboxId, lane] {
            lane->busy = false;
            QMetaObject::invokeMethod(this, [this, sandboxId] { advance(sandboxId); }, Qt::QueuedConnection);
        });
    }
    if (alive && lane && !lane->busy && lane->waiting.empty())
        m_lanes.remove(sandboxId);
}

} // namespace capsule
