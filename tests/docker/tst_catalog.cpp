// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/dockerimagestore.h"

#include "base/paths.h"
#include "docker/images.h"
#include "support/await.h"
#include "support/dockertest.h"
#include "support/recordingsink.h"

#include <QElapsedTimer>
#include <QTest>

using namespace capsule;
using namespace capsule::test;
using namespace Qt::StringLiterals;

/// Small agent layers over the real base image, which packaging/dev has made.
class TestCatalog : public QObject
{
    Q_OBJECT

    std::unique_ptr<docker::Client> m_client;
    std::unique_ptr<DockerImageStore> m_store;
    QStringList m_images;

    AgentProfile agent(const QString &what, const QString &install)
    {
        AgentProfile profile{.id = uniqueName(what).left(32), .name = u"Tiny"_s, .install = install};
        m_images << (*recipeFor(profile, RecipeSources::system()))->image;
        return profile;
    }

    /// A container of the engine's builder runs our install command: it has it as a variable.
    bool isBuilding(const QString &install)
    {
        const auto list = await(m_client->sendForArray({.path = u"/containers/json"_s, .what = u"list the containers"_s}));
        for (const QJsonValue &container : list.value_or(QJsonArray())) {
            const auto details = await(m_client->sendForObject(
                {.path = "/containers/"_L1 + docker::pathPart(container["Id"_L1].toString()) + "/json"_L1, .what = u"inspect the container"_s}));
            const QJsonArray environment = details ? details->value("Config"_L1)["Env"_L1].toArray() : QJsonArray();
            if (environment.contains("INSTALL="_L1 + install))
                return true;
        }
        return false;
    }

private slots:
    void init()
    {
        DOCKER_OR_SKIP();
        m_client = std::make_unique<docker::Client>(*docker::resolveEndpoint(docker::Environment::system()));
        m_store = std::make_unique<DockerImageStore>(*m_client);
        const auto base = await(m_store->isReady({.id = u"shell"_s, .name = u"Shell"_s}));
        VERIFY_RESULT(base);
        if (!*base)
            QSKIP("the base image is not there; packaging/dev test builds it");
    }

    void cleanup()
    {
        for (const QString &image : std::exchange(m_images, {})) {
            if (m_client && await(docker::inspectImage(*m_client, image)))
                VERIFY_RESULT(await(docker::removeImage(*m_client, image, docker::RemoveForce::Yes)));
        }
        m_store.reset();
        m_client.reset();
    }

    void anAgentLayerIsBuiltOnce()
    {
        const AgentProfile profile = agent(u"tiny"_s, u"true && echo hi from $(id -un)"_s);
        RecordingSink first;
        const auto image = await(m_store->ensureImage(profile, first));
        VERIFY_RESULT(image);
        QCOMPARE(*image, m_images.front());
        QVERIFY2(first.output.contains("hi from root"_L1), qPrintable(first.output));
        QCOMPARE(first.unit, u"steps"_s);
        QVERIFY(first.total > 1 && first.done == first.total);

        const auto made = await(docker::inspectImage(*m_client, *image));
        VERIFY_RESULT(made);
        const QJsonObject config = made->value("Config"_L1).toObject();
        QCOMPARE(config["Labels"_L1]["capsule.agent"_L1].toString(), profile.id);
        QCOMPARE(config["Labels"_L1]["capsule.image"_L1].toString(), u"agent"_s);
        QCOMPARE(config["Labels"_L1]["capsule.key"_L1].toString(), image->section(u':', 1));
        QCOMPARE(config["User"_L1].toString(), u"developer"_s);

        RecordingSink second;
        VERIFY_RESULT(await(m_store->ensureImage(profile, second)));
        QVERIFY(second.phases.isEmpty() && second.output.isEmpty()); // nothing was built
        QCOMPARE(await(m_store->isReady(profile)).value(), true);
    }

    void aFailingInstallShowsItsOutput()
    {
        RecordingSink sink;
        const auto image = await(m_store->ensureImage(agent(u"fail"_s, u"echo no such package >&2; exit 7"_s), sink));
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::ProviderFailed);
        QCOMPARE(image.error().message, u"The image for Tiny could not be built; see Details, then try again."_s);
        QVERIFY2(image.error().detail.contains("no such package"_L1), qPrintable(image.error().detail));
        QVERIFY(!image.error().detail.contains(u'\u001b'));
        QVERIFY2(image.error().detail.contains("code: 7"_L1), qPrintable(image.error().detail));
    }

    void cancellingEndsTheBuild()
    {
        const AgentProfile profile = agent(u"slow"_s, u"echo waiting for %1; sleep 300"_s.arg(uniqueName(u"cancel"_s)));
        RecordingSink sink;
        QElapsedTimer timer;
        timer.start();
        const auto image = m_store->ensureImage(profile, sink);
        QTRY_VERIFY_WITH_TIMEOUT(sink.output.contains("\nwaiting for"_L1), 60'000);
        QVERIFY(isBuilding(profile.install));
        sink.stop.request_stop();
        QCOMPARE(await(image).error().code, ErrorCode::Cancelled);
        QVERIFY(timer.elapsed() < 120'000);
        QCOMPARE(await(m_store->isReady(profile)).value(), false);
        QTRY_VERIFY_WITH_TIMEOUT(!isBuilding(profile.install), 30'000);
    }
};

QTEST_GUILESS_MAIN(TestCatalog)
#include "tst_catalog.moc"
