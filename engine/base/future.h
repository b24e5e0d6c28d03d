// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QFuture>
#include <QPromise>

namespace capsule {

/// The answer to a one-shot call across a room's wall. It always resolves with a value, never by being
/// cancelled or by an exception; continuations always name a context object.
template<class T>
using Async = QFuture<Result<T>>;

template<class T>
Async<T> ready(Result<T> value)
{
    return QtFuture::makeReadyValueFuture(std::move(value));
}

/// The writing end of an Async. Resolves with ErrorCode::Internal when it dies unanswered, so that no
/// caller waits for ever. Movable, not copyable; later answers are ignored.
template<class T>
class Answer
{
public:
    Answer() { m_promise.start(); }
    Answer(Answer &&other) noexcept
        : m_promise(std::move(other.m_promise))
        , m_answered(std::exchange(other.m_answered, true))
    {
    }
    Answer &operator=(Answer &&) = delete;
    ~Answer()
    {
        if (!m_answered)
            resolve(fail(ErrorCode::Internal, QStringLiteral("The operation ended without an answer.")));
    }

    Async<T> future() const { return m_promise.future(); }
    bool isAnswered() const { return m_answered; }

    void resolve(Result<T> value)
    {
        if (std::exchange(m_answered, true))
            return;
        m_promise.addResult(std::move(value));
        m_promise.finish();
    }

private:
    QPromise<Result<T>> m_promise;
    bool m_answered = false;
};

} // namespace capsule
