// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/commandspec.h"

#include <QMap>
#include <QStringList>

#include <expected>

namespace capsule::cli {

/// A command line, taken apart. Options may stand anywhere before `--`, except that everything after the session
/// belongs to the command of `exec`.
struct CommandLine {
    const CommandSpec *command = nullptr; ///< null: only global options
    QMap<QString, QStringList> options{}; ///< by name; a switch has one empty value
    QStringList operands{};
    QStringList rest{};                   ///< the command of `exec`

    bool has(const QString &option) const { return options.contains(option); }
    QString value(const QString &option) const { return options.value(option).value(0); }
    bool json() const { return has(QStringLiteral("json")); }
};

/// What is wrong, as a sentence, and the command it is about if that was understood.
struct UsageError {
    QString message;
    const CommandSpec *command = nullptr;
    bool json = false;
};

/// `arguments` without the program's name. Pure.
std::expected<CommandLine, UsageError> parseCommandLine(const QStringList &arguments);

} // namespace capsule::cli
