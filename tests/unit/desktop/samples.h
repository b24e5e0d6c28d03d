// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QTimeZone>

namespace capsule::test {

/// A session that runs with `terminals` running terminals "ID-t1", "ID-t2"...; made `age` seconds before noon.
inline SessionInfo session(const QString &id, const QString &name, int age = 0, int terminals = 1)
{
    SessionInfo info;
    info.id = id;
    info.name = name;
    info.agentId = QStringLiteral("shell");
    info.agentName = QStringLiteral("Shell");
    info.state = SessionState::Running;
    info.createdAt = QDateTime(QDate(2026, 5, 4), QTime(12, 0), QTimeZone::UTC).addSecs(-age);
    info.revision = 1;
    for (int i = 1; i <= terminals; ++i) {
        TerminalInfo terminal;
        terminal.id = QStringLiteral("%1-t%2").arg(id).arg(i);
        terminal.title = QStringLiteral("bash");
        info.terminals.push_back(terminal);
    }
    return info;
}

} // namespace capsule::test
