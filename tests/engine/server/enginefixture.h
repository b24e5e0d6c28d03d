// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/bytestream.h"
#include "client/engineclient.h"
#include "sandbox/fake/fakeprovider.h"
#include "server/engineparts.h"
#include "support/await.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace capsule::test {

/// An engine in this process, with its own directories and a fake provider, and clients to it.
class EngineFixture {
public:
    explicit EngineFixture(const HttpServer::Options &serverOptions = {})
    {
        for (const char *variable : {"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"})
            qputenv(variable, QFile::encodeName(m_dir.path()));
        auto parts = fakeParts();
        provider = static_cast<FakeProvider *>(parts.provider.get());
        engine = std::make_unique<EngineApp>(
            EngineApp::Options{
                .port = 0, .storePath = m_dir.filePath(QStringLiteral("sessions.db")), .terminals = {}, .server = serverOptions},
            std::move(parts));
        if (const auto started = engine->start(); !started)
            qFatal("the engine did not start: %s", qPrintable(started.error().message));
    }

    std::unique_ptr<EngineClient> connectClient()
    {
        auto client = std::make_unique<EngineClient>();
        client->connectToEngine();
        if (!QTest::qWaitFor([&] { return client->state() == EngineClient::State::Connected; }))
            qFatal("the client did not connect: %s", qPrintable(client->lastError().message));
        return client;
    }

    /// A running session with its first terminal.
    SessionInfo runningSession(EngineClient &client, const QString &name = QStringLiteral("work"))
    {
        api::SessionCreateParams params;
        params.agentId = QStringLiteral("shell");
        params.name = name;
        const auto made = await(client.call<api::SessionCreate>(params));
        if (!made)
            qFatal("no session: %s", qPrintable(made.error().message));
        SessionInfo session = made->session;
        const bool runs = QTest::qWaitFor([&] {
            if (const auto now = await(client.call<api::SessionGet>({made->session.id})))
                session = now->session;
            return session.state == SessionState::Running && !session.terminals.empty();
        });
        if (!runs)
            qFatal("the session does not run: %s", qPrintable(session.message));
        return session;
    }

    FakeProvider *provider = nullptr;
    std::unique_ptr<EngineApp> engine;

private:
    QTemporaryDir m_dir;
};

/// A viewer that shows all it is sent, as a screen would: a replay begins anew.
class Screen {
public:
    explicit Screen(std::unique_ptr<ByteStream> stream)
        : m_stream(std::move(stream))
    {
        QObject::connect(m_stream.get(), &ByteStream::replayStarted, m_stream.get(), [this] {
            text.clear();
            ++replays;
        });
        QObject::connect(m_stream.get(), &ByteStream::output, m_stream.get(), [this](const QByteArray &bytes) {
            text += bytes;
            received += bytes.size();
            if (text.size() > 1024 * 1024)
                text = text.last(64 * 1024);
            if (acknowledges)
                m_stream->consumed(bytes.size());
        });
        QObject::connect(m_stream.get(), &ByteStream::closed, m_stream.get(),
                         [this](const api::ChannelClosedParams &how) { closed = how; });
    }

    void type(const QByteArray &bytes) { m_stream->write(bytes); }
    ByteStream &stream() { return *m_stream; }

    QByteArray text;
    qint64 received = 0;
    int replays = 0;
    bool acknowledges = true;
    std::optional<api::ChannelClosedParams> closed;

private:
    std::unique_ptr<ByteStream> m_stream;
};

} // namespace capsule::test
