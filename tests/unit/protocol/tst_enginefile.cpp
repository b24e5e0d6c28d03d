// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/enginefile.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

/// JSON with single quotes: moc loses its way in raw strings that hold odd quotes or slashes.
QByteArray json(QByteArray text)
{
    return text.replace('\'', '"');
}

const EngineFile sample{
    u"0.1.0"_s, 1, 4242, u"http://127.0.0.1:4000"_s, u"secret"_s, QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::UTC)};

QByteArray path()
{
    return QFile::encodeName(EngineFile::path().value());
}

void writeRaw(const QByteArray &bytes, mode_t mode = 0600)
{
    QFile file(EngineFile::path().value());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    QCOMPARE(::chmod(path().constData(), mode), 0);
}

} // namespace

class TestEngineFile : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_dir->path()));
    }

    void whatIsWrittenIsReadAgain()
    {
        QVERIFY(EngineFile::write(sample).has_value());
        QCOMPARE(EngineFile::read().value(), sample);
        EngineFile::remove();
        QCOMPARE(EngineFile::read().error().code, ErrorCode::NotFound);
    }

    void nobodyElseCanReadIt()
    {
        const mode_t before = ::umask(0);
        QVERIFY(EngineFile::write(sample).has_value());
        ::umask(before);
        struct stat info{};
        QCOMPARE(::stat(path().constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t(0600));
        QCOMPARE(::stat(QFile::encodeName(m_dir->filePath(u"capsule"_s)).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t(0700));
    }

    void aFileReadableByOthersIsRefused()
    {
        writeRaw(json("{'pid':1,'address':'http://127.0.0.1:1','token':'x'}"), 0644);
        QCOMPARE(EngineFile::read().error().code, ErrorCode::PermissionDenied);
    }

    void aFolderOpenToOthersIsRefused()
    {
        QVERIFY(EngineFile::write(sample).has_value());
        QCOMPARE(::chmod(QFile::encodeName(m_dir->filePath(u"capsule"_s)).constData(), 0755), 0);
        QCOMPARE(EngineFile::read().error().code, ErrorCode::PermissionDenied);
        QCOMPARE(EngineFile::write(sample).error().code, ErrorCode::PermissionDenied);
    }

    void linksAreNotFollowed()
    {
        writeRaw("x"); // makes the folder
        const QByteArray target = QFile::encodeName(m_dir->filePath(u"elsewhere.json"_s));
        QFile elsewhere(QFile::decodeName(target));
        QVERIFY(elsewhere.open(QIODevice::WriteOnly));
        elsewhere.write(json("{'pid':1,'address':'http://127.0.0.1:1','token':'x'}"));
        elsewhere.close();
        QCOMPARE(::chmod(target.constData(), 0600), 0);
        QCOMPARE(::unlink(path().constData()), 0);
        QCOMPARE(::symlink(target.constData(), path().constData()), 0);
        QVERIFY(!EngineFile::read().has_value());
    }

    void damagedFilesAreSaidToBeSo_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("garbage") << QByteArray("\0\1\2garbage", 10);
        QTest::newRow("no token") << json("{'pid':1,'address':'http://127.0.0.1:1'}");
        QTest::newRow("pid as text") << json("{'pid':'1','address':'a','token':'x'}");
        QTest::newRow("list") << QByteArray("[]");
    }

    void damagedFilesAreSaidToBeSo()
    {
        QFETCH(const QByteArray, bytes);
        writeRaw(bytes);
        const auto file = EngineFile::read();
        QVERIFY(!file.has_value());
        QVERIFY2(file.error().message.contains(u"damaged"), qPrintable(file.error().message));
    }
};

QTEST_GUILESS_MAIN(TestEngineFile)
#include "tst_enginefile.moc"
