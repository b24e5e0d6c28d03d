// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QStringList>

#include <vector>

/// Values as people read them in a terminal. Pure.
namespace capsule::cli {

/// Without control characters and without what turns the writing direction: names and messages may come from
/// hostile places. Line breaks stay where `keepLines` says so.
enum class Lines { Join, Keep };
QString printable(const QString &text, Lines lines = Lines::Join);

/// "5s", "12m", "3h", "4d" since then.
QString age(const QDateTime &since, const QDateTime &now);

/// The shortest beginnings of ids that tell these sessions apart, at least 8 characters.
int shortIdLength(const std::vector<SessionInfo> &sessions);

/// Columns two blanks apart; the last one is not padded. `colors`: escape sequence for a cell's text, or empty.
struct Cell {
    QString text;
    QString color{};
};
QString table(const std::vector<std::vector<Cell>> &rows);

/// After "is": "being removed", "stopped".
QString stateText(SessionState state);

/// SGR parameters for a state: "32" for running.
QString stateColor(SessionState state);

} // namespace capsule::cli
