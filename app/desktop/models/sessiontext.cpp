// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/models/sessiontext.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

QString stateWord(SessionState state)
{
    switch (state) {
    case SessionState::Creating:
        return u"Creating"_s;
    case SessionState::Running:
        return u"Running"_s;
    case SessionState::Starting:
        return u"Starting"_s;
    case SessionState::Stopping:
        return u"Stopping"_s;
    case SessionState::Stopped:
        return u"Stopped"_s;
    case SessionState::Interrupted:
        return u"Interrupted"_s;
    case SessionState::Failed:
        return u"Failed"_s;
    case SessionState::Removing:
        return u"Deleting"_s;
    }
    return {};
}

QColor stateColor(SessionState state, const QColor &background)
{
    const bool dark = background.lightness() < 128;
    switch (state) {
    case SessionState::Running:
        return dark ? QColor(0x4c, 0xc3, 0x8a) : QColor(0x1a, 0x8f, 0x5c);
    case SessionState::Creating:
    case SessionState::Starting:
    case SessionState::Stopping:
    case SessionState::Removing:
        return dark ? QColor(0x6c, 0xb0, 0xf5) : QColor(0x25, 0x6f, 0xc4);
    case SessionState::Interrupted:
        return dark ? QColor(0xf0, 0xb4, 0x4c) : QColor(0xb0, 0x6f, 0x00);
    case SessionState::Failed:
        return dark ? QColor(0xf2, 0x7b, 0x74) : QColor(0xc4, 0x32, 0x2b);
    case SessionState::Stopped:
        break;
    }
    return dark ? QColor(0x9a, 0x9f, 0xa8) : QColor(0x80, 0x86, 0x90);
}

bool isBusy(SessionState state)
{
    return state == SessionState::Creating || state == SessionState::Starting || state == SessionState::Stopping
        || state == SessionState::Removing;
}

QString ageText(const QDateTime &since, const QDateTime &now)
{
    if (!since.isValid())
        return {};
    const qint64 seconds = since.secsTo(now);
    if (seconds < 60)
        return u"just now"_s;
    if (seconds < 3600)
        return u"%1 min"_s.arg(seconds / 60);
    if (seconds < 24 * 3600)
        return u"%1 h"_s.arg(seconds / 3600);
    const qint64 days = seconds / (24 * 3600);
    return days == 1 ? u"1 day"_s : u"%1 days"_s.arg(days);
}

QString sessionToolTip(const SessionInfo &session)
{
    QStringList lines{session.name, u"%1, %2"_s.arg(session.agentName, stateWord(session.state).toLower())};
    if (session.workspace.kind == WorkspaceKind::Copy)
        lines << u"Workspace: a copy of %1"_s.arg(session.workspace.path);
    if (const QString limits = limitsText(session.limits); !limits.isEmpty())
        lines << limits;
    if (!session.message.isEmpty())
        lines << session.message;
    // Names come from users and profiles: a tool tip that looks like HTML must not become HTML.
    return u"<qt>%1</qt>"_s.arg(lines.join(u'\n').toHtmlEscaped().replace(u'\n', "<br>"_L1));
}

QString bytesText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, bytes < 10'000'000 ? 1 : 0, QLocale::DataSizeSIFormat);
}

QString memoryText(qint64 bytes)
{
    const double gib = double(bytes) / double(1ll << 30);
    if (gib >= 1)
        return u"%1 GiB"_s.arg(QLocale::c().toString(gib, 'g', 4));
    return u"%1 MiB"_s.arg(bytes >> 20);
}

QString limitsText(const Limits &limits)
{
    QStringList parts;
    if (limits.cpus > 0)
        parts << (qFuzzyCompare(limits.cpus, 1.0) ? u"1 CPU"_s : u"%1 CPUs"_s.arg(QLocale::c().toString(limits.cpus, 'g', 3)));
    if (limits.memoryBytes > 0)
        parts << memoryText(limits.memoryBytes);
    if (limits.pids > 0)
        parts << u"%1 processes"_s.arg(limits.pids);
    return parts.join(", "_L1);
}

QString tabText(const QString &sessionName, int number)
{
    return u"%1 · Terminal %2"_s.arg(sessionName).arg(qMax(1, number));
}

int terminalNumber(const SessionInfo &session, const QString &terminalId)
{
    const auto found = std::ranges::find(session.terminals, terminalId, &TerminalInfo::id);
    return found == session.terminals.end() ? 0 : int(found - session.terminals.begin()) + 1;
}

const TerminalInfo *findTerminal(const SessionInfo &session, const QString &terminalId)
{
    const auto found = std::ranges::find(session.terminals, terminalId, &TerminalInfo::id);
    return found == session.terminals.end() ? nullptr : &*found;
}

QString progressText(const JobInfo &job)
{
    if (job.unit == "bytes"_L1)
        return job.total > 0 ? u"%1 of %2"_s.arg(bytesText(job.done), bytesText(job.total))
                             : (job.done > 0 ? bytesText(job.done) : QString());
    if (job.unit == "steps"_L1 && job.total > 0)
        return u"Step %1 of %2"_s.arg(qBound<qint64>(1, job.done, job.total)).arg(job.total);
    if (job.unit == "files"_L1 && job.done > 0)
        return job.total > 0 ? u"%1 of %2 files"_s.arg(job.done).arg(job.total) : u"%1 files"_s.arg(job.done);
    return {};
}

QString deletionLoss(const SessionInfo &session)
{
    if (session.state == SessionState::Failed)
        return u"Nothing was made for it; only its entry goes away."_s;
    const auto running = std::ranges::count(session.terminals, TerminalState::Running, &TerminalInfo::state);
    QString text = u"Files in its workspace will be deleted."_s;
    if (session.workspace.kind == WorkspaceKind::Copy)
        text += u" The folder %1, which they were copied from, stays as it is."_s.arg(session.workspace.path);
    if (running == 1)
        text += u" 1 terminal ends."_s;
    else if (running > 1)
        text += u" %1 terminals end."_s.arg(running);
    return text;
}

QString stopEverythingText(const std::vector<SessionInfo> &sessions, int maxLines)
{
    QStringList lines;
    int more = 0;
    for (const SessionInfo &session : sessions) {
        if (session.state != SessionState::Running && !isBusy(session.state))
            continue;
        const auto terminals = std::ranges::count(session.terminals, TerminalState::Running, &TerminalInfo::state);
        if (lines.size() < maxLines)
            lines << u"• %1 (%2, %3)"_s.arg(session.name, session.agentName,
                                            terminals == 1 ? u"1 terminal"_s : u"%1 terminals"_s.arg(terminals));
        else
            ++more;
    }
    if (lines.isEmpty())
        return u"No session is running. The engine ends too."_s;
    if (more > 0)
        lines << u"• and %1 more"_s.arg(more);
    return u"These sessions are stopped; what runs in them ends, their files stay:\n\n%1"_s.arg(lines.join(u'\n'));
}

} // namespace capsule
