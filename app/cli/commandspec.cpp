// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commandspec.h"

#include "cli/exitcodes.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

const QString detachDetails = u"Ctrl-] followed by d leaves the terminal; its program runs on. Ctrl-] twice sends one to the program. --detach-keys "
                               "names other keys (\"ctrl-a,d\", \"ctrl-\\\"), or \"none\"."_s;

CommandSpec newCommand()
{
    return {.name = u"new"_s, .synopsis = u"[OPTIONS] AGENT"_s, .summary = u"Start a session of an agent and attach to its terminal"_s,
            .details = u"Without a terminal, or with --detach or --json, the session starts and is not attached to. Ctrl-C while it starts cancels and undoes it.\n"_s + detachDetails,
            .options = {{u"name"_s, u'n', u"NAME"_s, u"its name; default: one made from the agent or the folder"_s},
                        {u"folder"_s, u'f', u"DIR"_s, u"copy this folder into the workspace"_s},
                        {u"detach"_s, u'd', {}, u"do not attach to its terminal"_s},
                        {u"cpus"_s, {}, u"N"_s, u"processors it may use (2, 0.5)"_s},
                        {u"memory"_s, {}, u"SIZE"_s, u"memory it may use (4g, 512m)"_s},
                        {u"pids"_s, {}, u"N"_s, u"processes and threads it may have"_s},
                        {u"sudo"_s, {}, {}, u"let programs in it become root in it"_s},
                        {u"no-sudo"_s, {}, {}, u"do not, although the agent asks for it"_s},
                        {u"detach-keys"_s, {}, u"KEYS"_s, u"keys that leave the terminal"_s}},
            .operands = {Operand::Agent}, .minOperands = 1, .maxOperands = 1};
}

CommandSpec attachCommand()
{
    return {.name = u"attach"_s, .synopsis = u"[OPTIONS] SESSION"_s, .summary = u"Work in a session's terminal"_s,
            .details = detachDetails + u"\nEnds with the exit code of the terminal's program. Where no terminal runs, a new one is opened."_s,
            .options = {{u"terminal"_s, u't', u"N"_s, u"which of its terminals, counted from 1; default: the first that runs"_s},
                        {u"detach-keys"_s, {}, u"KEYS"_s, u"keys that leave the terminal"_s}},
            .operands = {Operand::Session}, .minOperands = 1, .maxOperands = 1};
}

CommandSpec execCommand()
{
    return {.name = u"exec"_s, .synopsis = u"[OPTIONS] SESSION -- CMD..."_s, .summary = u"Run a command in a session, without a terminal"_s,
            .details = u"Standard input is passed on unless it is a terminal. Ends with the command's own exit code; 125: Capsule failed, 126: the command could not be "
                        "run, 127: it was not found. Ctrl-C ends the command."_s,
            .options = {{u"env"_s, u'e', u"NAME=VALUE"_s, u"set a variable for it; may be given several times"_s},
                        {u"workdir"_s, u'w', u"DIR"_s, u"where it runs; default: the workspace"_s}},
            .operands = {Operand::Session, Operand::Command}, .minOperands = 1, .maxOperands = 1, .takesCommand = true};
}

QList<CommandSpec> sessionCommands()
{
    return {
        {.name = u"ls"_s, .synopsis = {}, .summary = u"List the sessions"_s},
        {.name = u"stop"_s, .synopsis = u"SESSION..."_s, .summary = u"End what runs in sessions; their files stay"_s,
         .operands = {Operand::Session}, .minOperands = 1, .maxOperands = 100},
        {.name = u"start"_s, .synopsis = u"SESSION..."_s, .summary = u"Start stopped sessions again"_s,
         .operands = {Operand::Session}, .minOperands = 1, .maxOperands = 100},
        {.name = u"rename"_s, .synopsis = u"SESSION NAME"_s, .summary = u"Give a session another name"_s,
         .operands = {Operand::Session, Operand::NewName}, .minOperands = 2, .maxOperands = 2},
        {.name = u"rm"_s, .synopsis = u"[--yes] SESSION..."_s, .summary = u"Remove sessions and all their files"_s,
         .details = u"Asks first; without a terminal it needs --yes."_s,
         .options = {{u"yes"_s, u'y', {}, u"do not ask"_s}}, .operands = {Operand::Session}, .minOperands = 1, .maxOperands = 100},
    };
}

