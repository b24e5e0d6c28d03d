// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/images.h"
#include "docker/imagestream.h"
#include "support/await.h"
#include "support/quoted.h"
#include "support/scriptedserver.h"

#include <QBuffer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;

class TestImageStream : public QObject
{
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<Client> m_client;

    static Result<QString> ended(QSignalSpy &spy)
    {
        if (spy.isEmpty() && !spy.wait(10'000))
            return fail(ErrorCode::Timeout, u"never finished"_s);
        return spy.first().first().value<Result<QString>>();
    }

private slots:
    void init()
    {
        m_server = std::make_unique<ScriptedServer>();
        QVERIFY(m_server->listen());
        m_client = std::make_unique<Client>(Endpoint{.socketPath = m_server->path()});
    }

    void cleanup()
    {
        m_client.reset();
        m_server.reset();
    }

    void buildTellsStepsOutputAndImage_data()
    {
        QTest::addColumn<int>("portion");
        for (const int portion : {0, 1, 13})
            QTest::addRow("portions of %d", portion) << portion;
    }

    void buildTellsStepsOutputAndImage()
    {
        QFETCH(int, portion);
        ScriptedReply reply = ScriptedReply::chunked({quoted("{'stream':'Step 1/2 : FROM x'}\r\n"), quoted("{'stream':'\\n'}\r\n{'stream':'Step 2/2 : RUN y\\n'}\r\n"), quoted("{'aux':{'ID':'sha2"),
                                                      quoted("56:f00'}}\r\n{'stream':'Successfully built f00\\n'}\r\n")});
        reply.portion = portion;
        m_server->on("POST /build", reply);
        ImageStream *build = buildImage(*m_client, {.tags = {u"t:1"_s}, .arguments = {{u"A"_s, u"b c"_s}}, .labels = {{u"l"_s, u"v"_s}}}, "the context", m_client.get());
        QSignalSpy finished(build, &ImageStream::finished);
        QSignalSpy steps(build, &ImageStream::step);
        QString output;
        connect(build, &ImageStream::output, this, [&](const QString &text) { output += text; });
        const Result<QString> image = ended(finished);
        VERIFY_RESULT(image);
        QCOMPARE(*image, u"sha256:f00"_s);
        QCOMPARE(output, u"Step 1/2 : FROM x\nStep 2/2 : RUN y\nSuccessfully built f00\n"_s);
        QCOMPARE(steps, (QList<QList<QVariant>>{{1, 2}, {2, 2}}));
        QCOMPARE(m_server->seen().last().body, "the context"_ba);
        const QByteArray target = QByteArray::fromPercentEncoding(m_server->seen().last().target);
        QVERIFY2(target.contains(quoted("buildargs={'A':'b c'}")) && target.contains(quoted("labels={'l':'v'}")) && target.contains("t=t:1"), target.constData());
    }

    void failingBuildTellsWhatItPrinted()
    {
        m_server->on("POST /build", ScriptedReply::chunked({quoted("{'stream':'E: no such package\\n'}\n"), quoted("{'errorDetail':{'code':100,'message':'The command returned 100'},'error':'The command returned 100'}\n")}));
        ImageStream *build = buildImage(*m_client, {}, "context", m_client.get());
        QSignalSpy finished(build, &ImageStream::finished);
        const Result<QString> image = ended(finished);
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::ProviderFailed);
        QVERIFY(image.error().detail.contains(u"no such package"_s));
        QVERIFY(image.error().detail.contains(u"returned 100"_s));
    }

    void fullDiskDuringABuildIsALimit()
    {
        m_server->on("POST /build", ScriptedReply::chunked({quoted("{'error':'write /x: no space left on device'}\n")}));
        ImageStream *build = buildImage(*m_client, {}, "context", m_client.get());
        QSignalSpy finished(build, &ImageStream::finished);
        const Result<QString> image = ended(finished);
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::LimitReached);
    }

