// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.h"

#include <QSet>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

std::optional<OptionSpec> optionOf(const CommandSpec *command, const QString &word)
{
    for (const OptionSpec &option : (command ? command->options : QList<OptionSpec>()) + globalOptions()) {
        if (word == "--"_L1 + option.name || (!option.letter.isNull() && word == u'-' + QString(option.letter)))
            return option;
    }
    return std::nullopt;
}

void addCommandWords(CompletionPlan &plan, const QString &first)
{
    for (const CommandSpec &command : commands()) {
        if (command.hidden)
            continue;
        const qsizetype space = command.name.indexOf(' '_L1);
        if (first.isEmpty() && space < 0)
            plan.words << Candidate{command.name, command.summary};
        else if (space > 0 && first == command.name.left(space))
            plan.words << Candidate{command.name.sliced(space + 1), command.summary};
    }
    if (first.isEmpty())
        plan.words << Candidate{u"engine"_s, u"Start, stop and look at the engine"_s};
}

void addOperand(CompletionPlan &plan, Operand operand)
{
    switch (operand) {
    case Operand::Agent:
    case Operand::Session:
        plan.asks = operand;
        break;
    case Operand::ShellName:
        for (const QString &shell : {u"bash"_s, u"zsh"_s, u"fish"_s})
            plan.words << Candidate{shell};
        break;
    case Operand::CommandName:
        addCommandWords(plan, {});
        break;
    case Operand::None:
    case Operand::NewName:
    case Operand::Command:
        break;
    }
}

} // namespace

CompletionPlan planCompletion(const QStringList &words)
{
    CompletionPlan plan{.prefix = words.isEmpty() ? QString() : words.last()};
    const CommandSpec *command = nullptr;
    QString first; // "engine" until its second word is there
    int operands = 0;
    for (qsizetype i = 0; i + 1 < words.size(); ++i) {
        const QString &word = words.at(i);
        if (word == "--"_L1)
            return plan;
        if (word.startsWith('-'_L1)) {
            const auto option = optionOf(command, word);
            if (option && !option->value.isEmpty() && ++i + 1 >= words.size()) {
                plan.folders = option->value == "DIR"_L1 && command && command->name == "new"_L1;
                return plan;
            }
        } else if (!command) {
            command = findCommand(first.isEmpty() ? word : first + u' ' + word);
            if (!command)
                first = word;
        } else if (command->takesCommand && operands == command->maxOperands) {
            return plan;
        } else {
            ++operands;
        }
    }
    if (plan.prefix.startsWith('-'_L1)) {
        for (const OptionSpec &option : (command ? command->options : QList<OptionSpec>()) + globalOptions())
            plan.words << Candidate{"--"_L1 + option.name, option.help};
    } else if (!command) {
        addCommandWords(plan, first);
    } else if (operands < command->maxOperands && !command->operands.isEmpty()) {
        addOperand(plan, command->operands.at(std::min<qsizetype>(operands, command->operands.size() - 1)));
    }
    return plan;
}

QList<Candidate> matching(const QList<Candidate> &candidates, const QString &prefix)
{
    QList<Candidate> found;
    QSet<QString> seen;
    for (const Candidate &candidate : candidates) {
        if (candidate.text.startsWith(prefix) && !seen.contains(candidate.text)) {
            seen.insert(candidate.text);
            found << candidate;
        }
    }
    return found;
}

QString completionScript(const QString &shell)
{
    // Each asks `capsule __complete -- WORD...`, which answers one candidate a line, a tab before its description,
    // or ":folders".
    if (shell == "bash"_L1) {
        return uR"sh(_capsule() {
    local line current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    while IFS= read -r line; do
        if [ "$line" = :folders ]; then
            compopt -o filenames
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current")
        else
            COMPREPLY+=("$(printf %q "${line%%$'\t'*}")")
        fi
    done < <(capsule __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _capsule capsule
)sh"_s;
    }
    if (shell == "zsh"_L1) {
        return uR"sh(#compdef capsule
_capsule() {
    local line
    local -a candidates descriptions
    while IFS= read -r line; do
        if [[ $line == :folders ]]; then
            _files -/
            return
        fi
        candidates+=("${line%%$'\t'*}")
        descriptions+=("${line/$'\t'/  -- }")
    done < <(capsule __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    compadd -l -d descriptions -a candidates
}
if [[ ${funcstack[1]-} == _capsule ]]; then _capsule "$@"; elif (( $+functions[compdef] )); then compdef _capsule capsule; fi
)sh"_s;
    }
    if (shell == "fish"_L1) {
        return uR"sh(function __capsule_complete
    set -l words (commandline -opc) (commandline -ct | string collect --allow-empty)
    for line in (capsule __complete -- $words[2..-1] 2>/dev/null)
        if test "$line" = :folders
            __fish_complete_directories (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c capsule -f -a '(__capsule_complete)'
)sh"_s;
    }
    return {};
}

} // namespace capsule::cli
