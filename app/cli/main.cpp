// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/exitcodes.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QTimer>

#include <csignal>

using namespace capsule::cli;
using namespace Qt::StringLiterals;

namespace {

int usage(const UsageError &error)
{
    const QString hint = error.command ? u"Usage: capsule %1 %2"_s.arg(error.command->name, error.command->synopsis) : u"\"capsule --help\" lists the commands."_s;
    Output(error.json).usage(error.message, hint);
    return exitUsage;
}

int help(const QString &name)
{
    if (name.isEmpty()) {
        writeOut(generalHelp().toLocal8Bit());
        return exitOk;
    }
    const CommandSpec *command = findCommand(name);
    if (!command)
        return usage({u"There is no command \"%1\"."_s.arg(name)});
    writeOut(commandHelp(*command).toLocal8Bit());
    return exitOk;
}

/// What needs neither the engine nor the event loop; nothing when it is not that.
std::optional<int> atOnce(const CommandLine &line)
{
    if (line.has(u"help"_s))
        return help(line.command ? line.command->name : QString());
    if (line.has(u"version"_s)) {
        const Output output(line.json());
        output.text(u"capsule %1\n"_s.arg(QStringLiteral(CAPSULE_VERSION)));
        output.json({{u"version"_s, QStringLiteral(CAPSULE_VERSION)}});
        return exitOk;
    }
    if (line.command->name == "help"_L1)
        return help(line.operands.join(u' '));
    if (line.command->name == "completion"_L1) {
        const QString script = completionScript(line.operands.at(0));
        if (script.isEmpty())
            return usage({u"There is no completion for \"%1\"; choose bash, zsh or fish."_s.arg(line.operands.at(0)), line.command, line.json()});
        writeOut(script.toLocal8Bit());
        return exitOk;
    }
    return std::nullopt;
}

} // namespace

int main(int argc, char *argv[])
{
    // A reader that goes away shows as a failed write.
    std::signal(SIGPIPE, SIG_IGN);
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"capsule"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(CAPSULE_VERSION));
    // What matters to the user is printed as an error; QT_LOGGING_RULES brings the rest back.
    QLoggingCategory::setFilterRules(u"capsule.*=false"_s);

    const auto line = parseCommandLine(QCoreApplication::arguments().sliced(1));
    if (!line)
        return usage(line.error());
    if (const auto code = atOnce(*line))
        return *code;
    const auto command = makeCommand(*line);
    QObject::connect(command.get(), &Command::finished, &app, [](int exitCode) { QCoreApplication::exit(exitCode); }, Qt::QueuedConnection);
    QTimer::singleShot(0, command.get(), &Command::run);
    return QCoreApplication::exec();
}
