// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commandline.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

class Parser
{
public:
    explicit Parser(const QStringList &arguments)
        : m_arguments(arguments)
    {
    }

    std::expected<CommandLine, UsageError> parse()
    {
        while (m_problem.isEmpty() && m_next < m_arguments.size())
            takeArgument(m_arguments.at(m_next++));
        if (m_problem.isEmpty())
            checkWhole();
        if (!m_problem.isEmpty())
            return std::unexpected(UsageError{m_problem, m_line.command, m_line.json()});
        return m_line;
    }

private:
    void takeArgument(const QString &argument)
    {
        if (argument == "--"_L1) {
            takeRest();
        } else if (argument.startsWith("--"_L1)) {
            takeLongOption(argument.sliced(2));
        } else if (argument.startsWith('-'_L1) && argument.size() > 1) {
            takeLetters(argument.sliced(1));
        } else if (!m_line.command) {
            takeCommandName(argument);
        } else if (m_line.command->takesCommand && m_line.operands.size() == m_line.command->maxOperands) {
            --m_next;
            takeRest();
        } else {
            m_line.operands << argument;
        }
    }

    void takeRest()
    {
        const QStringList rest = m_arguments.sliced(m_next);
        m_next = m_arguments.size();
        if (m_line.command && m_line.command->takesCommand)
            m_line.rest = rest;
        else
            m_line.operands << rest;
    }

    void takeCommandName(const QString &word)
    {
        QString name = word;
        if (word == "engine"_L1) {
            // The options of all commands may stand between the two words.
            const auto second = std::find_if(m_arguments.begin() + m_next, m_arguments.end(), [](const QString &next) { return !next.startsWith('-'_L1); });
            if (second == m_arguments.end()) {
                m_problem = m_line.has(u"help"_s) || m_arguments.contains("--help"_L1) || m_arguments.contains("-h"_L1)
                    ? QString() : u"\"engine\" needs one of start, status, stop, logs."_s;
                if (m_problem.isEmpty())
                    m_next = m_arguments.size(), m_line.options[u"help"_s] = {QString()};
                return;
            }
            name += u' ' + *second;
            m_arguments.erase(second);
        }
        m_line.command = findCommand(name);
        if (!m_line.command)
            m_problem = u"There is no command \"%1\"."_s.arg(name);
    }

    const OptionSpec *find(auto matches) const
    {
        const auto in = [&](const QList<OptionSpec> &options) -> const OptionSpec * {
            const auto it = std::ranges::find_if(options, matches);
            return it == options.end() ? nullptr : &*it;
        };
        const OptionSpec *own = m_line.command ? in(m_line.command->options) : nullptr;
        return own ? own : in(globalOptions());
    }

    void takeLongOption(const QString &text)
    {
        const qsizetype equals = text.indexOf('='_L1);
        const QString name = text.left(equals < 0 ? text.size() : equals);
        const OptionSpec *option = find([&](const OptionSpec &spec) { return spec.name == name; });
        if (!option)
            return refuse("--"_L1 + name);
        if (option->value.isEmpty()) {
            if (equals >= 0)
                m_problem = u"--%1 takes no value."_s.arg(name);
            m_line.options[name] = {QString()};
        } else if (equals >= 0) {
            m_line.options[name] << text.sliced(equals + 1);
        } else {
            takeValue(*option, "--"_L1 + name);
        }
    }

    void takeLetters(const QString &letters)
    {
        const OptionSpec *option = find([&](const OptionSpec &spec) { return spec.letter == letters.front(); });
        if (!option)
            return refuse(u'-' + letters);
        if (!option->value.isEmpty()) {
            if (letters.size() > 1)
                m_line.options[option->name] << letters.sliced(1);
            else
                takeValue(*option, u'-' + letters);
            return;
        }
        m_line.options[option->name] = {QString()};
        if (letters.size() > 1)
            takeLetters(letters.sliced(1));
    }

    void takeValue(const OptionSpec &option, const QString &shown)
    {
        if (m_next >= m_arguments.size())
            m_problem = u"%1 needs a value (%2)."_s.arg(shown, option.value);
        else
            m_line.options[option.name] << m_arguments.at(m_next++);
    }

    void refuse(const QString &option)
    {
        m_problem = m_line.command ? u"\"capsule %1\" has no option %2."_s.arg(m_line.command->name, option)
                                   : u"There is no option %1 before the command."_s.arg(option);
    }

    void checkWhole()
    {
        if (m_line.has(u"help"_s) || m_line.has(u"version"_s))
            return;
        if (!m_line.command) {
            m_problem = u"Which command?"_s;
            return;
        }
        const CommandSpec &command = *m_line.command;
        if (m_line.operands.size() > command.maxOperands)
            m_problem = u"\"%1\" is too much for \"capsule %2\"."_s.arg(m_line.operands.at(command.maxOperands), command.name);
        else if (m_line.operands.size() < command.minOperands || (command.takesCommand && m_line.rest.isEmpty() && !command.hidden))
            m_problem = u"\"capsule %1\" needs more."_s.arg(command.name);
        for (auto it = m_line.options.begin(); it != m_line.options.end() && m_problem.isEmpty(); ++it) {
            if (it.value().size() > 1 && it.key() != "env"_L1)
                m_problem = u"--%1 is there twice."_s.arg(it.key());
        }
    }

    QStringList m_arguments;
    qsizetype m_next = 0;
    CommandLine m_line;
    QString m_problem;
};

} // namespace

std::expected<CommandLine, UsageError> parseCommandLine(const QStringList &arguments)
{
    return Parser(arguments).parse();
}

} // namespace capsule::cli
