// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/jobregistry.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

class TestJobs : public QObject
{
    Q_OBJECT
private slots:
    void aJobTellsItsWayToTheEnd();
    void progressIsToldAtMostTenTimesASecondAndTheLastWordAlways();
    void outputIsBoundedAndWholeCharacters();
    void cancellingIsAskedOnceAndEndsAsCancelled();
    void endedJobsAreKeptForAWhile();
    void afterItsEndNothingChanges();
};

void TestJobs::aJobTellsItsWayToTheEnd()
{
    JobRegistry registry;
    QSignalSpy changed(&registry, &JobRegistry::changed);
    QSignalSpy output(&registry, &JobRegistry::output);
    const auto job = registry.begin(u"session.launch"_s, u"abc"_s);
    job->setPhase(u"Working"_s);
    job->appendOutput(u"line\n"_s);
    job->finish({});
    const auto last = changed.last().at(0).value<JobInfo>();
    QCOMPARE(last.state, JobState::Succeeded);
    QCOMPARE(last.phase, u"Working"_s);
    QCOMPARE(last.sessionId, u"abc"_s);
    QCOMPARE(output.size(), 1);
    QCOMPARE(output.first().at(0).toString(), job->id());
    QCOMPARE(registry.get(job->id()).value().output, u"line\n"_s);

    const auto failing = registry.begin(u"image.build"_s);
    failing->finish(fail(ErrorCode::LimitReached, u"Full."_s, u"ENOSPC"_s));
    QCOMPARE(failing->info().state, JobState::Failed);
    QCOMPARE(failing->info().error.value().detail, u"ENOSPC"_s);
    QCOMPARE(registry.list().size(), 2U);
    QCOMPARE(registry.get(u"nobody"_s).error().code, ErrorCode::NotFound);
}

void TestJobs::progressIsToldAtMostTenTimesASecondAndTheLastWordAlways()
{
    JobRegistry registry;
    const auto job = registry.begin(u"k"_s);
    QSignalSpy changed(&registry, &JobRegistry::changed);
    QSignalSpy output(&registry, &JobRegistry::output);
    QElapsedTimer time;
    time.start();
    qint64 done = 0;
    while (time.elapsed() < 450) {
        job->setProgress(++done, 0, u"bytes"_s);
        job->appendOutput(u"x"_s);
        QCoreApplication::processEvents();
    }
    QVERIFY2(changed.size() >= 3 && changed.size() <= 6, qPrintable(QString::number(changed.size())));
    QVERIFY(output.size() <= done / (16 * 1024) + 6);
    QTRY_COMPARE(changed.last().at(0).value<JobInfo>().done, done); // what was held back comes
    job->setProgress(done + 1, 0, u"bytes"_s);
    job->finish({});
    QCOMPARE(changed.last().at(0).value<JobInfo>().done, done + 1);
    qsizetype told = 0;
    for (const auto &call : output)
        told += call.at(1).toString().size();
    QCOMPARE(told, done); // no output is lost on the way
}

void TestJobs::outputIsBoundedAndWholeCharacters()
{
    JobRegistry registry;
    const auto job = registry.begin(u"k"_s);
    for (int i = 0; i < 5000; ++i)
        job->appendOutput(u"räuber €\U0001F680 %1\n"_s.arg(i));
    const QString output = job->output();
    QVERIFY(output.toUtf8().size() <= Job::outputBytes);
    QVERIFY(output.toUtf8().size() > Job::outputBytes - 4);
    QVERIFY(!output.contains(QChar::ReplacementCharacter));
    QVERIFY(output.endsWith("4999\n"_L1));
}

void TestJobs::cancellingIsAskedOnceAndEndsAsCancelled()
{
    JobRegistry registry;
    const auto job = registry.begin(u"k"_s);
    int stops = 0;
    const std::stop_callback callback(job->stopToken(), [&stops] { ++stops; });
    QVERIFY(registry.cancel(job->id()).has_value());
    QVERIFY(registry.cancel(job->id()).has_value());
    QCOMPARE(stops, 1);
    QVERIFY(job->isRunning());
    job->finish(fail(ErrorCode::Cancelled, u"Cancelled."_s));
    QCOMPARE(job->info().state, JobState::Cancelled);
    QCOMPARE(registry.cancel(job->id()).error().code, ErrorCode::Conflict);
    QCOMPARE(registry.cancel(u"nobody"_s).error().code, ErrorCode::NotFound);
}

void TestJobs::endedJobsAreKeptForAWhile()
{
    JobRegistry registry;
    const auto running = registry.begin(u"long"_s);
    QString first;
    for (size_t i = 0; i < JobRegistry::endedKept + 1; ++i) {
        const auto job = registry.begin(u"short"_s);
        if (i == 0)
            first = job->id();
        job->finish({});
    }
    QCOMPARE(registry.list().size(), JobRegistry::endedKept + 1);
    QVERIFY(!registry.get(first).has_value());
    QVERIFY(registry.get(running->id()).has_value());
}

void TestJobs::afterItsEndNothingChanges()
{
    JobRegistry registry;
    const auto job = registry.begin(u"k"_s);
    job->finish({});
    const JobInfo before = job->info();
    QSignalSpy changed(&registry, &JobRegistry::changed);
    job->setPhase(u"late"_s);
    job->setProgress(1, 2, u"bytes"_s);
    job->appendOutput(u"late"_s);
    job->requestStop();
    job->finish(fail(ErrorCode::Internal, u"late"_s));
    QCOMPARE(job->info(), before);
    QVERIFY(changed.isEmpty());
}

QTEST_GUILESS_MAIN(TestJobs)
#include "tst_jobs.moc"
