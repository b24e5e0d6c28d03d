// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/attachcommand.h"

#include "cli/exitcodes.h"
#include "cli/text.h"

#include <algorithm>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::cli {

bool AttachingCommand::readDetachKeys()
{
    const QString text = m_line.has(u"detach-keys"_s) ? m_line.value(u"detach-keys"_s) : QString::fromLatin1(defaultDetachKeys);
    auto keys = parseDetachKeys(text);
    if (keys)
        m_keys = *std::move(keys);
    else
        refuseUsage(keys.error().message);
    return keys.has_value();
}

void AttachingCommand::attachTo(const SessionInfo &session, int number)
{
    if (session.state != SessionState::Running) {
        QString how = u"Try again in a moment."_s;
        if (canHappen(session.state, SessionEvent::StartRequested))
            how = u"\"capsule start %1\" starts it again."_s.arg(session.name);
        else if (session.state == SessionState::Failed)
            how = u"\"capsule rm %1\" removes the entry."_s.arg(session.name);
        return refuse({ErrorCode::Conflict, u"%1 is %2. %3"_s.arg(session.name, stateText(session.state), how), session.message});
    }
    if (number > int(session.terminals.size()))
        return refuse({ErrorCode::NotFound, u"%1 has no terminal %2; it has %3."_s.arg(session.name).arg(number).arg(session.terminals.size()), {}});
    if (number > 0)
        return bind(session, session.terminals.at(size_t(number - 1)).id);
    const auto running = std::ranges::find(session.terminals, TerminalState::Running, &TerminalInfo::state);
    if (running != session.terminals.end())
        return bind(session, running->id);
    call<api::TerminalOpen>({session.id, {}, terminalSize().value_or(TerminalSize{})},
                            [this, session](const api::Terminal &opened) { bind(session, opened.terminal.id); });
}

void AttachingCommand::bind(const SessionInfo &session, const QString &terminalId)
{
    m_attachment = std::make_unique<Attachment>(m_client, m_starter, m_output, m_keys, this);
    connect(m_attachment.get(), &Attachment::ended, this, [this](int exitCode, const std::optional<Error> &error) {
        if (error)
            m_output.error(*error);
        finish(exitCode);
    });
    m_attachment->start(session, terminalId);
}

void AttachCommand::run()
{
    bool isNumber = true;
    const int number = m_line.has(u"terminal"_s) ? m_line.value(u"terminal"_s).toInt(&isNumber) : 0;
    if (!isNumber || (m_line.has(u"terminal"_s) && number < 1))
        return refuseUsage(u"--terminal needs a number from 1."_s);
    if (!readDetachKeys())
        return;
    if (!isTerminal(STDIN_FILENO) || !isTerminal(STDOUT_FILENO))
        return refuse({ErrorCode::InvalidArgument, u"This needs a terminal; to run a command without one use \"capsule exec\"."_s, {}});
    withEngine([this, number] {
        withSession(m_line.operands.at(0), [this, number](const SessionInfo &session) { attachTo(session, number); });
    });
}

} // namespace capsule::cli
