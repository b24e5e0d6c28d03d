// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestPaths : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        for (const char *variable : {"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"})
            qputenv(variable, m_dir->path().toUtf8());
    }

    void followTheEnvironment()
    {
        QCOMPARE(paths::configDir(), m_dir->filePath(u"capsule"_s));
        qputenv("XDG_DATA_HOME", "relative/is/ignored");
        QCOMPARE(paths::dataDir(), QDir::homePath() + "/.local/share/capsule"_L1);
        qunsetenv("XDG_STATE_HOME");
        QCOMPARE(paths::stateDir(), QDir::homePath() + "/.local/state/capsule"_L1);
    }

    void theRuntimeFolderIsOursAlone()
    {
        const mode_t before = ::umask(0);
        const auto dir = paths::runtimeDir();
        ::umask(before);
        QVERIFY(dir.has_value());
        struct stat info{};
        QCOMPARE(::stat(QFile::encodeName(*dir).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t(0700));
        QCOMPARE(paths::runtimeDir().value(), *dir); // a second time
    }

    void aRuntimeFolderThatIsNotOursAloneIsRefused_data()
    {
        QTest::addColumn<QString>("trick");
        for (const char *trick : {"open", "link", "file"})
            QTest::newRow(trick) << QString::fromLatin1(trick);
    }

    void aRuntimeFolderThatIsNotOursAloneIsRefused()
    {
        QFETCH(const QString, trick);
        const QString path = m_dir->filePath(u"capsule"_s);
        if (trick == "open"_L1) {
            QCOMPARE(::mkdir(QFile::encodeName(path).constData(), 0700), 0);
            QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0750), 0);
        } else if (trick == "link"_L1) {
            QVERIFY(QDir(m_dir->path()).mkdir(u"elsewhere"_s));
            QVERIFY(QFile::link(m_dir->filePath(u"elsewhere"_s), path));
        } else {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        QCOMPARE(paths::runtimeDir().error().code, ErrorCode::PermissionDenied);
        QVERIFY(!paths::runtimeDir().error().message.isEmpty());
    }

    void aParentThatCannotBeWrittenIsSaid() { QVERIFY(!paths::makePrivateDir(u"/proc/nowhere/capsule"_s).has_value()); }

    void theUsersAgentsComeFirst()
    {
        qputenv("CAPSULE_DATA_DIR", CAPSULE_SOURCE_DIR);
        const QStringList dirs = paths::agentDirs();
        QCOMPARE(dirs.first(), m_dir->filePath(u"capsule/agents"_s));
        QCOMPARE(dirs.last(), QStringLiteral(CAPSULE_SOURCE_DIR "/agents"));
        qunsetenv("CAPSULE_DATA_DIR");
    }
};

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_paths.moc"
