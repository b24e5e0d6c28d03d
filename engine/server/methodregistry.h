// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "protocol/methods.h"

#include <QHash>

#include <functional>

namespace capsule {

class ClientConnection;

/// The handlers of the API's methods, by name. A handler takes the connection and typed params and gives a
/// Result or an Async of the method's result:
///
///     registry.add<api::SessionRename>([&](ClientConnection &, const api::SessionRenameParams &p) { return ...; });
class MethodRegistry {
public:
    using Reply = std::function<void(Result<QJsonObject>)>;

    template<class Method, class Handler>
    void add(Handler handler);

    /// Answers exactly once, unless the connection ends first. Catches what a handler throws: Internal.
    void call(ClientConnection &from, const QString &method, const QJsonObject &params, Reply reply) const;

    /// Methods of api::All without a handler; empty in a whole server.
    QStringList missing() const;

private:
    using Entry = std::function<void(ClientConnection &, const QJsonObject &, Reply)>;
    QHash<QString, Entry> m_handlers;
};

namespace detail {
QObject *contextOf(ClientConnection &connection);
}

template<class Method, class Handler>
void MethodRegistry::add(Handler handler)
{
    using Params = typename Method::Params;
    using Answered = Result<typename Method::Result>;
    m_handlers.insert(QLatin1String(Method::name), [handler](ClientConnection &from, const QJsonObject &json, Reply reply) {
        const auto params = wire::fromJson<Params>(json);
        if (!params)
            return reply(std::unexpected(params.error()));
        const auto answer = [reply = std::move(reply)](const Answered &result) {
            reply(result.transform([](const typename Method::Result &value) { return wire::toJson(value); }));
        };
        if constexpr (std::is_same_v<std::invoke_result_t<Handler, ClientConnection &, const Params &>, Async<typename Method::Result>>)
            handler(from, *params).then(detail::contextOf(from), answer);
        else
            answer(handler(from, *params));
    });
}

} // namespace capsule
