// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/methodregistry.h"

#include "base/logging.h"
#include "protocol/jsonrpc.h"
#include "server/clientconnection.h"

using namespace Qt::StringLiterals;

namespace capsule {

QObject *detail::contextOf(ClientConnection &connection)
{
    return &connection;
}

void MethodRegistry::call(ClientConnection &from, const QString &method, const QJsonObject &params, Reply reply) const
{
    const auto handler = m_handlers.constFind(method);
    if (handler == m_handlers.constEnd())
        return reply(std::unexpected(jsonrpc::methodNotFound(method)));
    // The root of all handlers: a defect in one of them costs its caller an error, not everybody the engine.
    try {
        (*handler)(from, params, reply);
    } catch (const std::exception &defect) {
        qCCritical(lcServer) << "the handler of" << method << "threw" << defect.what();
        reply(fail(ErrorCode::Internal, u"The engine made a mistake; see its log with \"capsule engine logs\"."_s,
                   QString::fromUtf8(defect.what())));
    }
}

QStringList MethodRegistry::missing() const
{
    QStringList names;
    [&]<class... Methods>(std::type_identity<std::tuple<Methods...>>) {
        ((m_handlers.contains(QLatin1String(Methods::name)) ? void() : void(names << QLatin1String(Methods::name))), ...);
    }(std::type_identity<api::All>{});
    return names;
}

} // namespace capsule
