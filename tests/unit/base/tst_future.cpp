// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/future.h"

#include <QObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestFuture : public QObject {
    Q_OBJECT
private slots:
    void anAnswerReachesWhoAskedBeforeAndAfter()
    {
        Answer<int> answer;
        int early = 0;
        answer.future().then(this, [&](const Result<int> &value) { early = *value; });
        QVERIFY(!answer.isAnswered());
        answer.resolve(42);
        QVERIFY(answer.isAnswered());
        QTRY_COMPARE(early, 42);
        QCOMPARE(answer.future().result().value(), 42);
    }

    void onlyTheFirstAnswerCounts()
    {
        Answer<int> answer;
        answer.resolve(1);
        answer.resolve(fail(ErrorCode::Timeout, u"late"_s));
        QCOMPARE(answer.future().result().value(), 1);
    }

    void nobodyWaitsForEver()
    {
        Async<int> future;
        {
            Answer<int> answer;
            future = answer.future();
        }
        QVERIFY(future.isFinished());
        QCOMPARE(future.result().error().code, ErrorCode::Internal);
    }

    void movingItAnswersOnce()
    {
        Answer<void> first;
        const Async<void> future = first.future();
        {
            Answer<void> second(std::move(first));
            QVERIFY(!future.isFinished());
            second.resolve({});
        }
        QVERIFY(future.result().has_value());
    }

    void aContextThatIsGoneIsNotCalled()
    {
        Answer<int> answer;
        bool called = false;
        {
            QObject context;
            answer.future().then(&context, [&](const Result<int> &) { called = true; });
        }
        answer.resolve(1);
        QCoreApplication::processEvents();
        QVERIFY(!called);
    }
};

QTEST_GUILESS_MAIN(TestFuture)
#include "tst_future.moc"
