// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/engineclient_p.h"

#include "base/logging.h"
#include "base/paths.h"
#include "client/bytestream_p.h"

#include <QNetworkProxy>
#include <QNetworkRequest>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule {

namespace {

constexpr int maxBackOffSeconds = 16;
constexpr auto openTimeout = 10s;
constexpr auto pingInterval = 10s;
constexpr int maxMissedPongs = 3;
// An engine that does not read any more: refuse calls instead of growing.
constexpr qint64 maxUnsentBytes = 16 * 1024 * 1024;

Error notConnected()
{
    return {ErrorCode::Unavailable, u"Capsule's engine is not connected; start it with \"capsule engine start\"."_s, {}};
}

Error broken(const QString &detail)
{
    return {ErrorCode::Unavailable, u"The connection to Capsule's engine broke."_s, detail};
}

Error refused(const QWebSocket &socket)
{
    // QWebSocket 6.8 tells a refusal in its error string alone: a 401 as a challenge that it cannot meet, the rest by number.
    if (socket.errorString().contains("WWW-Authenticate"_L1) || socket.errorString().contains("429"_L1))
        return {ErrorCode::Unauthorized, u"Capsule's engine refused this program; restart it with \"capsule engine stop\"."_s,
                socket.errorString()};
    return {ErrorCode::Unavailable, u"Capsule's engine does not answer; it may have ended."_s, socket.errorString()};
}

Result<QUrl> socketUrl(const EngineFile &file)
{
    if (file.apiVersion != api::version)
        return fail(ErrorCode::Unsupported,
                    u"The running engine (%1) is of another Capsule version; restart it with \"capsule engine stop\"."_s.arg(file.version),
                    u"engine API %1, ours %2"_s.arg(file.apiVersion).arg(api::version));
    QUrl url(file.address);
    if (url.scheme() != "http"_L1 || url.port() <= 0)
        return fail(ErrorCode::ProtocolError,
                    u"The engine's file holds no usable address; restart the engine with \"capsule engine stop\"."_s, file.address);
    url.setScheme(u"ws"_s);
    url.setPath(u"/ws"_s);
    return url;
}

} // namespace

EngineClient::Private::Private(EngineClient *client, Locate locateEngine)
    : q(client)
    , locate(std::move(locateEngine))
{
    retryTimer.setSingleShot(true);
    retryTimer.setTimerType(Qt::PreciseTimer); // a coarse one would show a second too many
    openTimer.setSingleShot(true);
    openTimer.setInterval(openTimeout);
    pingTimer.setInterval(pingInterval);
    QObject::connect(&retryTimer, &QTimer::timeout, q, [this] { open(); });
    QObject::connect(&openTimer, &QTimer::timeout, q, [this] { fallBack(broken(u"no answer to the upgrade"_s)); });
    QObject::connect(&pingTimer, &QTimer::timeout, q, [this] { ping(); });
    QObject::connect(&watcher, &QFileSystemWatcher::directoryChanged, q, [this] { retryIfEngineChanged(); });
}

void EngineClient::Private::setState(State next)
{
    if (std::exchange(state, next) != next)
        emit q->stateChanged(next);
}

void EngineClient::Private::watch()
{
    if (const auto dir = paths::runtimeDir(); dir && !watcher.directories().contains(*dir))
        watcher.addPath(*dir);
}

void EngineClient::Private::retryIfEngineChanged()
{
    if (state != State::Waiting)
        return;
    if (const auto found = locate(); found && *found != target)
        open();
}

void EngineClient::Private::open()
{
    retryTimer.stop();
    watch();
    const auto url = locate().and_then([this](const EngineFile &file) {
        target = file;
        return socketUrl(file);
    });
    if (!url)
        return fallBack(url.error());

    // Without a parent: whoever is answered may delete us while the socket still speaks; see shutDown().
    auto *fresh = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest);
    socket = fresh;
    fresh->setProxy(QNetworkProxy::NoProxy);
    fresh->setMaxAllowedIncomingMessageSize(jsonrpc::maxMessageBytes);
    QObject::connect(fresh, &QWebSocket::connected, q, [this] {
        openTimer.stop();
        attempts = 0;
        missedPongs = 0;
        pingTimer.start();
        lastError = {};
        qCInfo(lcClient) << "connected to" << target.address;
        const QPointer alive(q);
        setState(State::Connected);
        if (alive && state == State::Connected)
            emit q->connected();
    });
    QObject::connect(fresh, &QWebSocket::errorOccurred, q,
                     [this, fresh] { fallBack(state == State::Connected ? broken(fresh->errorString()) : refused(*fresh)); });
    QObject::connect(fresh, &QWebSocket::disconnected, q, [this, fresh] { fallBack(broken(fresh->closeReason())); });
    QObject::connect(fresh, &QWebSocket::textMessageReceived, q, [this](const QString &text) { receiveText(text); });
    QObject::connect(fresh, &QWebSocket::binaryMessageReceived, q, [this](const QByteArray &bytes) { receiveBinary(bytes); });
    QObject::connect(fresh, &QWebSocket::pong, q, [this] { missedPongs = 0; });

    QNetworkRequest request(*url);
    request.setRawHeader("Authorization", "Bearer " + target.token.toUtf8());
    const QPointer alive(q);
    setState(State::Connecting);
    if (!alive || socket != fresh)
        return;
    openTimer.start();
    fresh->open(request);
}

