// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace capsule::cli;
using namespace Qt::StringLiterals;

class TestCompletion : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    static QStringList words(const QList<Candidate> &candidates)
    {
        QStringList list;
        for (const Candidate &candidate : candidates)
            list << candidate.text;
        return list;
    }

    /// Runs a real shell with a `capsule` on its PATH that answers every question alike and writes down the question.
    QByteArray runShell(const QString &shell, const QStringList &options, const QString &script)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PATH"_s, m_dir.path() + u':' + environment.value(u"PATH"_s));
        environment.insert(u"HOME"_s, m_dir.path());
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_dir.path());
        process.start(shell, options + QStringList{script});
        if (!process.waitForFinished())
            return "did not end";
        return process.readAllStandardOutput() + process.readAllStandardError();
    }
    QByteArray question()
    {
        QFile file(m_dir.filePath(u"asked"_s));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void writeFile(const QString &name, const QByteArray &content)
    {
        QFile file(m_dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
        QVERIFY(file.setPermissions(file.permissions() | QFile::ExeOwner | QFile::ExeUser));
    }

private slots:
    void initTestCase()
    {
        writeFile(u"capsule"_s, "#!/bin/sh\nprintf '<%s>' \"$@\" >'" + m_dir.path().toUtf8() + "/asked'\nprintf 'demo\\tShell, running\\nmy demo\\tShell, stopped\\n'\n");
        for (const QString &shell : {u"bash"_s, u"zsh"_s, u"fish"_s})
            writeFile(u"completion."_s + shell, completionScript(shell).toUtf8());
    }

    void plans_data()
    {
        QTest::addColumn<QStringList>("line");
        QTest::addColumn<QStringList>("offered");
        QTest::addColumn<int>("asks");
        QTest::addColumn<bool>("folders");
        const auto row = [](const char *name, const QStringList &line, const QStringList &offered, Operand asks = Operand::None, bool folders = false) {
            QTest::newRow(name) << line << offered << int(asks) << folders;
        };
        row("a command", {u"re"_s}, {u"rename"_s});
        row("engine", {u"eng"_s}, {u"engine"_s});
        row("its second word", {u"engine"_s, u"st"_s}, {u"start"_s, u"status"_s, u"stop"_s});
        row("options", {u"rm"_s, u"--"_s}, {u"--yes"_s, u"--json"_s, u"--help"_s, u"--version"_s});
        row("options of engine stop", {u"engine"_s, u"stop"_s, u"--s"_s}, {u"--sessions"_s});
        row("an agent", {u"new"_s, u""_s}, {}, Operand::Agent);
        row("an agent after options", {u"new"_s, u"--name"_s, u"x"_s, u"-d"_s, u"sh"_s}, {}, Operand::Agent);
        row("nothing after the agent", {u"new"_s, u"shell"_s, u""_s}, {});
        row("a folder", {u"new"_s, u"--folder"_s, u"/t"_s}, {}, Operand::None, true);
        row("a folder, short", {u"new"_s, u"shell"_s, u"-f"_s, u""_s}, {}, Operand::None, true);
        row("nothing for a name", {u"new"_s, u"--name"_s, u""_s}, {});
        row("a session", {u"attach"_s, u""_s}, {}, Operand::Session);
        row("another session", {u"rm"_s, u"a"_s, u"b"_s}, {}, Operand::Session);
        row("a session to rename", {u"rename"_s, u""_s}, {}, Operand::Session);
        row("not its new name", {u"rename"_s, u"demo"_s, u""_s}, {});
        row("a session for exec", {u"exec"_s, u"-e"_s, u"A=1"_s, u""_s}, {}, Operand::Session);
        row("not its command", {u"exec"_s, u"demo"_s, u""_s}, {});
        row("nor after --", {u"exec"_s, u"demo"_s, u"--"_s, u"l"_s}, {});
        row("a shell", {u"completion"_s, u""_s}, {u"bash"_s, u"zsh"_s, u"fish"_s});
        row("a command to explain", {u"help"_s, u"at"_s}, {u"attach"_s});
        row("an unknown command", {u"nope"_s, u""_s}, {});
    }
    void plans()
    {
        QFETCH(QStringList, line);
        const CompletionPlan plan = planCompletion(line);
        QCOMPARE(plan.prefix, line.last());
        QTEST(words(matching(plan.words, plan.prefix)), "offered");
        QTEST(int(plan.asks), "asks");
        QTEST(plan.folders, "folders");
    }

    void everyVisibleCommandIsOffered()
    {
        const QStringList offered = words(planCompletion({QString()}).words);
        for (const CommandSpec &command : commands())
            QCOMPARE(offered.contains(command.name.section(u' ', 0, 0)), !command.hidden);
    }

    void bashCompletes()
    {
        const QByteArray out = runShell(u"bash"_s, {u"--norc"_s, u"-c"_s},
            u"source ./completion.bash; COMP_WORDS=(capsule attach 'd'); COMP_CWORD=2; _capsule; printf '[%s]' \"${COMPREPLY[@]}\""_s);
        QCOMPARE(out, "[demo][my\\ demo]");
        QCOMPARE(question(), "<__complete><--><attach><d>");
    }

    void bashOffersFolders()
    {
        const QByteArray out = runShell(u"bash"_s, {u"--norc"_s, u"-c"_s},
            u"capsule() { echo :folders; }; compopt() { :; }; mkdir -p 'one dir' two; source ./completion.bash; COMP_WORDS=(capsule new --folder ''); COMP_CWORD=3; "
             "_capsule; printf '[%s]\\n' \"${COMPREPLY[@]}\" | sort"_s);
        QCOMPARE(out, "[one dir]\n[two]\n");
    }

    void zshCompletes()
    {
        if (QStandardPaths::findExecutable(u"zsh"_s).isEmpty())
            QSKIP("zsh is not installed");
        const QByteArray out = runShell(u"zsh"_s, {u"-f"_s, u"-c"_s},
            u"compadd() { print -r -- \"${(@P)@[-1]}\" ; print -r -- \"${(P)@[3]}\" }; source ./completion.zsh; words=(capsule attach 'd'); CURRENT=3; _capsule"_s);
        QVERIFY2(out.contains("demo") && out.contains("my demo"), out.constData());
        QCOMPARE(question(), "<__complete><--><attach><d>");
    }

    void fishCompletes()
    {
        if (QStandardPaths::findExecutable(u"fish"_s).isEmpty())
            QSKIP("fish is not installed");
        const QByteArray out = runShell(u"fish"_s, {u"--no-config"_s, u"-c"_s}, u"source ./completion.fish; complete -C 'capsule attach d'"_s);
        QVERIFY2(out.contains("demo\tShell, running"), out.constData());
        QCOMPARE(question(), "<__complete><--><attach><d>");
    }

    void onlyThreeShellsHaveScripts()
    {
        QVERIFY(completionScript(u"tcsh"_s).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCompletion)
#include "tst_completion.moc"
