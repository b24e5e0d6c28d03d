// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/clientconnection.h"
#include "server/methods.h"

namespace capsule {

void addJobMethods(MethodRegistry &registry, const MethodContext &context)
{
    JobRegistry &jobs = context.jobs;
    registry.add<api::JobList>(
        [&jobs](ClientConnection &, const api::Nothing &) -> Result<api::JobListResult> { return api::JobListResult{jobs.list()}; });
    registry.add<api::JobGet>([&jobs](ClientConnection &, const api::Id &p) { return jobs.get(p.id); });
    registry.add<api::JobCancel>(
        [&jobs](ClientConnection &, const api::Id &p) { return jobs.cancel(p.id).transform([] { return api::Nothing{}; }); });
}

} // namespace capsule