void EngineClient::Private::shutDown(const Error &error)
{
    retryTimer.stop();
    openTimer.stop();
    pingTimer.stop();
    if (socket) {
        QObject::disconnect(socket, nullptr, q, nullptr);
        socket->flush(); // what was called last still goes out
        socket->abort();
        socket->deleteLater();
        socket = nullptr;
    }
    // Whoever is answered may call back into us, or delete us: only locals from here on.
    const auto replies = std::exchange(pending, {});
    const auto streams = std::exchange(channels, {});
    QList<QPointer<ByteStream>> open;
    for (ByteStream *stream : streams)
        open.append(stream);
    for (const Reply &reply : replies)
        reply(std::unexpected(error));
    for (const auto &stream : std::as_const(open)) {
        if (stream)
            ByteStream::Private::of(stream)->close({.channel = 0, .exitCode = std::nullopt, .error = ErrorInfo::of(error)});
    }
}

void EngineClient::Private::fallBack(const Error &error)
{
    if (state == State::Waiting && error != lastError)
        qCInfo(lcClient) << error.message << error.detail;
    lastError = error;
    const int seconds = std::min(1 << std::min(attempts, 4), maxBackOffSeconds);
    ++attempts;
    const State before = std::exchange(state, State::Waiting);
    const QPointer alive(q);
    shutDown(error);
    if (!alive || state != State::Waiting || socket)
        return;
    retryTimer.start(std::chrono::seconds(seconds));
    if (before != State::Waiting)
        emit q->stateChanged(State::Waiting);
}

void EngineClient::Private::ping()
{
    if (missedPongs++ >= maxMissedPongs)
        return fallBack(broken(u"no answer to %1 pings"_s.arg(maxMissedPongs)));
    if (socket)
        socket->ping();
}

void EngineClient::Private::receiveText(const QString &text)
{
    const auto message = jsonrpc::parse(text.toUtf8());
    if (!message)
        return fallBack(message.error());
    if (const auto *response = std::get_if<jsonrpc::Response>(&*message))
        receiveResponse(*response);
    else if (const auto &request = std::get<jsonrpc::Request>(*message); request.id.isUndefined())
        receiveNotification(request.method, request.params);
}

void EngineClient::Private::receiveResponse(const jsonrpc::Response &response)
{
    // A stale answer (its caller was answered when an earlier connection broke) finds nobody.
    if (const Reply reply = pending.take(response.id.toInteger(-1)))
        reply(response.result);
}

void EngineClient::Private::receiveNotification(const QString &method, const QJsonObject &params)
{
    const auto is = [&]<class N>(std::type_identity<N>, const auto &use) {
        if (method != QLatin1String(N::name))
            return false;
        if (const auto read = wire::fromJson<typename N::Params>(params))
            use(*read);
        else
            qCWarning(lcClient) << "malformed notification" << method << read.error().message;
        return true;
    };
    const bool known = is(std::type_identity<api::SessionChanged>{}, [this](const api::Session &p) { emit q->sessionChanged(p.session); })
        || is(std::type_identity<api::SessionRemoved>{}, [this](const api::Id &p) { emit q->sessionRemoved(p.id); })
        || is(std::type_identity<api::JobChanged>{}, [this](const api::Job &p) { emit q->jobChanged(p.job); })
        || is(std::type_identity<api::JobOutput>{}, [this](const api::JobOutputParams &p) { emit q->jobOutput(p.jobId, p.text); })
        || is(std::type_identity<api::EngineStopping>{}, [this](const api::Nothing &) { emit q->engineStopping(); })
        || is(std::type_identity<api::ChannelClosed>{}, [this](const api::ChannelClosedParams &p) {
                           if (ByteStream *stream = channels.take(quint32(p.channel)))
                               ByteStream::Private::of(stream)->close(p);
                       });
    if (!known)
        qCDebug(lcClient) << "unknown notification" << method;
}

