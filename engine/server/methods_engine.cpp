// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/clientconnection.h"
#include "server/methods.h"

namespace capsule {

namespace {

Async<api::EngineStatusResult> status(const MethodContext &context, QObject *caller)
{
    QList<QFuture<ProviderStatus>> probes;
    for (SandboxProvider *provider : context.providers)
        probes << provider->probe();
    return QtFuture::whenAll(probes.begin(), probes.end())
        .then(caller,
              [describe = context.describeEngine](const QList<QFuture<ProviderStatus>> &answers) -> Result<api::EngineStatusResult> {
                  api::EngineStatusResult result = describe();
                  for (const auto &answer : answers)
                      result.providers.push_back(answer.result());
                  return result;
              });
}

Async<api::AgentListResult> agents(const MethodContext &context, QObject *caller)
{
    api::AgentListResult list = context.agents.list();
    QList<QFuture<Result<bool>>> ready;
    for (const AgentInfo &agent : list.agents) {
        const auto profile = context.agents.find(agent.id);
        ready << (profile ? context.images.isReady(*profile) : capsule::ready<bool>(false));
    }
    if (ready.isEmpty())
        return capsule::ready<api::AgentListResult>(std::move(list));
    return QtFuture::whenAll(ready.begin(), ready.end())
        .then(caller, [list = std::move(list)](const QList<QFuture<Result<bool>>> &answers) mutable -> Result<api::AgentListResult> {
            // Where the container engine does not answer, no image is ready; engine.status tells why.
            for (qsizetype i = 0; i < answers.size(); ++i)
                list.agents[size_t(i)].imageReady = answers[i].result().value_or(false);
            return std::move(list);
        });
}

Async<api::Nothing> stop(const MethodContext &context, const api::EngineStopParams &params, QObject *caller)
{
    auto stopped = params.stopSessions ? context.sessions.stopAll() : ready<void>({});
    return stopped.then(caller, [end = context.endEngine](const Result<void> &outcome) -> Result<api::Nothing> {
        if (!outcome)
            return std::unexpected(outcome.error());
        end();
        return api::Nothing{};
    });
}

} // namespace

void addEngineMethods(MethodRegistry &registry, const MethodContext &context)
{
    registry.add<api::EngineStatus>([context](ClientConnection &from, const api::Nothing &) { return status(context, &from); });
    registry.add<api::EngineStop>([context](ClientConnection &from, const api::EngineStopParams &p) { return stop(context, p, &from); });
    registry.add<api::AgentList>([context](ClientConnection &from, const api::Nothing &) { return agents(context, &from); });
}

} // namespace capsule