    void buildThatEndsWrongIsAnError_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("without an image") << ScriptedReply::chunked({quoted("{'stream':'hm\\n'}")}).bytes << ErrorCode::ProviderFailed;
        QTest::newRow("engine gone") << ScriptedReply::chunked({quoted("{'stream':'hm\\n'}")}, false).bytes << ErrorCode::Unavailable;
        QTest::newRow("no JSON") << ScriptedReply::chunked({"hm\n"}).bytes << ErrorCode::ProtocolError;
        QTest::newRow("bad request") << ScriptedReply::json(400, quoted("{'message':'dockerfile parse error'}")).bytes << ErrorCode::InvalidArgument;
    }

    void buildThatEndsWrongIsAnError()
    {
        QFETCH(QByteArray, bytes);
        m_server->on("POST /build", {.bytes = bytes, .thenClose = true});
        ImageStream *build = buildImage(*m_client, {}, "context", m_client.get());
        QSignalSpy finished(build, &ImageStream::finished);
        const Result<QString> image = ended(finished);
        QVERIFY(!image);
        QTEST(image.error().code, "code");
        QTest::qWait(0);
        QCOMPARE(finished.count(), 1);
    }

    void cancelClosesTheConnection()
    {
        m_server->on("POST /build", {.silent = true});
        ImageStream *build = buildImage(*m_client, {}, "context", m_client.get());
        QSignalSpy finished(build, &ImageStream::finished);
        QTRY_COMPARE(m_server->count("POST /build"), 1);
        QPointer<QLocalSocket> connection = m_server->lastConnection();
        build->cancel();
        const Result<QString> image = ended(finished);
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::Cancelled);
        QTRY_VERIFY(connection.isNull());
    }

    void pullAnswersWithItsReference()
    {
        m_server->on("POST /images/create",
                     ScriptedReply::chunked({quoted("{'status':'Pulling from library/x','id':'1'}\n"), quoted("{'status':'Downloading','progressDetail':{'current':3,'total':10},'id':'l1'}\n"),
                                             quoted("{'status':'Downloading','progressDetail':{'current':4,'total':5},'id':'l2'}\n"), quoted("{'status':'Status: Downloaded newer image'}\n")}));
        ImageStream *pull = pullImage(*m_client, u"reg:5000/x"_s, m_client.get());
        QSignalSpy finished(pull, &ImageStream::finished);
        QSignalSpy transfer(pull, &ImageStream::transfer);
        const Result<QString> image = ended(finished);
        VERIFY_RESULT(image);
        QCOMPARE(*image, u"reg:5000/x"_s);
        QCOMPARE(transfer.last(), (QList<QVariant>{qint64(7), qint64(15)}));
        QCOMPARE(m_server->seen().last().target, "/v1.41/images/create?fromImage=reg%3A5000%2Fx&tag=latest"_ba);
    }

    void pullThatFailsSaysWhy()
    {
        m_server->on("POST /images/create", ScriptedReply::json(404, quoted("{'message':'pull access denied for x'}")));
        ImageStream *pull = pullImage(*m_client, u"x:1"_s, m_client.get());
        QSignalSpy finished(pull, &ImageStream::finished);
        const Result<QString> image = ended(finished);
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::NotFound);
        QVERIFY(m_server->seen().last().target.endsWith("fromImage=x%3A1"));
    }

    void importAnswersWithTheImage()
    {
        m_server->on("POST /images/create", ScriptedReply::chunked({quoted("{'status':'sha256:") + QByteArray(64, 'a') + "\"}\n"}));
        QByteArray content = "a tar";
        QBuffer tar(&content);
        tar.open(QIODevice::ReadOnly);
        ImageStream *import = importImage(*m_client, {.repository = u"r"_s, .tag = u"t"_s, .changes = {u"CMD [\"sh\"]"_s, u"ENV A=1"_s}}, &tar, m_client.get());
        QSignalSpy finished(import, &ImageStream::finished);
        const Result<QString> image = ended(finished);
        VERIFY_RESULT(image);
        QCOMPARE(*image, u"sha256:"_s + QString(64, u'a'));
        QCOMPARE(m_server->seen().last().body, "a tar"_ba);
        QVERIFY(QByteArray::fromPercentEncoding(m_server->seen().last().target).endsWith(quoted("fromSrc=-&repo=r&tag=t&changes=CMD ['sh']&changes=ENV A=1")));
    }
};

QTEST_GUILESS_MAIN(TestImageStream)
#include "tst_imagestream.moc"
