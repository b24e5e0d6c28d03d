// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/sessioncommands.h"

#include "cli/exitcodes.h"
#include "cli/rawterminal.h"
#include "cli/sessionlookup.h"
#include "cli/text.h"

#include <QSocketNotifier>

#include <algorithm>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::cli {

void ListCommand::run()
{
    withEngine([this] {
        call<api::SessionList>({}, [this](const api::SessionListResult &list) {
            m_output.json(wire::toJson(list));
            print(list.sessions);
            finish(exitOk);
        });
    });
}

void ListCommand::print(const std::vector<SessionInfo> &sessions) const
{
    if (sessions.empty())
        return m_output.note(u"There are no sessions; \"capsule new shell\" starts one."_s);
    const bool colors = m_output.hasColors();
    const QString bold = colors ? u"1"_s : QString();
    const int idLength = shortIdLength(sessions);
    std::vector<std::vector<Cell>> rows{{{u"NAME"_s, bold}, {u"AGENT"_s, bold}, {u"STATE"_s, bold}, {u"AGE"_s, bold}, {u"ID"_s, bold}}};
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const SessionInfo &session : sessions) {
        rows.push_back({{printable(session.name)}, {printable(session.agentId)},
                        {wire::enumToString(session.state), colors ? stateColor(session.state) : QString()},
                        {age(session.createdAt, now)}, {printable(session.id.left(idLength))}});
    }
    m_output.text(table(rows));
    for (const SessionInfo &session : sessions) {
        if (!session.message.isEmpty() && (session.state == SessionState::Failed || session.state == SessionState::Interrupted))
            m_output.note(u"%1: %2"_s.arg(session.name, session.message));
    }
}

void EachSessionCommand::run()
{
    withEngine([this] {
        call<api::SessionList>({}, [this](const api::SessionListResult &list) {
            for (const QString &text : std::as_const(m_line.operands)) {
                const auto session = lookUp(list.sessions, text);
                if (!session)
                    return refuse(session.error());
                if (!std::ranges::contains(m_sessions, session->id, &SessionInfo::id))
                    m_sessions.push_back(*session);
            }
            lookedUp();
        });
    });
}

void EachSessionCommand::next()
{
    if (m_done < m_sessions.size())
        return treat(m_sessions.at(m_done));
    m_output.json({{u"sessions"_s, m_results}});
    finish(exitOk);
}

void EachSessionCommand::treated(const QString &sentence, const QJsonObject &result)
{
    m_output.note(sentence);
    m_results.append(result);
    ++m_done;
    next();
}

void StopCommand::treat(const SessionInfo &session)
{
    call<api::SessionStop>({session.id}, [this](const api::Session &result) {
        treated(u"%1 is stopped; \"capsule start\" starts it again."_s.arg(result.session.name), wire::toJson(result.session));
    });
}

void StartCommand::treat(const SessionInfo &session)
{
    call<api::SessionStart>({session.id}, [this](const api::Session &result) {
        treated(u"%1 is running."_s.arg(result.session.name), wire::toJson(result.session));
    });
}

void RemoveCommand::lookedUp()
{
    if (m_line.has(u"yes"_s))
        return next();
    if (m_output.isJson() || !isTerminal(STDIN_FILENO) || !isTerminal(STDERR_FILENO))
        return refuseUsage(u"Removing a session deletes all its files; say --yes to do it without being asked."_s);
    ask();
}

void RemoveCommand::ask()
{
    QString question;
    for (const SessionInfo &session : m_sessions) {
        question += u"%1 (%2, %3): its container, everything in its workspace and what runs in it will be gone.\n"_s
                        .arg(printable(session.name), printable(session.agentName), wire::enumToString(session.state));
    }
    question += m_sessions.size() == 1 ? u"Remove it for good? [y/N] "_s : u"Remove these %1 sessions for good? [y/N] "_s.arg(m_sessions.size());
    writeErr(question.toLocal8Bit());
    // The terminal hands over a whole line; until then the connection to the engine stays alive.
    m_answer = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, this);
    connect(m_answer, &QSocketNotifier::activated, this, [this] {
        m_answer->setEnabled(false);
        char line[64];
        const ssize_t count = ::read(STDIN_FILENO, line, sizeof line);
        const QByteArray answer = QByteArray(line, std::max<ssize_t>(0, count)).trimmed().toLower();
        if (answer == "y" || answer == "yes")
            return next();
        m_output.note(u"Nothing was removed."_s);
        finish(exitFailure);
    });
}

void RemoveCommand::treat(const SessionInfo &session)
{
    call<api::SessionRemove>({session.id}, [this, session](const api::Nothing &) {
        treated(u"%1 is removed."_s.arg(session.name), {{u"id"_s, session.id}, {u"name"_s, session.name}});
    });
}

void RenameCommand::run()
{
    withEngine([this] {
        withSession(m_line.operands.at(0), [this](const SessionInfo &session) {
            call<api::SessionRename>({session.id, m_line.operands.at(1)}, [this, session](const api::Session &result) {
                m_output.note(u"%1 is now called %2."_s.arg(session.name, result.session.name));
                m_output.json(wire::toJson(result));
                finish(exitOk);
            });
        });
    });
}

} // namespace capsule::cli
