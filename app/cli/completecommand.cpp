// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completecommand.h"

#include "cli/exitcodes.h"
#include "cli/text.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule::cli {

void CompleteCommand::run()
{
    m_plan = planCompletion(m_line.rest);
    if (m_plan.asks == Operand::None || !EngineStarter::running())
        return answer({});
    connect(&m_patience, &QTimer::timeout, this, [this] { answer({}); });
    m_patience.start(1500ms);
    connect(&m_client, &EngineClient::connected, this, [this] {
        QList<Candidate> found;
        if (m_plan.asks == Operand::Agent) {
            m_client.call<api::AgentList>({}).then(this, [this, found](const Result<api::AgentListResult> &list) mutable {
                for (const AgentInfo &agent : list ? list->agents : std::vector<AgentInfo>())
                    found << Candidate{agent.id, agent.description};
                answer(found);
            });
            return;
        }
        m_client.call<api::SessionList>({}).then(this, [this, found](const Result<api::SessionListResult> &list) mutable {
            for (const SessionInfo &session : list ? list->sessions : std::vector<SessionInfo>())
                found << Candidate{session.name, u"%1, %2"_s.arg(session.agentName, wire::enumToString(session.state))};
            answer(found);
        });
    });
    m_client.connectToEngine();
}

void CompleteCommand::answer(const QList<Candidate> &more)
{
    m_patience.stop();
    QString lines = m_plan.folders ? u":folders\n"_s : QString();
    for (const Candidate &candidate : matching(m_plan.words + more, m_plan.prefix))
        lines += printable(candidate.text) + (candidate.description.isEmpty() ? QString() : u'\t' + printable(candidate.description)) + u'\n';
    writeOut(lines.toLocal8Bit());
    finish(exitOk);
}

} // namespace capsule::cli
