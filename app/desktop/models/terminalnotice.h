// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QList>

namespace capsule {

/// What a bar offers to do. The wording is in actionText().
enum class NoticeAction { NewTerminal, CloseTab, StartSession, DeleteSession, Reattach };

/// A sentence under a terminal that cannot go on, and what can be done about it.
struct TerminalNotice {
    QString text; ///< empty: nothing to say
    QString detail;
    QList<NoticeAction> actions;

    bool operator==(const TerminalNotice &) const = default;
};

QString actionText(NoticeAction action);

/// For the terminal of a session as the engine tells them; `terminal` is null when the engine has none.
TerminalNotice terminalNotice(const SessionInfo &session, const TerminalInfo *terminal);

} // namespace capsule
