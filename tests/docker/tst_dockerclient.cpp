// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/containers.h"
#include "docker/events.h"
#include "docker/exec.h"
#include "docker/hijack.h"
#include "docker/httpstream.h"
#include "docker/images.h"
#include "docker/imagestream.h"
#include "docker/networks.h"
#include "support/await.h"
#include "support/dockertest.h"
#include "support/tinytar.h"

#include <QBuffer>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

template<class T>
Result<T> ended(QSignalSpy &spy)
{
    if (spy.isEmpty() && !spy.wait(60'000))
        return fail(ErrorCode::Timeout, u"never finished"_s);
    return spy.first().first().value<Result<T>>();
}

/// What a command without a terminal printed, and how it ended.
struct Ran {
    QByteArray output;
    QByteArray errors;
    int exitCode = -1;
};

} // namespace

class TestDockerClient : public QObject
{
    Q_OBJECT

    std::unique_ptr<Client> m_client;
    QString m_image;
    QStringList m_containers; ///< removed after each test
    QStringList m_images;

    Result<QString> makeContainer(const QJsonObject &more = {})
    {
        QJsonObject body{{u"Image"_s, m_image},
                         {u"Entrypoint"_s, QJsonArray{u"sleep"_s}},
                         {u"Cmd"_s, QJsonArray{u"600"_s}},
                         {u"User"_s, u"0"_s},
                         {u"Labels"_s, QJsonObject{{testLabel, u"1"_s}}},
                         {u"HostConfig"_s, QJsonObject{{u"NetworkMode"_s, u"none"_s}, {u"Init"_s, false}}},
                         {u"StopSignal"_s, u"SIGKILL"_s}};
        for (auto it = more.begin(); it != more.end(); ++it)
            body.insert(it.key(), it.value());
        const auto created = await(createContainer(*m_client, uniqueName(u"client"_s), body));
        if (!created)
            return std::unexpected(created.error());
        m_containers += created->id;
        return created->id;
    }

    Result<QString> startedContainer()
    {
        const Result<QString> id = makeContainer();
        if (!id)
            return id;
        const Result<void> started = await(startContainer(*m_client, *id));
        return started ? id : std::unexpected(started.error());
    }

    Result<Ran> run(const QString &container, const QStringList &command, const QByteArray &input = {})
    {
        const auto exec = await(createExec(*m_client, container, {.command = command}));
        if (!exec)
            return std::unexpected(exec.error());
        const std::unique_ptr<HijackedStream> stream(startExec(*m_client, *exec, ExecTerminal::None, nullptr));
        Ran ran;
        connect(stream.get(), &HijackedStream::output, this, [&](const QByteArray &bytes) { ran.output += bytes; });
        connect(stream.get(), &HijackedStream::errorOutput, this, [&](const QByteArray &bytes) { ran.errors += bytes; });
        QSignalSpy finished(stream.get(), &HijackedStream::finished);
        stream->write(input);
        stream->closeInput();
        if (const Result<void> result = ended<void>(finished); !result)
            return std::unexpected(result.error());
        const auto state = await(inspectExec(*m_client, *exec));
        if (!state)
            return std::unexpected(state.error());
        ran.exitCode = state->exitCode;
        return ran;
    }

private slots:
    void initTestCase()
    {
        DOCKER_OR_SKIP();
        const auto endpoint = resolveEndpoint(Environment::system());
        VERIFY_RESULT(endpoint);
        m_client = std::make_unique<Client>(*endpoint);
        m_image = shellImage(*m_client);
        if (m_image.isEmpty() && !dockerRequired())
            QSKIP("No image with a shell on this engine: build docker/base or load debian:trixie-slim.");
        QVERIFY(!m_image.isEmpty());
    }

    void cleanup()
    {
        if (!m_client)
            return;
        for (const QString &id : std::exchange(m_containers, {}))
            await(removeContainer(*m_client, id, RemoveVolumes::Yes));
        for (const QString &id : std::exchange(m_images, {}))
            await(removeImage(*m_client, id, RemoveForce::Yes));
    }

    void engineTellsAboutItself()
    {
        VERIFY_RESULT(await(ping(*m_client)));
        const auto info = await(systemInfo(*m_client));
        VERIFY_RESULT(info);
        QVERIFY(!info->value("OperatingSystem"_L1).toString().isEmpty());
        QVERIFY(m_client->engineVersion()->api >= oldestApi);
        QVERIFY(m_client->engineVersion()->api <= newestApi);
    }

    void containerLivesAndDies()
    {
        const auto id = startedContainer();
        VERIFY_RESULT(id);
        VERIFY_RESULT(await(startContainer(*m_client, *id))); // again: 304
        const auto inspected = await(inspectContainer(*m_client, *id));
        VERIFY_RESULT(inspected);
        QCOMPARE((*inspected)["State"_L1]["Running"_L1].toBool(), true);
        const auto listed = await(listContainers(*m_client, {testLabel + u"=1"_s}));
        VERIFY_RESULT(listed);
        QVERIFY(std::any_of(listed->begin(), listed->end(), [&](const QJsonValue &one) { return one["Id"_L1].toString() == *id; }));
        const auto top = await(containerTop(*m_client, *id));
        VERIFY_RESULT(top);
        QCOMPARE(top->value("Processes"_L1).toArray().size(), 1);

        VERIFY_RESULT(await(pauseContainer(*m_client, *id)));
        const auto whilePaused = await(createExec(*m_client, *id, {.command = {u"true"_s}}));
        QVERIFY(!whilePaused);
        QCOMPARE(whilePaused.error().code, ErrorCode::Conflict);
        VERIFY_RESULT(await(unpauseContainer(*m_client, *id)));

        VERIFY_RESULT(await(updateContainer(*m_client, *id, {{u"PidsLimit"_s, 77}})));
        const auto updated = await(inspectContainer(*m_client, *id));
        VERIFY_RESULT(updated);
        QCOMPARE((*updated)["HostConfig"_L1]["PidsLimit"_L1].toInt(), 77);

        const auto waiting = waitContainer(*m_client, *id);
        VERIFY_RESULT(await(stopContainer(*m_client, *id, 1s)));
        VERIFY_RESULT(await(stopContainer(*m_client, *id, 1s))); // again: 304
        const auto waited = await(waiting);
        VERIFY_RESULT(waited);
        QCOMPARE(waited->exitCode, 137);
        VERIFY_RESULT(await(removeContainer(*m_client, *id, RemoveVolumes::Yes)));
        const auto gone = await(inspectContainer(*m_client, *id));
        QVERIFY(!gone);
        QCOMPARE(gone.error().code, ErrorCode::NotFound);
        QVERIFY2(gone.error().detail.contains(u"No such container"_s, Qt::CaseInsensitive), qPrintable(gone.error().detail));
    }

    void takenNameIsToldApart()
    {
        const auto id = makeContainer();
        VERIFY_RESULT(id);
        const QString name = uniqueName(u"taken"_s);
        VERIFY_RESULT(await(renameContainer(*m_client, *id, name)));
        VERIFY_RESULT(await(inspectContainer(*m_client, name)));
        const auto second = await(createContainer(*m_client, name, {{u"Image"_s, m_image}}));
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::AlreadyExists);
        const auto other = makeContainer();
        VERIFY_RESULT(other);
        const auto renamed = await(renameContainer(*m_client, *other, name));
        QVERIFY(!renamed);
        QCOMPARE(renamed.error().code, ErrorCode::AlreadyExists);
    }

    void missingImageIsNotFound()
    {
        const auto created = await(createContainer(*m_client, uniqueName(u"none"_s), {{u"Image"_s, u"capsule-test/none:none"_s}}));
        QVERIFY(!created);
        QCOMPARE(created.error().code, ErrorCode::NotFound);
    }

    void terminalHasItsSizeAndAnswers()
    {
        const auto id = startedContainer();
        VERIFY_RESULT(id);
        const auto exec = await(createExec(*m_client, *id, {.command = {u"sh"_s}, .environment = {u"PS1=> "_s, u"TERM=xterm-256color"_s}, .terminal = ExecTerminal::Tty}));
        VERIFY_RESULT(exec);
        HijackedStream *stream = startExec(*m_client, *exec, ExecTerminal::Tty, m_client.get());
        QByteArray screen;
        connect(stream, &HijackedStream::output, this, [&](const QByteArray &bytes) { screen += bytes; });
        QSignalSpy started(stream, &HijackedStream::started);
        QSignalSpy finished(stream, &HijackedStream::finished);
        QVERIFY(started.wait(10'000));
        VERIFY_RESULT(await(resizeExec(*m_client, *exec, 111, 33), 5s));
        stream->write("stty size\n");
        QTRY_VERIFY2(screen.contains("33 111"), screen.constData());
        stream->write("stty raw -echo; echo rea''dy; head -c1 | od -An -to1; stty sane\n");
        QTRY_VERIFY2(screen.contains("ready"), screen.constData());
        stream->write("\x10"); // Ctrl-P arrives at once: it is no detach key
        QTRY_VERIFY2(screen.contains("020"), screen.constData());
        VERIFY_RESULT(await(resizeExec(*m_client, *exec, 80, 24), 5s));
        stream->write("stty size; exit 7\n");
        VERIFY_RESULT(ended<void>(finished));
        QVERIFY(screen.contains("24 80"));
        const auto state = await(inspectExec(*m_client, *exec));
        VERIFY_RESULT(state);
        QVERIFY(!state->running);
        QCOMPARE(state->exitCode, 7);
    }

    void commandWithoutTerminalKeepsItsStreamsApart()
    {
        const auto id = startedContainer();
        VERIFY_RESULT(id);
        const auto ran = run(*id, {u"sh"_s, u"-c"_s, u"cat; echo oops >&2; exit 3"_s}, "from outside\n");
        VERIFY_RESULT(ran);
        QCOMPARE(ran->output, "from outside\n"_ba); // cat ended: it saw the half close
        QCOMPARE(ran->errors, "oops\n"_ba);
        QCOMPARE(ran->exitCode, 3);
    }

    void bigInputComesBackWhole()
    {
        const auto id = startedContainer();
        VERIFY_RESULT(id);
        const auto exec = await(createExec(*m_client, *id, {.command = {u"cat"_s}}));
        VERIFY_RESULT(exec);
        HijackedStream *stream = startExec(*m_client, *exec, ExecTerminal::None, m_client.get());
        QByteArray sent(20 * 1024 * 1024, Qt::Uninitialized);
        for (qsizetype i = 0; i < sent.size(); ++i)
            sent[i] = static_cast<char>(i * 31 / 7);
        qsizetype at = 0;
        const auto feed = [&] {
            at += stream->write(QByteArrayView(sent).sliced(at));
            if (at == sent.size())
                stream->closeInput();
        };
        QByteArray back;
        connect(stream, &HijackedStream::output, this, [&](const QByteArray &bytes) { back += bytes; });
        connect(stream, &HijackedStream::writable, this, feed);
        QSignalSpy finished(stream, &HijackedStream::finished);
        feed();
        VERIFY_RESULT(ended<void>(finished));
        QCOMPARE(back.size(), sent.size());
        QVERIFY(back == sent);
    }

    void startOfAMissingExecIsNotFound()
    {
        HijackedStream *stream = startExec(*m_client, u"0123456789abcdef"_s, ExecTerminal::Tty, m_client.get());
        QSignalSpy finished(stream, &HijackedStream::finished);
        const Result<void> result = ended<void>(finished);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::NotFound);
    }

    void attachedContainerTalks()
    {
        const auto id = makeContainer({{u"Entrypoint"_s, QJsonArray{u"cat"_s}}, {u"Cmd"_s, QJsonArray{}}, {u"OpenStdin"_s, true}, {u"StdinOnce"_s, true}, {u"AttachStdin"_s, true}});
        VERIFY_RESULT(id);
        HijackedStream *stream = attachContainer(*m_client, *id, false, m_client.get());
        QByteArray output;
        connect(stream, &HijackedStream::output, this, [&](const QByteArray &bytes) { output += bytes; });
        QSignalSpy started(stream, &HijackedStream::started);
        QSignalSpy finished(stream, &HijackedStream::finished);
        QVERIFY(started.wait(10'000));
        VERIFY_RESULT(await(startContainer(*m_client, *id)));
        stream->write("hello");
        stream->closeInput();
        VERIFY_RESULT(ended<void>(finished));
        QCOMPARE(output, "hello"_ba);
    }

    void filesGoInWithTheirOwnersAndComeOut()
    {
        const auto id = makeContainer();
        VERIFY_RESULT(id);
        HttpStream *put = putArchive(*m_client, *id, u"/tmp"_s, m_client.get());
        QSignalSpy putFinished(put, &HttpStream::finished);
        const QByteArray archive = tar({{.name = "dir/", .mode = 0750, .uid = 1234, .gid = 2345, .type = '5'},
                                        {.name = "dir/file", .content = QByteArray(100'000, 'f'), .mode = 0640, .uid = 1234, .gid = 2345}});
        QCOMPARE(put->write(archive), archive.size());
        put->endBody();
        VERIFY_RESULT(ended<void>(putFinished));

        VERIFY_RESULT(await(startContainer(*m_client, *id)));
        const auto ran = run(*id, {u"stat"_s, u"-c"_s, u"%n %u:%g %a %s"_s, u"/tmp/dir"_s, u"/tmp/dir/file"_s});
        VERIFY_RESULT(ran);
        QVERIFY2(ran->output.contains("/tmp/dir 1234:2345 750"), ran->output.constData());
        QVERIFY2(ran->output.contains("/tmp/dir/file 1234:2345 640 100000"), ran->output.constData());

        HttpStream *get = getArchive(*m_client, *id, u"/tmp/dir/file"_s, m_client.get());
        QByteArray back;
        connect(get, &HttpStream::data, this, [&](const QByteArray &bytes) { back += bytes; });
        QSignalSpy getFinished(get, &HttpStream::finished);
        VERIFY_RESULT(ended<void>(getFinished));
        QVERIFY(back.contains(QByteArray(100'000, 'f')));
        QCOMPARE(back.mid(257, 5), "ustar"_ba);
    }

    void filesIntoAMissingFolderAreRefused()
    {
        const auto id = makeContainer();
        VERIFY_RESULT(id);
        HttpStream *put = putArchive(*m_client, *id, u"/no/such/folder"_s, m_client.get());
        QSignalSpy finished(put, &HttpStream::finished);
        QByteArray content = tar({{.name = "big", .content = QByteArray(16 * 1024 * 1024, 'b')}});
        QBuffer source(&content);
        source.open(QIODevice::ReadOnly);
        put->sendFrom(&source);
        const Result<void> result = ended<void>(finished);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::NotFound);
    }

    void eventsOfLabelledContainersArrive()
    {
        const QString mark = uniqueName(u"event"_s);
        EventStream events(*m_client, {u"capsule.mark="_s + mark}, nullptr);
        QSignalSpy connected(&events, &EventStream::connected);
        QList<Event> seen;
        connect(&events, &EventStream::event, this, [&](const Event &event) { seen += event; });
        QVERIFY(connected.wait(10'000));
        const auto other = makeContainer();
        VERIFY_RESULT(other);
        const auto id = makeContainer({{u"Labels"_s, QJsonObject{{testLabel, u"1"_s}, {u"capsule.mark"_s, mark}}}});
        VERIFY_RESULT(id);
        VERIFY_RESULT(await(startContainer(*m_client, *id)));
        VERIFY_RESULT(await(killContainer(*m_client, *id)));
        const auto sawDie = [&] { return std::any_of(seen.begin(), seen.end(), [](const Event &event) { return event.action == "die"_L1; }); };
        QTRY_VERIFY(sawDie());
        QStringList actions;
        for (const Event &event : std::as_const(seen)) {
            QCOMPARE(event.id, *id);
            actions += event.action;
        }
        QVERIFY2(actions.contains(u"create"_s) && actions.contains(u"start"_s), qPrintable(actions.join(u' ')));
        const auto die = std::find_if(seen.begin(), seen.end(), [](const Event &event) { return event.action == "die"_L1; });
        QCOMPARE(die->attributes.value(u"exitCode"_s), u"137"_s);
    }

    void imageIsBuiltTaggedAndRemoved()
    {
        const QString tag = uniqueName(u"image"_s) + u":1"_s;
        const QByteArray context = tar({{.name = "Dockerfile", .content = "ARG BASE\nFROM ${BASE}\nUSER 0\nCOPY file /capsule-file\nRUN cat /capsule-file && echo to-stderr >&2\n"},
                                        {.name = "file", .content = "hello from the context\n"}});
        // A classic builder takes a local id as a base only by a name.
        const QString base = uniqueName(u"base"_s);
        VERIFY_RESULT(await(tagImage(*m_client, m_image, base, u"1"_s)));
        m_images += base + u":1"_s;
        ImageStream *build = buildImage(*m_client, {.tags = {tag}, .arguments = {{u"BASE"_s, base + u":1"_s}}, .labels = {{testLabel, u"1"_s}}, .networkMode = u"none"_s}, context, m_client.get());
        QString output;
        connect(build, &ImageStream::output, this, [&](const QString &text) { output += text; });
        QSignalSpy steps(build, &ImageStream::step);
        QSignalSpy finished(build, &ImageStream::finished);
        const Result<QString> image = ended<QString>(finished);
        VERIFY_RESULT(image);
        m_images.prepend(*image);
        QVERIFY(image->startsWith(u"sha256:"_s));
        QVERIFY2(output.contains(u"hello from the context"_s), qPrintable(output));
        QVERIFY(output.contains(u"to-stderr"_s));
        QVERIFY(steps.count() >= 5);
        const auto inspected = await(inspectImage(*m_client, tag));
        VERIFY_RESULT(inspected);
        QCOMPARE(inspected->value("Id"_L1).toString(), *image);
        const auto listed = await(listImages(*m_client, {testLabel + u"=1"_s}));
        VERIFY_RESULT(listed);
        QVERIFY(std::any_of(listed->begin(), listed->end(), [&](const QJsonValue &one) { return one["Id"_L1].toString() == *image; }));
    }

    void failingBuildSaysWhy()
    {
        const QString base = uniqueName(u"base"_s);
        VERIFY_RESULT(await(tagImage(*m_client, m_image, base, u"1"_s)));
        m_images += base + u":1"_s;
        const QByteArray context = tar({{.name = "Dockerfile", .content = "FROM " + base.toUtf8() + ":1\nRUN echo the-reason && exit 9\n"}});
        ImageStream *build = buildImage(*m_client, {.networkMode = u"none"_s}, context, m_client.get());
        QSignalSpy finished(build, &ImageStream::finished);
        const Result<QString> image = ended<QString>(finished);
        QVERIFY(!image);
        QCOMPARE(image.error().code, ErrorCode::ProviderFailed);
        QVERIFY2(image.error().detail.contains(u"the-reason"_s) && image.error().detail.contains(u'9'), qPrintable(image.error().detail));
    }

    void rootFileSystemIsImported()
    {
        const QString name = uniqueName(u"import"_s);
        QByteArray root = tar({{.name = "etc/", .mode = 0755, .type = '5'}, {.name = "etc/motd", .content = "hello"}});
        QBuffer source(&root);
        source.open(QIODevice::ReadOnly);
        ImageStream *import = importImage(*m_client, {.repository = name, .tag = u"1"_s, .changes = {u"ENV A=\"b c\""_s}}, &source, m_client.get());
        QSignalSpy finished(import, &ImageStream::finished);
        const Result<QString> image = ended<QString>(finished);
        VERIFY_RESULT(image);
        m_images += *image;
        const auto inspected = await(inspectImage(*m_client, name + u":1"_s));
        VERIFY_RESULT(inspected);
        QVERIFY((*inspected)["Config"_L1]["Env"_L1].toArray().contains(u"A=b c"_s));
    }

    void containerBecomesAnImage()
    {
        const auto id = makeContainer();
        VERIFY_RESULT(id);
        const QString name = uniqueName(u"commit"_s);
        const auto image = await(commitContainer(*m_client, *id, {.repository = name, .tag = u"1"_s, .changes = {u"LABEL capsule.test=1"_s, u"ENV X=1"_s}}));
        VERIFY_RESULT(image);
        m_images += *image;
        const auto inspected = await(inspectImage(*m_client, name + u":1"_s));
        VERIFY_RESULT(inspected);
        QVERIFY((*inspected)["Config"_L1]["Env"_L1].toArray().contains(u"X=1"_s));
    }

    void networkIsMadeAndRemoved()
    {
        const QString name = uniqueName(u"net"_s);
        const QJsonObject body{{u"Name"_s, name},
                               {u"CheckDuplicate"_s, true},
                               {u"Labels"_s, QJsonObject{{testLabel, u"1"_s}}},
                               {u"IPAM"_s, QJsonObject{{u"Config"_s, QJsonArray{QJsonObject{{u"Subnet"_s, u"10.213.254.16/28"_s}}}}}}};
        const auto id = await(createNetwork(*m_client, body));
        VERIFY_RESULT(id);
        const auto again = await(createNetwork(*m_client, body));
        const auto inspected = await(inspectNetwork(*m_client, *id));
        const auto listed = await(listNetworks(*m_client, {testLabel + u"=1"_s}));
        VERIFY_RESULT(await(removeNetwork(*m_client, *id)));
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::AlreadyExists);
        VERIFY_RESULT(inspected);
        QCOMPARE(inspected->value("Name"_L1).toString(), name);
        VERIFY_RESULT(listed);
        QVERIFY(std::any_of(listed->begin(), listed->end(), [&](const QJsonValue &one) { return one["Id"_L1].toString() == *id; }));
        const auto gone = await(removeNetwork(*m_client, *id));
        QVERIFY(!gone);
        QCOMPARE(gone.error().code, ErrorCode::NotFound);
    }

    void terminalCarriesAFlood()
    {
        const auto id = startedContainer();
        VERIFY_RESULT(id);
        const auto exec = await(createExec(*m_client, *id, {.command = {u"sh"_s, u"-c"_s, u"stty raw; head -c 60000000 /dev/zero"_s}, .terminal = ExecTerminal::Tty}));
        VERIFY_RESULT(exec);
        HijackedStream *stream = startExec(*m_client, *exec, ExecTerminal::Tty, m_client.get());
        qint64 got = 0;
        connect(stream, &HijackedStream::output, this, [&](const QByteArray &bytes) { got += bytes.size(); });
        QSignalSpy finished(stream, &HijackedStream::finished);
        QElapsedTimer clock;
        clock.start();
        VERIFY_RESULT(ended<void>(finished));
        QCOMPARE(got, 60'000'000);
        qInfo("PTY exec: %.0f MB/s", 60.0 / (static_cast<double>(clock.elapsed()) / 1000));
    }
};

QTEST_GUILESS_MAIN(TestDockerClient)
#include "tst_dockerclient.moc"
