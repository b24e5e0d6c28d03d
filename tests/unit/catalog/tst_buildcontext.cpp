// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/buildcontext.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace capsule;
using namespace Qt::StringLiterals;

class TestBuildContext : public QObject
{
    Q_OBJECT

    static void put(const QString &path, const QByteArray &content, bool executable = false)
    {
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
        if (executable)
            QVERIFY(file.setPermissions(file.permissions() | QFile::ExeUser | QFile::ExeOwner));
    }

private slots:
    void readsRegularFilesSorted()
    {
        QTemporaryDir dir;
        put(dir.filePath(u"b/two"_s), "2", true);
        put(dir.filePath(u".hidden"_s), "h");
        put(dir.filePath(u"a"_s), "1");
        QVERIFY(QFile::link(u"/etc/passwd"_s, dir.filePath(u"link"_s)));
        const std::vector<ContextFile> expected{{u".hidden"_s, "h", false}, {u"a"_s, "1", false}, {u"b/two"_s, "2", true}};
        const auto files = readContext(dir.path());
        QVERIFY(files);
        QVERIFY(*files == expected);
    }

    void systemTarReadsOurs()
    {
        const auto tar = makeTar({{u"Dockerfile"_s, "FROM x\n", false}, {u"files/run"_s, QByteArray(1500, 'r'), true}, {u"empty"_s, {}, false}});
        QVERIFY(tar);
        QTemporaryDir dir;
        put(dir.filePath(u"x.tar"_s), *tar);
        QProcess list;
        list.start(u"tar"_s, {u"--list"_s, u"--verbose"_s, u"--numeric-owner"_s, u"--utc"_s, u"--file"_s, dir.filePath(u"x.tar"_s)});
        QVERIFY(list.waitForFinished());
        QCOMPARE(list.readAllStandardError(), QByteArray());
        QCOMPARE(QString::fromUtf8(list.readAllStandardOutput()).simplified(),
                 u"-rw-r--r-- 0/0 7 1970-01-01 00:00 Dockerfile -rwxr-xr-x 0/0 1500 1970-01-01 00:00 files/run "
                  "-rw-r--r-- 0/0 0 1970-01-01 00:00 empty"_s);
        QProcess extract;
        extract.start(u"tar"_s, {u"--extract"_s, u"--to-stdout"_s, u"--file"_s, dir.filePath(u"x.tar"_s), u"files/run"_s});
        QVERIFY(extract.waitForFinished());
        QCOMPARE(extract.readAllStandardOutput(), QByteArray(1500, 'r'));
    }

    void sizeIsBounded()
    {
        QTemporaryDir dir;
        put(dir.filePath(u"big"_s), "x");
        QVERIFY(QFile::resize(dir.filePath(u"big"_s), qint64(1) << 40));
        const auto files = readContext(dir.path());
        QVERIFY(!files);
        QCOMPARE(files.error().code, ErrorCode::TooLarge);
        QCOMPARE(makeTar({{u"a"_s, QByteArray(contextMaxBytes, 'x'), false}}).error().code, ErrorCode::TooLarge);
        QCOMPARE(makeTar({{QString(101, u'p'), {}, false}}).error().code, ErrorCode::TooLarge);
    }

    void oversizedCertificatesAreLeftOut()
    {
        QTemporaryDir dir;
        put(dir.filePath(u"a.crt"_s), QByteArray(1 << 20, 'x'));
        put(dir.filePath(u"b.crt"_s), "PEM");
        QVERIFY(hostCertificates(dir.path()) == std::vector<ContextFile>({{u"ca/host-0.crt"_s, "PEM", false}}));
        QVERIFY(hostCertificates(dir.filePath(u"nothing"_s)).empty());
    }
};

QTEST_GUILESS_MAIN(TestBuildContext)
#include "tst_buildcontext.moc"
