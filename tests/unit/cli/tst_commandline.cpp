// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commandline.h"
#include "cli/newcommand.h"

#include <QDir>
#include <QTest>

using namespace capsule;
using namespace capsule::cli;
using namespace Qt::StringLiterals;

namespace {

using Options = QMap<QString, QStringList>;

/// Words apart by blanks; '' is an empty word.
QStringList words(const char *text)
{
    QStringList list = QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts);
    list.replaceInStrings(u"''"_s, QString());
    return list;
}

} // namespace

class TestCommandLine : public QObject
{
    Q_OBJECT

private slots:
    void understands_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("command");
        QTest::addColumn<Options>("options");
        QTest::addColumn<QStringList>("operands");
        QTest::addColumn<QStringList>("rest");
        const auto row = [](const char *line, const char *command, const Options &options, const char *operands, const char *rest = "") {
            QTest::newRow(line) << words(line) << QString::fromLatin1(command) << options << words(operands) << words(rest);
        };
        const QStringList on{QString()};
        row("ls", "ls", {}, "");
        row("--json ls", "ls", {{u"json"_s, on}}, "");
        row("ls --json", "ls", {{u"json"_s, on}}, "");
        row("new shell", "new", {}, "shell");
        row("new shell --name demo -d", "new", {{u"name"_s, {u"demo"_s}}, {u"detach"_s, on}}, "shell");
        row("new --name=demo shell", "new", {{u"name"_s, {u"demo"_s}}}, "shell");
        row("new --name= shell", "new", {{u"name"_s, {QString()}}}, "shell");
        row("new -ndemo shell", "new", {{u"name"_s, {u"demo"_s}}}, "shell");
        row("new -n --odd shell", "new", {{u"name"_s, {u"--odd"_s}}}, "shell");
        row("rm -y a b c", "rm", {{u"yes"_s, on}}, "a b c");
        row("rm -- -odd", "rm", {}, "-odd");
        row("engine status", "engine status", {}, "");
        row("engine --json status", "engine status", {{u"json"_s, on}}, "");
        row("--json engine logs -f -n5", "engine logs", {{u"json"_s, on}, {u"follow"_s, on}, {u"lines"_s, {u"5"_s}}}, "");
        row("engine logs -fn 5", "engine logs", {{u"follow"_s, on}, {u"lines"_s, {u"5"_s}}}, "");
        row("exec demo -- ls -la --json", "exec", {}, "demo", "ls -la --json");
        row("exec demo ls -la -- x", "exec", {}, "demo", "ls -la -- x");
        row("exec -e A=1 --env B=2 -w /tmp demo -- env", "exec", {{u"env"_s, {u"A=1"_s, u"B=2"_s}}, {u"workdir"_s, {u"/tmp"_s}}}, "demo", "env");
        row("exec demo -- ''", "exec", {}, "demo", "''");
        row("open", "open", {}, "");
        row("help engine status", "help", {}, "engine status");
        row("__complete -- rm ''", "__complete", {}, "", "rm ''");
        row("rm --help", "rm", {{u"help"_s, on}}, "");
        row("exec -h", "exec", {{u"help"_s, on}}, "");
        row("--version", "", {{u"version"_s, on}}, "");
        row("engine --help", "", {{u"help"_s, on}}, "");
    }
    void understands()
    {
        QFETCH(QStringList, arguments);
        const auto line = parseCommandLine(arguments);
        QVERIFY2(line, line ? "" : qPrintable(line.error().message));
        QTEST(line->command ? line->command->name : QString(), "command");
        QTEST(line->options, "options");
        QTEST(line->operands, "operands");
        QTEST(line->rest, "rest");
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *line, const char *message) { QTest::newRow(line) << words(line) << QString::fromLatin1(message); };
        row("", "Which command?");
        row("--json", "Which command?");
        row("list", "There is no command \"list\".");
        row("engine", "\"engine\" needs one of start, status, stop, logs.");
        row("engine dance", "There is no command \"engine dance\".");
        row("ls x", "\"x\" is too much for \"capsule ls\".");
        row("ls --all", "\"capsule ls\" has no option --all.");
        row("-x ls", "There is no option -x before the command.");
        row("rm", "\"capsule rm\" needs more.");
        row("rename demo", "\"capsule rename\" needs more.");
        row("exec demo", "\"capsule exec\" needs more.");
        row("exec demo --", "\"capsule exec\" needs more.");
        row("new shell --name", "--name needs a value (NAME).");
        row("new shell --detach=yes", "--detach takes no value.");
        row("new shell --name a --name b", "--name is there twice.");
    }
    void refuses()
    {
        QFETCH(QStringList, arguments);
        const auto line = parseCommandLine(arguments);
        QVERIFY(!line);
        QTEST(line.error().message, "message");
    }

    void aUsageErrorKnowsThatJsonWasAskedFor()
    {
        QVERIFY(parseCommandLine({u"--json"_s, u"ls"_s, u"x"_s}).error().json);
        QVERIFY(!parseCommandLine({u"ls"_s, u"x"_s}).error().json);
    }

    void everyCommandHasHelpThatNamesItsOptions()
    {
        for (const CommandSpec &command : commands()) {
            const QString help = commandHelp(command);
            QVERIFY(help.startsWith("Usage: capsule "_L1 + command.name));
            for (const OptionSpec &option : command.options)
                QVERIFY2(help.contains("--"_L1 + option.name) && !option.help.isEmpty(), qPrintable(command.name + option.name));
            QCOMPARE(generalHelp().contains("\n  "_L1 + command.name), !command.hidden);
        }
    }

    void newAsksForWhatWasTyped()
    {
        const auto line = parseCommandLine(words("new shell --name demo --folder . --cpus 0.5 --memory 512m --pids 99 --sudo"));
        QVERIFY(line);
        const auto params = createParams(*line);
        QVERIFY(params);
        api::SessionCreateParams expected;
        expected.agentId = u"shell"_s;
        expected.name = u"demo"_s;
        expected.workspace = {WorkspaceKind::Copy, QDir::currentPath()};
        expected.limits = {.cpus = 0.5, .memoryBytes = 512 * 1024 * 1024, .pids = 99};
        expected.privileges = Privileges::Sudo;
        QCOMPARE(QDir::cleanPath(params->workspace.path), QDir::currentPath());
        auto got = *params;
        got.workspace.path = QDir::cleanPath(got.workspace.path);
        QCOMPARE(got, expected);
    }

    void newLeavesToTheAgentWhatWasNotTyped()
    {
        const auto params = createParams(*parseCommandLine(words("new shell")));
        QVERIFY(params);
        QCOMPARE(params->limits, Limits());
        QVERIFY(!params->privileges);
        QCOMPARE(params->workspace.kind, WorkspaceKind::Empty);
        QCOMPARE(createParams(*parseCommandLine(words("new shell --no-sudo")))->privileges, Privileges::Locked);
    }

    void newRefusesValues_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *line, const char *message) { QTest::newRow(line) << words(line) << QString::fromLatin1(message); };
        row("new shell --cpus many", "--cpus needs a number of processors such as 2 or 0.5.");
        row("new shell --cpus -1", "--cpus needs a number of processors such as 2 or 0.5.");
        row("new shell --cpus nan", "--cpus needs a number of processors such as 2 or 0.5.");
        row("new shell --memory lots", "--memory needs a size such as 4g or 512m.");
        row("new shell --pids 1.5", "--pids needs a number of processes.");
        row("new shell --sudo --no-sudo", "--sudo and --no-sudo do not go together.");
        row("new shell --name=", "--name needs a name.");
        row("new shell --folder=", "--folder needs a folder.");
    }
    void newRefusesValues()
    {
        QFETCH(QStringList, arguments);
        const auto params = createParams(*parseCommandLine(arguments));
        QVERIFY(!params);
        QTEST(params.error().message, "message");
    }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