void EngineClient::Private::receiveBinary(const QByteArray &bytes)
{
    const auto frame = decodeFrame(bytes);
    if (!frame)
        return fallBack(frame.error());
    // Frames of a channel that we gave back may still be under way.
    if (ByteStream *stream = channels.value(frame->channel))
        ByteStream::Private::of(stream)->receive(*frame);
}

void EngineClient::Private::sendFrame(const QByteArray &frame)
{
    if (socket && state == State::Connected)
        socket->sendBinaryMessage(frame);
}

void EngineClient::Private::releaseChannel(quint32 channel)
{
    if (channels.remove(channel) > 0)
        q->call<api::ChannelClose>({channel});
}

std::unique_ptr<ByteStream> EngineClient::Private::openStream(const QString &method, const QJsonObject &params)
{
    auto stream = ByteStream::Private::make(q);
    const QPointer alive(stream.get());
    q->send(method, params, [this, alive](const Result<QJsonObject> &reply) {
        const auto channel = reply.and_then([](const QJsonObject &json) { return wire::fromJson<api::Channel>(json); });
        if (!channel) {
            // Queued: the caller may not have had the chance to connect to closed().
            if (alive)
                QMetaObject::invokeMethod(
                    alive.get(),
                    [alive, error = channel.error()] {
                        ByteStream::Private::of(alive)->close({.channel = 0, .exitCode = std::nullopt, .error = ErrorInfo::of(error)});
                    },
                    Qt::QueuedConnection);
            return;
        }
        const auto number = quint32(channel->channel);
        if (!alive) {
            q->call<api::ChannelClose>(*channel);
            return;
        }
        channels.insert(number, alive);
        ByteStream::Private::of(alive)->opened(number);
    });
    return stream;
}

EngineClient::EngineClient(QObject *parent, Locate locate)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(locate)))
{
}

EngineClient::~EngineClient()
{
    blockSignals(true);
    d->state = State::Disconnected;
    d->shutDown(notConnected());
}

void EngineClient::connectToEngine()
{
    if (d->state == State::Disconnected)
        d->open();
}

void EngineClient::reconnectNow()
{
    if (d->state == State::Disconnected || d->state == State::Waiting)
        d->open();
}

void EngineClient::disconnectFromEngine()
{
    if (d->state == State::Disconnected)
        return;
    d->attempts = 0;
    d->state = State::Disconnected;
    const QPointer alive(this);
    d->shutDown(notConnected());
    if (alive && d->state == State::Disconnected)
        emit stateChanged(State::Disconnected);
}

EngineClient::State EngineClient::state() const
{
    return d->state;
}

Error EngineClient::lastError() const
{
    return d->lastError;
}

int EngineClient::retryInSeconds() const
{
    return d->retryTimer.isActive() ? int((d->retryTimer.remainingTime() + 999) / 1000) : 0;
}

std::unique_ptr<ByteStream> EngineClient::attachTerminal(const api::TerminalAttachParams &params)
{
    return d->openStream(QLatin1String(api::TerminalAttach::name), wire::toJson(params));
}

std::unique_ptr<ByteStream> EngineClient::startExec(const api::ExecParams &params)
{
    return d->openStream(QLatin1String(api::ExecStart::name), wire::toJson(params));
}

void EngineClient::send(const QString &method, const QJsonObject &params, Reply reply)
{
    if (d->state != State::Connected || !d->socket)
        return reply(std::unexpected(d->state == State::Waiting ? d->lastError : notConnected()));
    if (d->socket->bytesToWrite() > maxUnsentBytes)
        return reply(fail(ErrorCode::LimitReached, u"Capsule's engine does not keep up; wait a moment and try again."_s));
    const QByteArray text = jsonrpc::request(++d->lastId, method, params);
    if (text.size() > jsonrpc::maxMessageBytes)
        return reply(fail(ErrorCode::TooLarge, u"The request is larger than 1 MiB; shorten it."_s));
    d->pending.insert(d->lastId, std::move(reply));
    d->socket->sendTextMessage(QString::fromUtf8(text));
}

} // namespace capsule
