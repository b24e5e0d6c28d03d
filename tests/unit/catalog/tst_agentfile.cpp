// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/agentfile.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace capsule;
using namespace Qt::StringLiterals;

class TestAgentFile : public QObject
{
    Q_OBJECT

    /// JSON in these tests has single quotes, so that it can be read.
    static QByteArray json(QByteArray text) { return text.replace('\'', '"'); }
    static QByteArray withField(const QByteArray &field)
    {
        return json("{'id': 'demo', 'name': 'Demo'" + (field.isEmpty() ? QByteArray() : ", " + field) + "}");
    }

private slots:
    void readsEveryField()
    {
        const auto profile = parseAgentFile(json("{ "
            "'id': 'demo', 'name': 'Demo', 'description': 'Shows all', 'icon': 'demo-icon', "
            "'install': 'npm install -g demo', 'setup': 'demo start --port 9000 &', 'command': ['demo', '--fast', ''], "
            "'environment': {'ZED': '1', 'DEMO_MODE': 'a=b c'}, 'limits': {'cpus': 1.5, 'memory': '2g', 'pids': 300}, "
            "'sudo': true, 'ports': [{'port': 9000, 'label': 'Dashboard'}, {'port': 1}], 'warm_pool': true, 'future': {'x': [1]}}"),
            u"demo"_s, u"/agents/demo/agent.json"_s);
        QVERIFY2(profile, profile ? "" : qPrintable(describe(profile.error())));
        const AgentProfile expected{.id = u"demo"_s, .name = u"Demo"_s, .description = u"Shows all"_s, .icon = u"demo-icon"_s,
            .install = u"npm install -g demo"_s, .setup = u"demo start --port 9000 &"_s, .command = {u"demo"_s, u"--fast"_s, QString()},
            .environment = {u"DEMO_MODE=a=b c"_s, u"ZED=1"_s}, .limits = {.cpus = 1.5, .memoryBytes = qint64(2) << 30, .pids = 300},
            .privileges = Privileges::Sudo, .ports = {{9000, u"Dashboard"_s}, {1, {}}}, .warmPool = true,
            .origin = u"/agents/demo/agent.json"_s};
        QCOMPARE(*profile, expected);
    }

    void defaultsAreTheLockedOnes()
    {
        const auto profile = parseAgentFile(withField({}), u"demo"_s, u"f"_s);
        QVERIFY(profile);
        QCOMPARE(profile->privileges, Privileges::Locked);
        QCOMPARE(profile->limits, Limits());
        QVERIFY(profile->command.isEmpty() && profile->install.isEmpty() && profile->environment.isEmpty());
    }

