// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "protocol/enginefile.h"
#include "protocol/methods.h"

#include <QObject>

#include <functional>
#include <memory>

namespace capsule {

class ByteStream;

/// One connection to capsule-engine, with typed calls and notifications. Reconnects by itself with back-off
/// (1, 2, 4, 8, 16 s, and at once when the engine's file changes) until disconnectFromEngine(). After every
/// (re)connection `connected` is emitted: a client then asks session.list and replaces what it knew.
/// Streams break with the connection (ByteStream::closed, Unavailable); whoever shows one attaches again.
/// Lives on the thread of its owner.
class EngineClient : public QObject
{
    Q_OBJECT
public:
    enum class State {
        Disconnected, ///< not asked to connect
        Connecting,
        Connected,
        Waiting, ///< for the next try; lastError() says why the last one failed
    };

    /// How to find the engine's address and token; by default EngineFile::read. For tests.
    using Locate = std::function<Result<EngineFile>()>;

    explicit EngineClient(QObject *parent = nullptr, Locate locate = &EngineFile::read);
    ~EngineClient() override;

    void connectToEngine();
    void reconnectNow(); ///< skips the wait
    void disconnectFromEngine();

    State state() const;
    Error lastError() const;
    int retryInSeconds() const; ///< while Waiting

    /// Calls a method of protocol/methods.h: `client.call<api::SessionRename>({id, name})`. Always answers;
    /// Unavailable when the connection is not there or breaks before the answer.
    template<class Method>
    Async<typename Method::Result> call(const typename Method::Params &params)
    {
        auto answer = std::make_shared<Answer<typename Method::Result>>();
        send(QLatin1String(Method::name), wire::toJson(params), [answer](Result<QJsonObject> reply) {
            answer->resolve(std::move(reply).and_then([](const QJsonObject &json) { return wire::fromJson<typename Method::Result>(json); }));
        });
        return answer->future();
    }

    /// Attaches to a terminal or starts a command. The stream exists at once, with no byte lost between
    /// the answer and the first frame; a failure comes as its `closed`. Owned by the caller; deleting it
    /// detaches from the terminal, or ends the command.
    std::unique_ptr<ByteStream> attachTerminal(const api::TerminalAttachParams &params);
    std::unique_ptr<ByteStream> startExec(const api::ExecParams &params);

signals:
    void stateChanged(capsule::EngineClient::State state);
    void connected();
    void engineStopping();
    void sessionChanged(const capsule::SessionInfo &session);
    void sessionRemoved(const QString &id);
    void jobChanged(const capsule::JobInfo &job);
    void jobOutput(const QString &jobId, const QString &text);

private:
    friend class ByteStream;
    using Reply = std::function<void(Result<QJsonObject>)>;
    void send(const QString &method, const QJsonObject &params, Reply reply);

    class Private;
    std::unique_ptr<Private> d;
};

} // namespace capsule
