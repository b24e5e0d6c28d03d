// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"

#include <QHash>
#include <QObject>

#include <deque>
#include <functional>
#include <memory>

namespace capsule {

/// Orders a provider's calls about one sandbox: changes of state run one after the other; openings wait for
/// the changes that came before them, but not for each other. Owned by a provider, lives on its thread. What
/// still waits when the queue dies is answered by its Answer.
class OperationQueue : public QObject
{
public:
    enum class Kind { Change, Opening };
    using QObject::QObject;

    template<class T>
    Async<T> run(const QString &sandboxId, Kind kind, std::function<Async<T>()> operation)
    {
        auto answer = std::make_shared<Answer<T>>();
        Async<T> future = answer->future();
        enqueue(sandboxId, kind, [this, answer, operation = std::move(operation)](std::function<void()> done) {
            operation().then(this, [answer, done](const Result<T> &result) {
                done();
                answer->resolve(result);
            });
        });
        return future;
    }

private:
    using Step = std::function<void(std::function<void()> done)>;
    struct Waiting {
        Kind kind;
        Step step;
    };
    struct Lane {
        std::deque<Waiting> waiting;
        bool busy = false;
    };

    void enqueue(const QString &sandboxId, Kind kind, Step step);
    void advance(const QString &sandboxId);

    QHash<QString, std::shared_ptr<Lane>> m_lanes;
};

} // namespace capsule
