// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/agentscommand.h"

#include "cli/exitcodes.h"
#include "cli/text.h"

using namespace Qt::StringLiterals;

namespace capsule::cli {

void AgentsCommand::run()
{
    withEngine([this] {
        call<api::AgentList>({}, [this](const api::AgentListResult &list) {
            m_output.json(wire::toJson(list));
            print(list);
            finish(exitOk);
        });
    });
}

void AgentsCommand::print(const api::AgentListResult &list) const
{
    const QString bold = m_output.hasColors() ? u"1"_s : QString();
    std::vector<std::vector<Cell>> rows{{{u"AGENT"_s, bold}, {u"NAME"_s, bold}, {u"IMAGE"_s, bold}, {u"DESCRIPTION"_s, bold}}};
    for (const AgentInfo &agent : list.agents) {
        rows.push_back({{printable(agent.id)}, {printable(agent.name)}, {agent.imageReady ? u"ready"_s : u"built at first use"_s},
                        {printable(agent.description)}});
    }
    m_output.text(table(rows));
    for (const AgentProblem &problem : list.problems) {
        m_output.note(u"Not used: %1: %2%3"_s.arg(problem.file, problem.key.isEmpty() ? QString() : problem.key + u' ', problem.reason));
    }
}

} // namespace capsule::cli
