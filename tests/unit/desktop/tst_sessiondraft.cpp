// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/models/sessiondraft.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestSessionDraft : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

private slots:
    void namesAreSuggested_data()
    {
        QTest::addColumn<WorkspaceKind>("workspace");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QStringList>("taken");
        QTest::addColumn<QString>("name");
        QTest::newRow("agent") << WorkspaceKind::Empty << QString() << QStringList() << u"shell"_s;
        QTest::newRow("taken") << WorkspaceKind::Empty << QString() << QStringList({u"shell"_s, u"shell-2"_s}) << u"shell-3"_s;
        QTest::newRow("folder") << WorkspaceKind::Copy << u"/home/me/site/"_s << QStringList() << u"site"_s;
        QTest::newRow("folder typed half") << WorkspaceKind::Copy << u"/"_s << QStringList() << u"shell"_s;
        QTest::newRow("folder not used") << WorkspaceKind::Empty << u"/home/me/site"_s << QStringList() << u"shell"_s;
    }
    void namesAreSuggested()
    {
        QFETCH(WorkspaceKind, workspace);
        QFETCH(QString, folder);
        QFETCH(QStringList, taken);
        const SessionDraft draft{.agentId = u"shell"_s, .workspace = workspace, .folder = folder};
        QTEST(suggestedName(draft, taken), "name");
        QCOMPARE(nameProblem(suggestedName(draft, taken), taken), QString());
    }

    void namesAreChecked_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("right");
        QTest::newRow("plain") << u"web shop"_s << true;
        QTest::newRow("empty") << u"  "_s << false;
        QTest::newRow("64") << QString(64, u'a') << true;
        QTest::newRow("65") << QString(65, u'a') << false;
        QTest::newRow("control") << u"a\x1b[31m"_s << false;
        QTest::newRow("taken") << u"taken"_s << false;
        QTest::newRow("its own") << u"mine"_s << true;
    }
    void namesAreChecked()
    {
        QFETCH(QString, name);
        QTEST(nameProblem(name, {u"taken"_s, u"mine"_s}, u"mine"_s).isEmpty(), "right");
    }

    void foldersAreChecked()
    {
        const QString file = m_dir.filePath(u"file"_s);
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        const auto problem = [](const QString &folder) {
            return check({.agentId = u"shell"_s, .workspace = WorkspaceKind::Copy, .folder = folder}, {}).folder;
        };
        QCOMPARE(problem(m_dir.path()), QString());
        QVERIFY(!problem({}).isEmpty());
        QVERIFY(!problem(u"relative"_s).isEmpty());
        QVERIFY(!problem(m_dir.filePath(u"missing"_s)).isEmpty());
        QVERIFY(!problem(file).isEmpty());
        QVERIFY(!problem(u"/"_s).isEmpty());
        if (::geteuid() == 0)
            QSKIP("root may read every folder");
        QVERIFY(QDir(m_dir.path()).mkdir(u"closed"_s));
        QVERIFY(QFile::setPermissions(m_dir.filePath(u"closed"_s), {}));
        QVERIFY(problem(m_dir.filePath(u"closed"_s)).contains(u"may not read"_s));
    }

    void aRequestCarriesWhatWasTyped()
    {
        const SessionDraft draft{.agentId = u"shell"_s, .name = u"  api  "_s, .workspace = WorkspaceKind::Copy, .folder = u"~/src/"_s,
                                 .limits = {.cpus = 1.5, .memoryBytes = 1 << 30, .pids = 64}, .privileges = Privileges::Sudo};
        const auto params = toRequest(draft, {});
        QCOMPARE(params.name, u"api"_s);
        QCOMPARE(params.workspace.path, QDir::homePath() + u"/src"_s);
        QCOMPARE(params.limits, draft.limits);
        QCOMPARE(params.privileges, std::optional(Privileges::Sudo));
    }

    void anEmptyWorkspaceSendsNoFolder()
    {
        const auto params = toRequest({.agentId = u"shell"_s, .folder = u"/etc"_s}, {u"shell"_s});
        QCOMPARE(params.workspace, WorkspaceSource());
        QCOMPARE(params.name, u"shell-2"_s); // the name that the dialog showed
    }
};

QTEST_GUILESS_MAIN(TestSessionDraft)
#include "tst_sessiondraft.moc"