    void acceptsHarmlessOddities_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::newRow("null is missing") << QByteArray("'install': null, 'ports': null, 'limits': null, 'sudo': null");
        QTest::newRow("empty command") << QByteArray("'command': []");
        QTest::newRow("memory in bytes") << QByteArray("'limits': {'memoryBytes': 67108864}");
        QTest::newRow("unknown keys") << QByteArray("'dashboards': [1, 2], 'limits': {'gpus': 1}");
        QTest::newRow("other scripts") << QByteArray("\"description\": \"\xd0\xb0\xd0\xb3\xd0\xb5\xd0\xbd\xd1\x82 \xf0\x9f\x90\x9a\"");
        QTest::newRow("shell text") << QByteArray("'install': 'a && b | c > d $(e)'");
    }
    void acceptsHarmlessOddities()
    {
        QFETCH(QByteArray, field);
        const auto profile = parseAgentFile(withField(field), u"demo"_s, u"f"_s);
        QVERIFY2(profile, profile ? "" : qPrintable(describe(profile.error())));
    }

    void namesKeyAndReason_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QString>("problem");
        const auto row = [](const char *name, const QByteArray &field, const char *problem) {
            QTest::newRow(name) << field << QString::fromLatin1(problem);
        };
        row("port too large", "'ports': [{'port': 65536}]", "ports[0].port must be a number from 1 to 65535");
        row("port zero", "'ports': [{'port': 1}, {'port': 0}]", "ports[1].port must be a number from 1 to 65535");
        row("port missing", "'ports': [{'label': 'x'}]", "ports[0].port must be a number from 1 to 65535");
        row("port as text", "'ports': [{'port': '80'}]", "ports[0].port must be a number from 1 to 65535");
        row("port with fraction", "'ports': [{'port': 80.5}]", "ports[0].port must be a whole number from 1 to 65535");
        row("port twice", "'ports': [{'port': 80}, {'port': 80}]", "ports[1].port must not be the same as an earlier one");
        row("port label", "'ports': [{'port': 80, 'label': 5}]", "ports[0].label must be a text");
        row("ports no list", "'ports': {'port': 80}", "ports must be a list");
        row("port no object", "'ports': [80]", "ports[0] must be an object with port and label");
        row("too many ports", "'ports': [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]", "ports must have at most 16 items");
        row("command as text", "'command': 'demo --fast'", "command must be a list");
        row("command of numbers", "'command': ['demo', 5]", "command[1] must be a text");
        row("command without program", "'command': ['', 'x']", "command[0] must name a program");
        row("command with NUL", "'command': ['demo', 'a\\u0000b']", "command[1] must not contain control characters or line breaks");
        row("name as list", "'name': ['Demo']", "name must be a text");
        row("name empty", "'name': '  '", "name must not be empty");
        row("name with escape", "'name': 'De\\u001b[31mmo'", "name must not contain control characters or line breaks");
        row("name turned around", "'name': '\\u202eomeD'", "name must not contain control characters or line breaks");
        row("name broken", "'name': '\\ud800'", "name must not contain control characters or line breaks");
        row("install with line break", "'install': 'a\\nb'", "install must not contain control characters or line breaks");
        row("install with NUL", "'install': 'a\\u0000b'", "install must not contain control characters or line breaks");
        row("C1 control", "'description': 'a\\u009bb'", "description must not contain control characters or line breaks");
        row("icon as path", "'icon': '../../etc/x.svg'",
            "icon must be the name of an icon: letters, digits, dots, hyphens and underscores, no path");
        row("icon hidden", "'icon': '.x'", "icon must be the name of an icon: letters, digits, dots, hyphens and underscores, no path");
        row("variable name", "'environment': {'A-B': '1'}",
            "environment must have names of letters, digits and underscores that do not start with a digit");
        row("variable with equals", "'environment': {'A=B': '1'}",
            "environment must have names of letters, digits and underscores that do not start with a digit");
        row("variable as number", "'environment': {'A': 1}", "environment.A must be a text");
        row("variable with line break", "'environment': {'A': '1\\nB=2'}", "environment.A must not contain control characters or line breaks");
        row("environment as list", "'environment': ['A=1']", "environment must be an object");
        row("cpus", "'limits': {'cpus': 0}", "limits.cpus must be a number from 0.1 to 1024");
        row("cpus as text", "'limits': {'cpus': '2'}", "limits.cpus must be a number from 0.1 to 1024");
        row("pids", "'limits': {'pids': 1e9}", "limits.pids must be a number from 16 to 1000000");
        row("memory unreadable", "'limits': {'memory': 'lots'}",
            "limits.memory must be a size such as \"4g\" or \"512m\", from 64 MiB to 16 TiB");
        row("memory too small", "'limits': {'memory': '1k'}",
            "limits.memory must be a size such as \"4g\" or \"512m\", from 64 MiB to 16 TiB");
        row("memory negative", "'limits': {'memoryBytes': -1}", "limits.memoryBytes must be from 64 MiB to 16 TiB");
        row("memory twice", "'limits': {'memory': '1g', 'memoryBytes': 1073741824}", "limits.memory must not stand beside memoryBytes");
        row("limits as number", "'limits': 5", "limits must be an object");
        row("sudo as text", "'sudo': 'yes'", "sudo must be true or false");
        row("warm pool as number", "'warm_pool': 3", "warm_pool must be true or false");
    }
    void namesKeyAndReason()
    {
        QFETCH(QByteArray, field);
        QFETCH(QString, problem);
        // A later member of the same name counts, so a row may replace id or name.
        const auto profile = parseAgentFile(withField(field), u"demo"_s, u"/x/agent.json"_s);
        QVERIFY(!profile);
        QCOMPARE(describe(profile.error()), "/x/agent.json: "_L1 + problem);
    }

    void refusesWholeFiles_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("start");
        QTest::newRow("empty") << QByteArray() << u"f: must be JSON: "_s;
        QTest::newRow("cut off") << json("{'id': 'demo',") << u"f: must be JSON: "_s;
        QTest::newRow("binary") << QByteArray("\x00\xff\xfe\x01", 4) << u"f: must be JSON: "_s;
        QTest::newRow("list") << QByteArray("[]") << u"f: must hold one JSON object"_s;
        QTest::newRow("deep") << QByteArray(30000, '[') << u"f: must be JSON: "_s;
        QTest::newRow("too large") << withField("\"x\": \"" + QByteArray(agentFileMaxBytes, 'x') + '"') << u"f: must not be larger than 64 KiB"_s;
        QTest::newRow("no id") << json("{'name': 'Demo'}") << u"f: id is missing"_s;
        QTest::newRow("no name") << json("{'id': 'demo'}") << u"f: name is missing"_s;
        QTest::newRow("id of another folder") << json("{'id': 'other', 'name': 'x'}") << u"f: id must equal the name of its folder"_s;
        QTest::newRow("id as path") << json("{'id': '../demo', 'name': 'x'}") << u"f: id must be 1 to 32 lower-case letters"_s;
        QTest::newRow("too many variables") << [] {
            QJsonObject environment;
            for (int i = 0; i < 65; ++i)
                environment.insert(u"V%1"_s.arg(i), u"1"_s);
            return QJsonDocument(QJsonObject{{u"id"_s, u"demo"_s}, {u"name"_s, u"x"_s}, {u"environment"_s, environment}}).toJson();
        }() << u"f: environment must have at most 64 variables"_s;
    }
    void refusesWholeFiles()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, start);
        const auto profile = parseAgentFile(bytes, u"demo"_s, u"f"_s);
        QVERIFY(!profile);
        QVERIFY2(describe(profile.error()).startsWith(start), qPrintable(describe(profile.error())));
    }

    void knowsIds_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("good");
        QTest::newRow("usual") << u"claude-code"_s << true;
        QTest::newRow("digit first") << u"9x"_s << true;
        QTest::newRow("longest") << QString(32, u'a') << true;
        QTest::newRow("too long") << QString(33, u'a') << false;
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("hyphen first") << u"-rf"_s << false;
        QTest::newRow("upper case") << u"Shell"_s << false;
        QTest::newRow("dots") << u".."_s << false;
        QTest::newRow("slash") << u"a/b"_s << false;
        QTest::newRow("line break at the end") << u"shell\n"_s << false;
        QTest::newRow("digits of another script") << u"\u0661"_s << false;
    }
    void knowsIds()
    {
        QFETCH(QString, id);
        QTEST(isAgentId(id), "good");
    }

    void shippedAgentsAreFine_data()
    {
        QTest::addColumn<QString>("id");
        QTest::newRow("shell") << u"shell"_s;
        QTest::newRow("claude-code") << u"claude-code"_s;
    }
    void shippedAgentsAreFine()
    {
        QFETCH(QString, id);
        QFile file(QStringLiteral(CAPSULE_SOURCE_DIR) + "/agents/"_L1 + id + "/agent.json"_L1);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto profile = parseAgentFile(file.readAll(), id, file.fileName());
        QVERIFY2(profile, profile ? "" : qPrintable(describe(profile.error())));
    }
};

QTEST_GUILESS_MAIN(TestAgentFile)
#include "tst_agentfile.moc"
