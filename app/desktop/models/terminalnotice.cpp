// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/models/terminalnotice.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

TerminalNotice endedNotice(const TerminalInfo *terminal)
{
    const QString program = terminal && !terminal->title.isEmpty() ? terminal->title : u"The program"_s;
    TerminalNotice notice;
    notice.actions = {NoticeAction::NewTerminal, NoticeAction::CloseTab};
    if (!terminal) {
        notice.text = u"This terminal is gone: it was closed elsewhere, or Capsule's engine was restarted. The session runs on."_s;
    } else if (terminal->state == TerminalState::Lost) {
        notice.text = terminal->message.isEmpty() ? u"The connection to this terminal was lost; open a new one."_s : terminal->message;
    } else if (!terminal->message.isEmpty()) {
        notice.text = terminal->message;
    } else if (terminal->exitCode.value_or(0) == 0) {
        notice.text = u"%1 ended."_s.arg(program);
    } else if (*terminal->exitCode > 128 && *terminal->exitCode <= 128 + 64) {
        notice.text = u"%1 was ended by signal %2."_s.arg(program).arg(*terminal->exitCode - 128);
    } else {
        notice.text = u"%1 ended with exit code %2."_s.arg(program).arg(*terminal->exitCode);
    }
    return notice;
}

} // namespace

QString actionText(NoticeAction action)
{
    switch (action) {
    case NoticeAction::NewTerminal:
        return u"New Terminal"_s;
    case NoticeAction::CloseTab:
        return u"Close"_s;
    case NoticeAction::StartSession:
        return u"Start"_s;
    case NoticeAction::DeleteSession:
        return u"Delete…"_s;
    case NoticeAction::Reattach:
        return u"Connect Again"_s;
    }
    return {};
}

TerminalNotice terminalNotice(const SessionInfo &session, const TerminalInfo *terminal)
{
    switch (session.state) {
    case SessionState::Running:
        return terminal && terminal->state == TerminalState::Running ? TerminalNotice() : endedNotice(terminal);
    case SessionState::Creating:
    case SessionState::Starting:
        return {u"The session is starting…"_s, {}, {}};
    case SessionState::Stopping:
        return {u"The session is stopping…"_s, {}, {}};
    case SessionState::Removing:
        return {u"The session is being deleted…"_s, {}, {}};
    case SessionState::Stopped:
        return {u"The session is stopped. Its files are kept."_s, {}, {NoticeAction::StartSession, NoticeAction::CloseTab}};
    case SessionState::Interrupted:
        return {session.message.isEmpty() ? u"The session was interrupted."_s : session.message, session.detail,
                {NoticeAction::StartSession, NoticeAction::DeleteSession}};
    case SessionState::Failed:
        return {session.message.isEmpty() ? u"The session could not be started."_s : session.message, session.detail,
                {NoticeAction::DeleteSession}};
    }
    return {};
}

} // namespace capsule
