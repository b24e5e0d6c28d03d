// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/agentcatalog.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

using namespace capsule;
using namespace Qt::StringLiterals;

class TestAgentCatalog : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_root;
    QString m_user;
    QString m_shipped;

    static void put(const QString &dir, const QString &id, const QByteArray &content)
    {
        QVERIFY(QDir().mkpath(dir + u'/' + id));
        QFile file(dir + u'/' + id + "/agent.json"_L1);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    static QByteArray agent(const QByteArray &id, const QByteArray &name) { return "{\"id\": \"" + id + "\", \"name\": \"" + name + "\"}"; }
    AgentCatalog catalog() const { return AgentCatalog({m_user, m_shipped}); }
    static QStringList namesIn(const api::AgentListResult &list)
    {
        QStringList names;
        for (const AgentInfo &info : list.agents)
            names << info.name;
        return names;
    }

private slots:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_user = m_root->filePath(u"user"_s);
        m_shipped = m_root->filePath(u"shipped"_s);
        put(m_shipped, u"shell"_s, agent("shell", "Shell"));
        put(m_shipped, u"claude-code"_s, agent("claude-code", "Claude Code"));
    }

    void listsSortedByNameWithoutAUserFolder()
    {
        const auto list = catalog().list();
        QCOMPARE(namesIn(list), QStringList({u"Claude Code"_s, u"Shell"_s}));
        QVERIFY(list.problems.empty());
        QCOMPARE(list.agents.back().origin, m_shipped + "/shell/agent.json"_L1);
    }

    void theUsersOwnWins()
    {
        put(m_user, u"shell"_s, agent("shell", "My shell"));
        QCOMPARE(namesIn(catalog().list()), QStringList({u"Claude Code"_s, u"My shell"_s}));
        QCOMPARE(catalog().find(u"shell"_s)->origin, m_user + "/shell/agent.json"_L1);
    }

    void aBadFileIsReportedAndHidesNothing()
    {
        put(m_user, u"shell"_s, R"({"id": "shell", "name": "Mine", "ports": [{"port": 0}]})");
        put(m_user, u"broken"_s, "{");
        const auto list = catalog().list();
        QCOMPARE(namesIn(list), QStringList({u"Claude Code"_s, u"Shell"_s}));
        QCOMPARE(list.problems.size(), 2u);
        QCOMPARE(list.problems.at(0).file, m_user + "/broken/agent.json"_L1);
        const AgentProblem expected{m_user + "/shell/agent.json"_L1, u"ports[0].port"_s, u"must be a number from 1 to 65535"_s};
        QCOMPARE(list.problems.at(1), expected);
        QCOMPARE(catalog().find(u"shell"_s)->name, u"Shell"_s);
    }

    void readsAnewEachTime()
    {
        const AgentCatalog same = catalog();
        QCOMPARE(same.list().agents.size(), 2u);
        put(m_user, u"late"_s, agent("late", "Late"));
        QCOMPARE(same.list().agents.size(), 3u);
        put(m_user, u"late"_s, agent("late", "Changed"));
        QCOMPARE(same.find(u"late"_s)->name, u"Changed"_s);
    }

    void findSaysWhatThereIs()
    {
        const auto missing = catalog().find(u"nope"_s);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
        QCOMPARE(missing.error().message, u"There is no agent \"nope\"; choose one of claude-code, shell."_s);
    }

    void findSaysWhyAnAgentCannotBeUsed()
    {
        put(m_user, u"broken"_s, R"({"id": "broken"})");
        const auto broken = catalog().find(u"broken"_s);
        QVERIFY(!broken);
        QCOMPARE(broken.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(broken.error().detail, m_user + "/broken/agent.json: name is missing"_L1);
    }

    void neverWaitsForWhatIsNoFile_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("reason");
        QTest::newRow("pipe") << u"pipe"_s << u"must be a file"_s;
        QTest::newRow("device") << u"device"_s << u"must be a file"_s;
        QTest::newRow("folder") << u"folder"_s << u"must be a file"_s;
        QTest::newRow("dangling link") << u"dangling"_s << u"must be a file"_s;
        QTest::newRow("nothing") << u"nothing"_s << u"is missing"_s;
    }
    void neverWaitsForWhatIsNoFile()
    {
        QFETCH(QString, kind);
        const QString dir = m_user + "/odd"_L1;
        const QString path = dir + "/agent.json"_L1;
        QVERIFY(QDir().mkpath(dir));
        if (kind == "pipe"_L1)
            QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
        else if (kind == "device"_L1)
            QVERIFY(QFile::link(u"/dev/zero"_s, path));
        else if (kind == "folder"_L1)
            QVERIFY(QDir().mkpath(path));
        else if (kind == "dangling"_L1)
            QVERIFY(QFile::link(u"/nowhere/at/all"_s, path));
        const auto list = catalog().list();
        QCOMPARE(list.agents.size(), 2u);
        QCOMPARE(list.problems.size(), 1u);
        QTEST(list.problems.front().reason, "reason");
    }

    void aHugeFileIsRefusedWithoutReadingIt()
    {
        put(m_user, u"huge"_s, "{");
        QVERIFY(QFile::resize(m_user + "/huge/agent.json"_L1, qint64(1) << 40));
        const auto list = catalog().list();
        QCOMPARE(list.problems.size(), 1u);
        QCOMPARE(list.problems.front().reason, u"must not be larger than 64 KiB"_s);
    }

    void anUnreadableFileIsReported()
    {
        if (::geteuid() == 0)
            QSKIP("root reads everything");
        put(m_user, u"closed"_s, agent("closed", "Closed"));
        QVERIFY(QFile::setPermissions(m_user + "/closed/agent.json"_L1, {}));
        QVERIFY(catalog().list().problems.front().reason.startsWith("could not be read: "_L1));
    }

    void tooManyFoldersAreCutOff()
    {
        for (int i = 0; i < 300; ++i)
            put(m_user, u"a%1"_s.arg(i, 3, 10, QChar(u'0')), agent("a" + QByteArray::number(i).rightJustified(3, '0'), "x"));
        const auto list = catalog().list();
        QCOMPARE(list.agents.size(), 258u);
        QCOMPARE(list.problems.size(), 1u);
        QCOMPARE(list.problems.front().file, m_user);
    }
};

QTEST_GUILESS_MAIN(TestAgentCatalog)
#include "tst_agentcatalog.moc"
