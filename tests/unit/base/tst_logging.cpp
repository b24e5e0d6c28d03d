// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/logging.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestLogging : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

    static QByteArray contents(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void messagesGoToAPrivateFileThatRotates()
    {
        const QString path = m_dir.filePath(u"state/engine.log"_s);
        QVERIFY(logToFile(path, 4096).has_value());
        for (int i = 0; i < 200; ++i)
            qCInfo(lcEngine).noquote() << "message number" << i << QString(40, u'x');
        qInstallMessageHandler(nullptr);

        const QByteArray newest = contents(path);
        QVERIFY(newest.contains("capsule.engine: message number 199"));
        QVERIFY(contents(path + ".1"_L1).size() > 0);
        QVERIFY(contents(path + ".2"_L1).size() > 0);
        QVERIFY(!QFile::exists(path + ".3"_L1));
        for (const QString &file : {path, QString(path + ".1"_L1), QString(path + ".2"_L1)}) {
            QVERIFY(QFile(file).size() <= 4096);
            struct stat info{};
            QCOMPARE(::stat(QFile::encodeName(file).constData(), &info), 0);
            QCOMPARE(info.st_mode & 0077, mode_t(0));
        }
    }

    void aFileThatCannotBeOpenedIsSaid() { QVERIFY(!logToFile(u"/proc/nowhere/engine.log"_s).has_value()); }
};

QTEST_GUILESS_MAIN(TestLogging)
#include "tst_logging.moc"
