// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

/// What there is to type: one table that the parser, the help texts and the completions share.
namespace capsule::cli {

enum class Operand { None, Agent, Session, NewName, ShellName, CommandName, Command };

struct OptionSpec {
    QString name;          ///< without the two hyphens
    QChar letter{};        ///< null: no short form
    QString value{};       ///< how its value is called in the help; empty: a switch
    QString help{};
};

struct CommandSpec {
    QString name;               ///< "ls"; of two words for "engine status"
    QString synopsis;           ///< after the name: "[--yes] SESSION..."
    QString summary;
    QString details{};          ///< further paragraphs of its help
    QList<OptionSpec> options{};
    QList<Operand> operands{};  ///< the last one repeats up to maxOperands
    int minOperands = 0;
    int maxOperands = 0;
    bool takesCommand = false;  ///< after the operands comes a command line of its own
    bool hidden = false;
};

const QList<CommandSpec> &commands();
const CommandSpec *findCommand(const QString &name);
const QList<OptionSpec> &globalOptions();

QString generalHelp();
QString commandHelp(const CommandSpec &command);

} // namespace capsule::cli
