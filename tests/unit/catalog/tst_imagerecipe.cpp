// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/imagebuild.h"
#include "catalog/imagerecipe.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace capsule;
using namespace Qt::StringLiterals;

class TestImageRecipe : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_root;

    void put(const QString &path, const QByteArray &content) const
    {
        const QString full = m_root->filePath(path);
        QVERIFY(QDir().mkpath(QFileInfo(full).path()));
        QFile file(full);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    RecipeSources sources() const { return {m_root->filePath(u"docker"_s), m_root->filePath(u"certificates"_s), {}}; }
    static AgentProfile profile(const QString &install) { return {.id = u"demo"_s, .name = u"Demo"_s, .install = install}; }
    QString imageOf(const QString &install) const
    {
        const auto recipe = recipeFor(profile(install), sources());
        return recipe ? (*recipe)->image : recipe.error().message;
    }

private slots:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        put(u"docker/base/Dockerfile"_s, "ARG BASE_IMAGE=debian:trixie-slim\nFROM ${BASE_IMAGE}\n");
        put(u"docker/base/ca/README.md"_s, "authorities\n");
        put(u"docker/agent/Dockerfile"_s, "ARG BASE\nFROM ${BASE}\nARG INSTALL\nRUN $INSTALL\n");
    }

    void anAgentWithoutInstallIsTheBaseImage()
    {
        const auto recipe = recipeFor(profile({}), sources());
        QVERIFY(recipe);
        QVERIFY((*recipe)->image.startsWith("capsule/base:"_L1));
        QCOMPARE((*recipe)->alsoTag, QStringList(u"capsule/base:latest"_s));
        QCOMPARE((*recipe)->download, u"debian:trixie-slim"_s);
        QCOMPARE((*recipe)->subject, u"The base image"_s);
        QVERIFY(!(*recipe)->base);
    }

    void anAgentIsALayerOverTheBase()
    {
        const auto recipe = recipeFor(profile(u"npm i -g demo"_s), sources());
        QVERIFY(recipe);
        QVERIFY((*recipe)->image.startsWith("capsule/agent-demo:"_L1));
        QVERIFY((*recipe)->base);
        const QMap<QString, QString> arguments{{u"BASE"_s, (*recipe)->base->image}, {u"INSTALL"_s, u"npm i -g demo"_s}};
        QCOMPARE((*recipe)->arguments, arguments);
        const QMap<QString, QString> labels{{u"capsule.image"_s, u"agent"_s}, {u"capsule.agent"_s, u"demo"_s},
                                            {u"capsule.key"_s, (*recipe)->image.section(u':', 1)}};
        QCOMPARE((*recipe)->labels, labels);
    }

    void theKeyFollowsTheContent()
    {
        const QString before = imageOf(u"true"_s);
        QCOMPARE(imageOf(u"true"_s), before);
        QVERIFY(imageOf(u"false"_s) != before);
        put(u"docker/agent/Dockerfile"_s, "ARG BASE\nFROM ${BASE}\n");
        const QString otherLayer = imageOf(u"true"_s);
        QVERIFY(otherLayer != before);
        put(u"docker/base/files/motd"_s, "hello");
        QVERIFY(imageOf(u"true"_s) != otherLayer);
    }

    void certificatesTravelButDoNotChangeTheKey()
    {
        const QString before = imageOf({});
        put(u"certificates/company/root.crt"_s, "PEM");
        put(u"certificates/notes.txt"_s, "no certificate");
        put(u"docker/base/ca/left-behind.crt"_s, "OLD");
        const auto recipe = recipeFor(profile({}), sources());
        QVERIFY(recipe);
        QCOMPARE((*recipe)->image, before);
        QStringList paths;
        for (const ContextFile &file : (*recipe)->files)
            paths << file.path;
        QCOMPARE(paths, QStringList({u"Dockerfile"_s, u"ca/README.md"_s, u"ca/host-0.crt"_s}));
    }

    void theBaseKeyIsTheOneOfTheBuildScript()
    {
        const QString source = QStringLiteral(CAPSULE_SOURCE_DIR);
        QProcess bash;
        bash.start(u"bash"_s, {u"-c"_s, u"set -eu; REPO=$1; . \"$1/packaging/lib/image.sh\"; base_key"_s, u"bash"_s, source});
        QVERIFY(bash.waitForFinished());
        const QString key = QString::fromLatin1(bash.readAllStandardOutput()).trimmed();
        QVERIFY2(key.size() == 12, bash.readAllStandardError().constData());
        const auto recipe = recipeFor(profile({}), {source + "/docker"_L1, u"/nowhere"_s, {}});
        QVERIFY(recipe);
        QCOMPARE((*recipe)->image, "capsule/base:"_L1 + key);
    }

    void missingFilesAskForAnotherInstallation()
    {
        const auto recipe = recipeFor(profile({}), {m_root->filePath(u"nothing"_s), {}, {}});
        QVERIFY(!recipe);
        QCOMPARE(recipe.error().code, ErrorCode::NotFound);
        QCOMPARE(recipe.error().message, u"Capsule's own files are incomplete; install it again."_s);
    }

    void readsDockerfileDefaults_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("value");
        QTest::newRow("plain") << QByteArray("# x\nARG BASE_IMAGE=debian:13\nFROM x") << u"debian:13"_s;
        QTest::newRow("quoted") << QByteArray("arg BASE_IMAGE=\"debian:13\"") << u"debian:13"_s;
        QTest::newRow("without default") << QByteArray("ARG BASE_IMAGE\nFROM x") << QString();
        QTest::newRow("another one") << QByteArray("ARG BASE_IMAGE_TOO=x") << QString();
    }
    void readsDockerfileDefaults()
    {
        QFETCH(QByteArray, line);
        QTEST(defaultArgument(line, u"BASE_IMAGE"_s), "value");
    }

    void proxiesArePassedOn()
    {
        const QMap<QString, QString> expected{{u"HTTPS_PROXY"_s, u"http://proxy:3128"_s}, {u"https_proxy"_s, u"http://proxy:3128"_s},
                                              {u"NO_PROXY"_s, u"localhost"_s}, {u"no_proxy"_s, u"localhost"_s}};
        QCOMPARE(proxyArguments({{u"https_proxy"_s, u"http://proxy:3128"_s}, {u"NO_PROXY"_s, u"localhost"_s}, {u"HOME"_s, u"/root"_s}}), expected);
    }

    void proxiesOnLoopbackAreNot_data()
    {
        QTest::addColumn<QString>("proxy");
        QTest::newRow("address") << u"http://127.0.0.1:3128"_s;
        QTest::newRow("name") << u"http://localhost:3128"_s;
        QTest::newRow("IPv6") << u"http://[::1]:3128"_s;
    }
    void proxiesOnLoopbackAreNot()
    {
        QFETCH(QString, proxy);
        QVERIFY(proxyArguments({{u"HTTP_PROXY"_s, proxy}}).isEmpty());
    }

    void failuresSayWhatToDo_data()
    {
        QTest::addColumn<Error>("cause");
        QTest::addColumn<bool>("download");
        QTest::addColumn<Error>("expected");
        const Error build{ErrorCode::ProviderFailed, u"x"_s, u"npm ERR! 404"_s};
        QTest::newRow("build") << build << false
                               << Error{ErrorCode::ProviderFailed, u"The image for Demo could not be built; see Details, then try again."_s, build.detail};
        QTest::newRow("download") << Error{ErrorCode::ProviderFailed, u"no such host"_s, {}} << true
            << Error{ErrorCode::ProviderFailed, u"The image for Demo could not be built because debian:trixie-slim could not be downloaded; "
                                                 "check the network and try again."_s, u"no such host"_s};
        const Error full{ErrorCode::ProviderFailed, u"x"_s, u"write /a: no space left on device"_s};
        QTest::newRow("disk full") << full << false
            << Error{ErrorCode::LimitReached, u"The image for Demo could not be built because the container engine's disk is full; free some "
                                               "space and try again."_s, full.detail};
        QTest::newRow("cancelled") << Error{ErrorCode::Cancelled, u"Cancelled."_s, u"Step 1"_s} << true
                                   << Error{ErrorCode::Cancelled, u"The image for Demo was not built, as you asked."_s, {}};
        const Error gone{ErrorCode::Unavailable, u"Docker does not answer."_s, u"refused"_s};
        QTest::newRow("engine gone") << gone << false << gone;
    }
    void failuresSayWhatToDo()
    {
        QFETCH(Error, cause);
        QFETCH(bool, download);
        ImageRecipe recipe;
        recipe.subject = u"The image for Demo"_s;
        recipe.download = u"debian:trixie-slim"_s;
        const Error error = download ? downloadFailed(recipe, cause) : buildFailed(recipe, cause);
        QTEST(error, "expected");
    }
};

QTEST_GUILESS_MAIN(TestImageRecipe)
#include "tst_imagerecipe.moc"
