// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/wire.h"

/// $XDG_RUNTIME_DIR/capsule/engine.json, mode 0600: how clients of the same user find the engine. Written
/// to a temporary file and renamed when the engine listens; removed when it ends in order.
namespace capsule {

struct EngineFile {
    QString version;
    int apiVersion = 0;
    qint64 pid = 0;
    QString address; ///< http://127.0.0.1:PORT; the WebSocket is at /ws
    QString token;   ///< sent as `Authorization: Bearer`; never in a URL, a log or an argv
    QDateTime startedAt;

    bool operator==(const EngineFile &) const = default;
    static constexpr auto wireFields()
    {
        using F = EngineFile;
        return std::tuple{wire::field("version", &F::version), wire::field("apiVersion", &F::apiVersion), wire::required("pid", &F::pid),
                          wire::required("address", &F::address), wire::required("token", &F::token), wire::field("startedAt", &F::startedAt)};
    }

    /// <runtimeDir>/engine.json. Fails as paths::runtimeDir does.
    static Result<QString> path();
    static Result<void> write(const EngineFile &file);
    /// NotFound: no engine wrote one. PermissionDenied: not ours, or readable by others.
    static Result<EngineFile> read();
    static void remove();
};

} // namespace capsule
