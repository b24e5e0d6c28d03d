// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/enginefile.h"
#include "server/enginelock.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestEngineLock : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_runtime;

private slots:
    void init()
    {
        m_runtime = std::make_unique<QTemporaryDir>();
        qputenv("XDG_RUNTIME_DIR", m_runtime->path().toUtf8());
    }

    void isHeldByOne()
    {
        {
            const auto first = EngineLock::take();
            QVERIFY(first.has_value());
            QCOMPARE(EngineLock::take().error().code, ErrorCode::AlreadyExists);
        }
        QVERIFY(EngineLock::take().has_value());
    }

    void theSecondLearnsWhoRuns()
    {
        const auto first = EngineLock::take();
        QVERIFY(EngineLock::take().error().message.contains(u"starting already"));
        QVERIFY(EngineFile::write({u"1"_s, 1, 4242, u"http://127.0.0.1:4000"_s, u"secret"_s, QDateTime::currentDateTimeUtc()}).has_value());
        const QString message = EngineLock::take().error().message;
        QVERIFY2(message.contains(u"process 4242 at http://127.0.0.1:4000, since "), qPrintable(message));
        QVERIFY(!message.contains(u"secret"));
    }

    void aLinkInItsPlaceIsRefused()
    {
        QVERIFY(EngineLock::take().has_value()); // makes the folder
        const QString path = m_runtime->filePath(u"capsule/engine.lock"_s);
        QVERIFY(QFile::remove(path));
        QVERIFY(QFile::link(m_runtime->filePath(u"elsewhere"_s), path));
        QCOMPARE(EngineLock::take().error().code, ErrorCode::PermissionDenied);
        QVERIFY(!QFile::exists(m_runtime->filePath(u"elsewhere"_s)));
    }
};

QTEST_GUILESS_MAIN(TestEngineLock)
#include "tst_enginelock.moc"
