// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/agentcatalog.h"
#include "catalog/imagestore.h"
#include "server/methodregistry.h"
#include "session/sessionmanager.h"

namespace capsule {

/// What the handlers of the API's methods work with. Everything outlives the registry.
struct MethodContext {
    SessionManager &sessions;
    JobRegistry &jobs;
    const AgentCatalog &agents;
    ImageStore &images;
    QList<SandboxProvider *> providers;
    std::function<api::EngineStatusResult()> describeEngine; ///< all but the providers
    std::function<void()> endEngine; ///< soon, not at once: the answer goes out first
};

void addEngineMethods(MethodRegistry &registry, const MethodContext &context);
void addSessionMethods(MethodRegistry &registry, const MethodContext &context);
void addTerminalMethods(MethodRegistry &registry, const MethodContext &context);
void addJobMethods(MethodRegistry &registry, const MethodContext &context);

inline void addAllMethods(MethodRegistry &registry, const MethodContext &context)
{
    addEngineMethods(registry, context);
    addSessionMethods(registry, context);
    addTerminalMethods(registry, context);
    addJobMethods(registry, context);
}

} // namespace capsule
