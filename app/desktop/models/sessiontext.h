// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QColor>

/// What a session looks like in words and colours. Pure functions; everything a user reads about states,
/// ages and progress is worded here and nowhere else.
namespace capsule {

QString stateWord(SessionState state);
/// The colour of the dot beside the word; readable on the given background.
QColor stateColor(SessionState state, const QColor &background);
bool isBusy(SessionState state); ///< on its way to another state by itself

/// "just now", "5 min", "3 h", "2 days".
QString ageText(const QDateTime &since, const QDateTime &now);
QString sessionToolTip(const SessionInfo &session);
QString bytesText(qint64 bytes); ///< "1.4 MB"; decimal units as file managers show them
QString memoryText(qint64 bytes); ///< "4 GiB"
QString limitsText(const Limits &limits); ///< "2 CPUs, 4 GiB, 256 processes"

/// "demo · Terminal 2"; `number` counts from 1.
QString tabText(const QString &sessionName, int number);
/// 1-based place of the terminal in its session; 0 when it is not there.
int terminalNumber(const SessionInfo &session, const QString &terminalId);
const TerminalInfo *findTerminal(const SessionInfo &session, const QString &terminalId);

/// "3.1 MB of 12 MB", "Step 2 of 7", or empty.
QString progressText(const JobInfo &job);

/// What deleting loses: "Files in its workspace will be deleted. 2 terminals end."
QString deletionLoss(const SessionInfo &session);
/// What "Quit and Stop Everything" ends: one line a session, at most `maxLines`.
QString stopEverythingText(const std::vector<SessionInfo> &sessions, int maxLines = 8);

} // namespace capsule