QList<CommandSpec> otherCommands()
{
    return {
        {.name = u"agents"_s, .synopsis = {}, .summary = u"List the agents, and what is wrong with those that cannot be used"_s},
        {.name = u"open"_s, .synopsis = u"[SESSION]"_s, .summary = u"Open the desktop application, at a session"_s,
         .operands = {Operand::Session}, .minOperands = 0, .maxOperands = 1},
        {.name = u"engine start"_s, .synopsis = {}, .summary = u"Start the engine if it does not run"_s},
        {.name = u"engine status"_s, .synopsis = {}, .summary = u"Tell whether the engine runs, and how its providers are"_s},
        {.name = u"engine stop"_s, .synopsis = u"[--sessions]"_s, .summary = u"End the engine; the sessions run on"_s,
         .options = {{u"sessions"_s, {}, {}, u"stop every session too"_s}}},
        {.name = u"engine logs"_s, .synopsis = u"[-n N] [-f]"_s, .summary = u"Show the engine's log"_s,
         .options = {{u"lines"_s, u'n', u"N"_s, u"how many of the last lines; default 100"_s},
                     {u"follow"_s, u'f', {}, u"show what is added, until Ctrl-C"_s}}},
        {.name = u"completion"_s, .synopsis = u"bash|zsh|fish"_s, .summary = u"Print the completion script of a shell"_s,
         .details = u"bash: source <(capsule completion bash) in ~/.bashrc. zsh: source <(capsule completion zsh) in ~/.zshrc, after compinit. "
                     "fish: capsule completion fish > ~/.config/fish/completions/capsule.fish"_s,
         .operands = {Operand::ShellName}, .minOperands = 1, .maxOperands = 1},
        {.name = u"help"_s, .synopsis = u"[COMMAND]"_s, .summary = u"Explain a command"_s,
         .operands = {Operand::CommandName}, .minOperands = 0, .maxOperands = 2},
        {.name = u"__complete"_s, .synopsis = u"-- WORD..."_s, .summary = u"What the completion scripts ask"_s, .takesCommand = true, .hidden = true},
    };
}

QString optionLine(const OptionSpec &option)
{
    const QString letter = option.letter.isNull() ? u"    "_s : u"-%1, "_s.arg(option.letter);
    const QString left = "  "_L1 + letter + "--"_L1 + option.name + (option.value.isEmpty() ? QString() : u' ' + option.value);
    return left.leftJustified(28) + ' '_L1 + option.help + u'\n';
}

QString wrapped(const QString &text)
{
    constexpr int width = 96;
    QString lines;
    for (const QString &paragraph : text.split(u'\n')) {
        qsizetype column = 0;
        for (const QString &word : paragraph.split(u' ')) {
            if (column > 0 && column + 1 + word.size() > width) {
                lines += u'\n';
                column = 0;
            } else if (column > 0) {
                lines += u' ';
                ++column;
            }
            lines += word;
            column += word.size();
        }
        lines += u'\n';
    }
    return lines;
}

} // namespace

const QList<CommandSpec> &commands()
{
    static const QList<CommandSpec> all = QList<CommandSpec>{newCommand(), attachCommand(), execCommand()} + sessionCommands() + otherCommands();
    return all;
}

const CommandSpec *findCommand(const QString &name)
{
    const auto it = std::ranges::find(commands(), name, &CommandSpec::name);
    return it == commands().end() ? nullptr : &*it;
}

const QList<OptionSpec> &globalOptions()
{
    static const QList<OptionSpec> options{{u"json"_s, {}, {}, u"print JSON and nothing else"_s},
                                           {u"help"_s, u'h', {}, u"explain"_s},
                                           {u"version"_s, {}, {}, u"print the version"_s}};
    return options;
}

QString generalHelp()
{
    QString text = u"Usage: capsule COMMAND [OPTIONS] ...\nRun coding agents in sandboxes on this machine.\n\nCommands:\n"_s;
    for (const CommandSpec &command : commands()) {
        if (!command.hidden)
            text += "  "_L1 + command.name.leftJustified(15) + command.summary + u'\n';
    }
    text += u"\nOptions of every command:\n"_s;
    for (const OptionSpec &option : globalOptions())
        text += optionLine(option);
    return text + u"\nA SESSION is named by its name, its id, or the beginning of its id.\n\nExit codes:\n"_s + exitCodeHelp()
        + u"\nMore about a command: capsule help COMMAND\n"_s;
}

QString commandHelp(const CommandSpec &command)
{
    QString text = u"Usage: capsule %1 %2\n%3.\n"_s.arg(command.name, command.synopsis, command.summary);
    if (!command.details.isEmpty())
        text += u'\n' + wrapped(command.details);
    text += u"\nOptions:\n"_s;
    for (const OptionSpec &option : command.options + globalOptions())
        text += optionLine(option);
    return text;
}

} // namespace capsule::cli
