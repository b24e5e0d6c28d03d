// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/dockerimagestore.h"

#include "support/await.h"
#include "support/recordingsink.h"
#include "support/scriptedserver.h"

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

using namespace capsule;
using namespace capsule::test;
using namespace Qt::StringLiterals;

/// The store against a scripted container engine.
class TestDockerImageStore : public QObject
{
    Q_OBJECT

    QTemporaryDir m_files;
    RecipeSources m_sources;
    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<docker::Client> m_client;
    std::unique_ptr<DockerImageStore> m_store;
    QString m_base;
    QString m_agent;

    static AgentProfile shell() { return {.id = u"shell"_s, .name = u"Shell"_s}; }
    static AgentProfile demo() { return {.id = u"demo"_s, .name = u"Demo"_s, .install = u"npm i -g demo"_s}; }
    static QByteArray line(const char *json) { return QByteArray(json) + "\r\n"; }
    static QByteArray inspect(const QString &image) { return "GET /images/" + image.toUtf8() + "/json"; }

    void put(const QString &path, const QByteArray &content)
    {
        QVERIFY(QDir().mkpath(QFileInfo(m_files.filePath(path)).path()));
        QFile file(m_files.filePath(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    void imageIsThere(const QString &image) { m_server->on(inspect(image), ScriptedReply::json(200, R"({"Id": "sha256:1"})")); }
    void buildAnswers(const QList<QByteArray> &lines) { m_server->on("POST /build", ScriptedReply::chunked(lines)); }
    QList<SeenRequest> builds() const
    {
        QList<SeenRequest> found;
        for (const SeenRequest &request : m_server->seen()) {
            if (request.target.contains("/build?"))
                found << request;
        }
        return found;
    }

private slots:
    void initTestCase()
    {
        put(u"docker/base/Dockerfile"_s, "ARG BASE_IMAGE=debian:trixie-slim\nFROM ${BASE_IMAGE}\n");
        put(u"docker/agent/Dockerfile"_s, "ARG BASE\nFROM ${BASE}\n");
        m_sources = {m_files.filePath(u"docker"_s), m_files.filePath(u"ca"_s), {}};
        m_base = (*recipeFor(shell(), m_sources))->image;
        m_agent = (*recipeFor(demo(), m_sources))->image;
    }

    void init()
    {
        m_server = std::make_unique<ScriptedServer>();
        QVERIFY(m_server->listen());
        m_client = std::make_unique<docker::Client>(docker::Endpoint{.socketPath = m_server->path()});
        m_store = std::make_unique<DockerImageStore>(*m_client, m_sources);
    }

    void cleanup()
    {
        m_store.reset();
        m_client.reset();
        m_server.reset();
    }

    void anImageThatIsThereIsNotBuilt()
    {
        imageIsThere(m_agent);
        RecordingSink sink;
        const auto image = await(m_store->ensureImage(demo(), sink));
        VERIFY_RESULT(image);
        QCOMPARE(*image, m_agent);
        QCOMPARE(m_server->count("POST /build"), 0);
        QVERIFY(sink.phases.isEmpty());
    }

    void readinessIsAsked()
    {
        imageIsThere(m_base);
        QCOMPARE(await(m_store->isReady(shell())).value(), true);
        QCOMPARE(await(m_store->isReady(demo())).value(), false);
        m_server->stop();
        const auto gone = await(m_store->isReady(shell()));
        QVERIFY(!gone);
        QCOMPARE(gone.error().code, ErrorCode::Unavailable);
    }

    void anAgentIsBuiltOverItsBase()
    {
        imageIsThere(m_base);
        buildAnswers({line(R"({"stream": "Step 1/2 : FROM x\n"})"), line(R"({"stream": "Step 2/2 : RUN y\n"})"), line(R"({"stream": "added 1 package\n"})"),
                      line(R"({"aux": {"ID": "sha256:2"}})")});
        RecordingSink sink;
        const auto image = await(m_store->ensureImage(demo(), sink));
        VERIFY_RESULT(image);
        QCOMPARE(*image, m_agent);
        QCOMPARE(sink.phases, QStringList(u"Installing Demo"_s));
        QCOMPARE(sink.done, 2);
        QCOMPARE(sink.total, 2);
        QCOMPARE(sink.unit, u"steps"_s);
        QVERIFY(sink.output.contains("added 1 package"_L1));

        QCOMPARE(builds().size(), 1);
        const QString query = QUrl::fromPercentEncoding(builds().front().target);
        QVERIFY2(query.contains("t="_L1 + m_agent), qPrintable(query));
        QVERIFY2(query.contains("\"INSTALL\":\"npm i -g demo\""_L1), qPrintable(query));
        QVERIFY2(query.contains("\"BASE\":\""_L1 + m_base + u'"'), qPrintable(query));
        QVERIFY2(query.contains("\"capsule.agent\":\"demo\""_L1), qPrintable(query));
        QVERIFY(builds().front().body.startsWith("Dockerfile"));
    }

    void everythingMissingIsFetchedInOrder()
    {
        m_server->on("POST /images/create", ScriptedReply::chunked({line(R"({"status": "Pull complete", "id": "aa"})")}));
        buildAnswers({line(R"({"aux": {"ID": "sha256:2"}})")});
        m_server->on("GET /images/json", ScriptedReply::json(200, R"([{"Id": "sha256:9", "RepoTags": null}, {"Id": "sha256:8", "RepoTags": ["mine:1"]}])"));
        m_server->on("DELETE /images/sha256:9", ScriptedReply::json(200, "[]"));
        RecordingSink sink;
        const auto image = await(m_store->ensureImage(demo(), sink));
        VERIFY_RESULT(image);
        QCOMPARE(sink.phases, QStringList({u"Downloading debian:trixie-slim"_s, u"Building the base image"_s, u"Installing Demo"_s}));
        QCOMPARE(builds().size(), 2);
        // The classic builder's leftover goes; what has a name stays.
        QTRY_COMPARE(m_server->count("DELETE /images/sha256:9"), 1);
        QCOMPARE(m_server->count("DELETE /images/sha256:8"), 0);
    }

    void aFailedBuildTellsItsLastWords()
    {
        imageIsThere(m_base);
        buildAnswers({line(R"({"stream": "Step 1/1 : RUN y\n"})"), line(R"({"stream": "npm error 404 Not Found\n"})"),
                      line(R"({"errorDetail": {"code": 1, "message": "returned a non-zero code: 1"}, "error": "returned a non-zero code: 1"})")});
        RecordingSink sink;
        const auto image = await(m_store->ensureImage(demo(), sink));
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::ProviderFailed);
        QCOMPARE(image.error().message, u"The image for Demo could not be built; see Details, then try again."_s);
        QVERIFY2(image.error().detail.contains("npm error 404 Not Found"_L1), qPrintable(image.error().detail));
        QVERIFY2(image.error().detail.contains("returned a non-zero code: 1"_L1), qPrintable(image.error().detail));
    }

    void aRegistryThatDoesNotAnswerIsNamed()
    {
        m_server->on("POST /images/create", ScriptedReply::json(500, R"({"message": "dial tcp: lookup registry-1.docker.io: no such host"})"));
        RecordingSink sink;
        const auto image = await(m_store->ensureImage(demo(), sink));
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::ProviderFailed);
        QCOMPARE(image.error().message,
                 u"The base image could not be built because debian:trixie-slim could not be downloaded; check the network and try again."_s);
        QVERIFY(image.error().detail.contains("no such host"_L1));
    }

    void requestsForOneImageShareItsBuild()
    {
        imageIsThere(m_base);
        m_server->on("POST /build", {.silent = true});
        RecordingSink first;
        RecordingSink second;
        const auto one = m_store->ensureImage(demo(), first);
        QTRY_COMPARE(builds().size(), 1);
        const auto two = m_store->ensureImage(demo(), second);
        QCOMPARE(second.phases, QStringList(u"Installing Demo"_s));

        first.stop.request_stop();
        const auto left = await(one);
        QCOMPARE(left.error().code, ErrorCode::Cancelled);
        QVERIFY(!two.isFinished()); // the other still wants it
        QVERIFY(m_server->lastConnection());
        second.stop.request_stop();
        QCOMPARE(await(two).error().code, ErrorCode::Cancelled);
        QTRY_VERIFY(!m_server->lastConnection() || m_server->lastConnection()->state() == QLocalSocket::UnconnectedState);
        QCOMPARE(builds().size(), 1);
    }

    void aCancelledBuildCanBeAskedForAgain()
    {
        imageIsThere(m_base);
        m_server->on("POST /build", {.silent = true});
        buildAnswers({line(R"({"aux": {"ID": "sha256:2"}})")});
        RecordingSink sink;
        const auto one = m_store->ensureImage(demo(), sink);
        QTRY_COMPARE(builds().size(), 1);
        sink.stop.request_stop();
        QCOMPARE(await(one).error().code, ErrorCode::Cancelled);
        RecordingSink again;
        VERIFY_RESULT(await(m_store->ensureImage(demo(), again)));
    }

    void cancellingAnAgentCancelsTheBaseItWaitsFor()
    {
        imageIsThere(u"debian:trixie-slim"_s);
        m_server->on("POST /build", {.silent = true});
        RecordingSink sink;
        const auto one = m_store->ensureImage(demo(), sink);
        QTRY_COMPARE(builds().size(), 1);
        sink.stop.request_stop();
        QCOMPARE(await(one).error().code, ErrorCode::Cancelled);
        RecordingSink again;
        const auto base = m_store->ensureImage(shell(), again);
        QTRY_COMPARE(builds().size(), 2); // a new build, not the cancelled one
        again.stop.request_stop();
        QCOMPARE(await(base).error().code, ErrorCode::Cancelled);
    }

    void anEngineThatEndsLeavesNobodyWaiting()
    {
        imageIsThere(u"debian:trixie-slim"_s);
        m_server->on("POST /build", {.silent = true});
        RecordingSink sink;
        const auto one = m_store->ensureImage(demo(), sink);
        QTRY_COMPARE(builds().size(), 1);
        m_store.reset();
        QVERIFY(one.isFinished());
        QCOMPARE(one.result().error().code, ErrorCode::Cancelled);
    }

    void aBuildThatIsCutOffIsAFailure()
    {
        imageIsThere(m_base);
        m_server->on("POST /build", {.bytes = ScriptedReply::chunked({line(R"({"stream": "Step 1/2 : x\n"})")}, false).bytes, .thenClose = true});
        RecordingSink sink;
        const auto image = await(m_store->ensureImage(demo(), sink));
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestDockerImageStore)
#include "tst_dockerimagestore.moc"
