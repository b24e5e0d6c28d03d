// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/future.h"

#include <QJsonArray>
#include <QJsonObject>

namespace capsule::docker {

inline constexpr qsizetype maxReplyBytes = 32 * 1024 * 1024;
inline constexpr int maxJsonDepth = 64;

/// JSON from an engine: ProtocolError when it is none, nested too deeply, or of another kind.
Result<QJsonObject> parseObject(const QByteArray &json);
Result<QJsonArray> parseArray(const QByteArray &json);

/// Turns the value of an answer, in the same turn of the event loop that brought it. `convert` is a pure function
/// T -> Result<U>.
template<class U, class T, class F>
Async<U> mapped(Async<T> answer, F convert)
{
    return answer.then([convert = std::move(convert)](const Result<T> &value) -> Result<U> {
        if (!value)
            return std::unexpected(value.error());
        return convert(*value);
    });
}

} // namespace capsule::docker
