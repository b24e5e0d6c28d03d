// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/clientconnection.h"
#include "server/methods.h"

#include "session/execsession.h"

namespace capsule {

namespace {

Async<api::Channel> startExec(SessionManager &sessions, ClientConnection &from, const api::ExecParams &params)
{
    return sessions.startExec(params).then(&from, [&from](const Result<std::shared_ptr<ExecChannel>> &started) -> Result<api::Channel> {
        if (!started)
            return std::unexpected(started.error());
        return from.openChannel(
            [&](ChannelSink &sink) -> Result<std::unique_ptr<ViewerChannel>> { return std::make_unique<ExecSession>(*started, sink); });
    });
}

} // namespace

void addTerminalMethods(MethodRegistry &registry, const MethodContext &context)
{
    SessionManager &sessions = context.sessions;
    registry.add<api::TerminalOpen>([&sessions](ClientConnection &from, const api::TerminalOpenParams &p) {
        return sessions.openTerminal(p).then(&from, [](const Result<TerminalInfo> &info) {
            return info.transform([](const TerminalInfo &terminal) { return api::Terminal{terminal}; });
        });
    });
    registry.add<api::TerminalAttach>([&sessions](ClientConnection &from, const api::TerminalAttachParams &p) {
        return from.openChannel([&](ChannelSink &sink) { return sessions.attachTerminal(p, sink); });
    });
    registry.add<api::TerminalResize>(
        [](ClientConnection &from, const api::TerminalResizeParams &p) { return from.resizeChannel(p.channel, p.size); });
    registry.add<api::TerminalClose>([&sessions](ClientConnection &, const api::Id &p) {
        return sessions.closeTerminal(p.id).transform([] { return api::Nothing{}; });
    });
    registry.add<api::ExecStart>([&sessions](ClientConnection &from, const api::ExecParams &p) { return startExec(sessions, from, p); });
    registry.add<api::ChannelClose>([](ClientConnection &from, const api::Channel &p) { return from.closeChannel(p.channel); });
}

} // namespace capsule
