// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"

#include <QEventLoop>
#include <QFutureWatcher>
#include <QTimer>

namespace capsule::test {

/// Runs the event loop until the answer is there. For tests only: the product never nests loops.
template<class T>
Result<T> await(Async<T> answer, std::chrono::milliseconds patience = std::chrono::seconds(60))
{
    if (!answer.isFinished()) {
        QEventLoop loop;
        QFutureWatcher<Result<T>> watcher;
        QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        QTimer::singleShot(patience, &loop, &QEventLoop::quit);
        watcher.setFuture(answer);
        loop.exec();
    }
    if (!answer.isFinished() || answer.resultCount() == 0)
        return fail(ErrorCode::Timeout, QStringLiteral("the test waited in vain"));
    return answer.result();
}

/// For messages of failing comparisons.
template<class T>
QByteArray why(const Result<T> &result)
{
    return result ? QByteArrayLiteral("success") : (result.error().message + QStringLiteral(" | ") + result.error().detail).toUtf8();
}

} // namespace capsule::test

/// Fails the test with the error's words. Evaluates `result` once: it may be a call that does something.
#define VERIFY_RESULT(result)                                                             \
    do {                                                                                  \
        const auto &verified = (result);                                                  \
        QVERIFY2(verified.has_value(), capsule::test::why(verified).constData());         \
    } while (false)
