// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/clientconnection.h"
#include "server/methods.h"

namespace capsule {

namespace {

constexpr auto asSession = [](const SessionInfo &info) { return api::Session{info}; };

Async<api::Session> wrap(Async<SessionInfo> answer, QObject *caller)
{
    return answer.then(caller, [](const Result<SessionInfo> &info) { return info.transform(asSession); });
}

} // namespace

void addSessionMethods(MethodRegistry &registry, const MethodContext &context)
{
    SessionManager &sessions = context.sessions;
    registry.add<api::SessionList>([&sessions](ClientConnection &, const api::Nothing &) -> Result<api::SessionListResult> {
        return api::SessionListResult{sessions.list()};
    });
    registry.add<api::SessionGet>([&sessions](ClientConnection &, const api::Id &p) { return sessions.get(p.id).transform(asSession); });
    registry.add<api::SessionCreate>([&sessions](ClientConnection &, const api::SessionCreateParams &p) { return sessions.create(p); });
    registry.add<api::SessionRename>(
        [&sessions](ClientConnection &, const api::SessionRenameParams &p) { return sessions.rename(p.id, p.name).transform(asSession); });
    registry.add<api::SessionStart>([&sessions](ClientConnection &from, const api::Id &p) { return wrap(sessions.start(p.id), &from); });
    registry.add<api::SessionStop>([&sessions](ClientConnection &from, const api::Id &p) { return wrap(sessions.stop(p.id), &from); });
    registry.add<api::SessionRemove>([&sessions](ClientConnection &from, const api::Id &p) {
        return sessions.remove(p.id).then(&from, [](const Result<void> &gone) { return gone.transform([] { return api::Nothing{}; }); });
    });
}

} // namespace capsule
