// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/client.h"

#include "base/logging.h"
#include "docker/connection.h"
#include "docker/errors.h"
#include "docker/json.h"
#include "docker/sshtunnel.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QRegularExpression>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

/// Collects one reply and answers with it.
class Exchange : public QObject
{
public:
    Exchange(Client *client, QNetworkReply *reply, const Call &call, Endpoint endpoint, std::shared_ptr<Answer<QByteArray>> answer)
        : QObject(reply)
        , m_client(client)
        , m_reply(reply)
        , m_call(call)
        , m_endpoint(std::move(endpoint))
        , m_answer(std::move(answer))
    {
        m_clock.start();
        m_timeout.setSingleShot(true);
        connect(&m_timeout, &QTimer::timeout, this, [this] { give(fail(ErrorCode::Timeout, u"The container engine took too long to %1. Look whether the machine is overloaded and try again."_s.arg(m_call.what))); });
        m_timeout.start(call.timeout);
        connect(reply, &QNetworkReply::readyRead, this, &Exchange::read);
        connect(reply, &QNetworkReply::finished, this, &Exchange::finish);
    }

private:
    void read()
    {
        m_body += m_reply->read(std::min<qint64>(m_reply->bytesAvailable(), maxReplyBytes + 1 - m_body.size()));
        if (m_body.size() > maxReplyBytes)
            give(fail(ErrorCode::TooLarge, u"The container engine sent too much when asked to %1."_s.arg(m_call.what)));
    }

    void finish()
    {
        if (m_answer->isAnswered())
            return;
        read();
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const bool cutOff = m_reply->error() == QNetworkReply::RemoteHostClosedError || m_reply->error() == QNetworkReply::ProtocolFailure;
        if (status == 0)
            give(std::unexpected(cutOff ? lostError(m_call.what, m_reply->errorString()) : connectError(m_endpoint, m_reply->errorString())));
        else if (cutOff)
            give(std::unexpected(lostError(m_call.what, m_reply->errorString())));
        else if ((status >= 200 && status < 300) || status == 304)
            give(m_body);
        else
            give(std::unexpected(statusError(status, m_body, m_call.what)));
    }

    void give(const Result<QByteArray> &result)
    {
        if (m_answer->isAnswered())
            return;
        m_timeout.stop();
        qCDebug(lcDocker).noquote() << m_call.verb << m_call.path << (result ? u"ok"_s : result.error().detail) << m_clock.elapsed() << "ms";
        if (!result && result.error().code == ErrorCode::Unavailable)
            m_client->forgetVersion(); // it may come back as another one
        m_answer->resolve(result);
        m_reply->disconnect(this);
        if (!m_reply->isFinished())
            m_reply->abort();
        m_reply->deleteLater(); // takes this with it
    }

    Client *m_client; ///< owns the manager that owns the reply that owns this
    QNetworkReply *m_reply;
    Call m_call;
    Endpoint m_endpoint;
    std::shared_ptr<Answer<QByteArray>> m_answer;
    QByteArray m_body;
    QTimer m_timeout;
    QElapsedTimer m_clock;
};

QUrl urlOf(const Route &route, const Call &call)
{
    QUrl url;
    const Endpoint &endpoint = route.endpoint;
    if (endpoint.kind == EndpointKind::Unix) {
        url.setScheme(u"unix+http"_s);
        url.setHost(u"docker"_s); // only for the Host header
    } else {
        url.setScheme(endpoint.kind == EndpointKind::Tls ? u"https"_s : u"http"_s);
        url.setHost(endpoint.host);
        url.setPort(endpoint.port);
    }
    url.setPath(QString::fromLatin1(route.prefix) + call.path);
    if (!call.query.isEmpty())
        url.setQuery(call.query);
    return url;
}

QNetworkRequest requestOf(const Route &route, const Call &call)
{
    QNetworkRequest request(urlOf(route, call));
    if (route.endpoint.kind == EndpointKind::Unix)
        request.setAttribute(QNetworkRequest::FullLocalServerNameAttribute, route.endpoint.socketPath);
    else if (route.endpoint.kind == EndpointKind::Tls)
        request.setSslConfiguration(route.tls);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setRawHeader("Accept-Encoding", "identity"); // the limit on replies counts what was sent
    return request;
}

Result<EngineVersion> readVersion(const QByteArray &body)
{
    const Result<QJsonObject> json = parseObject(body);
    if (!json)
        return std::unexpected(json.error());
    const std::optional<ApiVersion> theirs = ApiVersion::parse(json->value("ApiVersion"_L1).toString());
    if (!theirs)
        return fail(ErrorCode::ProtocolError, u"What answers at the container engine's address is no container engine. Check DOCKER_HOST."_s, u"no ApiVersion in /version"_s);
    const ApiVersion minimum = ApiVersion::parse(json->value("MinAPIVersion"_L1).toString()).value_or(oldestApi);
    EngineVersion version{.api = std::min(*theirs, newestApi),
                          .version = json->value("Version"_L1).toString(),
                          .architecture = json->value("Arch"_L1).toString(),
                          .kernel = json->value("KernelVersion"_L1).toString()};
    for (const QJsonValue component : json->value("Components"_L1).toArray())
        version.isPodman = version.isPodman || component["Name"_L1].toString().startsWith("Podman"_L1);
    if (*theirs < oldestApi)
        return fail(ErrorCode::Unsupported, u"The container engine is too old (%1). Install Docker 19.03 or newer, or Podman 4."_s.arg(version.version), u"API %1"_s.arg(theirs->toString()));
    if (minimum > newestApi)
        return fail(ErrorCode::Unsupported, u"The container engine (%1) is newer than this Capsule can speak to. Update Capsule."_s.arg(version.version), u"API %1 at least"_s.arg(minimum.toString()));
    return version;
}

} // namespace

std::optional<ApiVersion> ApiVersion::parse(QStringView text)
{
    static const QRegularExpression pattern(u"^(\\d{1,4})\\.(\\d{1,4})\\z"_s);
    const QRegularExpressionMatch match = pattern.matchView(text);
    if (!match.hasMatch())
        return std::nullopt;
    return ApiVersion{match.capturedView(1).toInt(), match.capturedView(2).toInt()};
}

QString ApiVersion::toString() const
{
    return QString::number(major) + u'.' + QString::number(minor);
}

QString pathPart(const QString &name)
{
    static const QRegularExpression allowed(u"^[A-Za-z0-9][A-Za-z0-9_.-]*\\z"_s);
    return allowed.match(name).hasMatch() ? name : u"-"_s;
}

QString imagePart(const QString &reference)
{
    static const QRegularExpression allowed(u"^[A-Za-z0-9][A-Za-z0-9_.:/@-]*\\z"_s);
    return allowed.match(reference).hasMatch() && !reference.contains("/."_L1) && !reference.contains("//"_L1) ? reference : u"-"_s;
}

QUrlQuery query(std::initializer_list<std::pair<QString, QString>> items)
{
    QUrlQuery result;
    for (const auto &[name, value] : items)
        result.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
    return result;
}

QString labelFilter(const QStringList &labels)
{
    return QString::fromUtf8(QJsonDocument(QJsonObject{{u"label"_s, QJsonArray::fromStringList(labels)}}).toJson(QJsonDocument::Compact));
}

Client::Client(Endpoint endpoint, QObject *parent)
    : QObject(parent)
    , m_endpoint(std::move(endpoint))
    , m_network(std::make_unique<QNetworkAccessManager>())
{
    m_network->setProxy(QNetworkProxy::NoProxy);
    if (m_endpoint.kind == EndpointKind::Ssh)
        m_tunnel = std::make_unique<SshTunnel>(m_endpoint);
}

Client::~Client() = default;

void Client::forgetVersion()
{
    m_version.reset();
}

std::optional<Route> Client::knownRoute() const
{
    if (!m_version || (m_tunnel && !m_tunnel->isOpen()))
        return std::nullopt;
    Route route{m_endpoint, "/v" + m_version->api.toString().toLatin1(), m_tls.value_or(QSslConfiguration())};
    if (m_tunnel)
        route.endpoint = Endpoint{.socketPath = m_tunnel->socketPath()};
    return route;
}

Async<Route> Client::transport()
{
    if (m_tunnel)
        return mapped<Route>(m_tunnel->open(), [](const QString &path) { return Route{Endpoint{.socketPath = path}, {}, {}}; });
    if (m_endpoint.kind == EndpointKind::Tls && !m_tls) {
        const Result<QSslConfiguration> tls = tlsConfiguration(m_endpoint);
        if (!tls)
            return ready<Route>(std::unexpected(tls.error()));
        m_tls = *tls;
    }
    return ready<Route>(Route{m_endpoint, {}, m_tls.value_or(QSslConfiguration())});
}

Async<EngineVersion> Client::negotiate()
{
    if (m_version && knownRoute())
        return ready<EngineVersion>(*m_version);
    m_waiting.emplace_back();
    const Async<EngineVersion> future = m_waiting.back().future();
    if (m_waiting.size() > 1)
        return future;
    transport().then(this, [this](const Result<Route> &route) {
        if (!route) {
            finishNegotiation(std::unexpected(route.error()));
            return;
        }
        const auto reply = std::make_shared<Answer<QByteArray>>();
        reply->future().then(this, [this](const Result<QByteArray> &body) {
            finishNegotiation(body ? readVersion(*body) : std::unexpected(body.error()));
        });
        exchange(*route, Call{.path = u"/version"_s, .what = u"tell its version"_s}, reply);
    });
    return future;
}

void Client::finishNegotiation(const Result<EngineVersion> &result)
{
    if (result) {
        m_version = *result;
        qCDebug(lcDocker) << (result->isPodman ? "Podman" : "Docker") << result->version << "API" << result->api.toString();
    }
    std::vector<Answer<EngineVersion>> waiting;
    waiting.swap(m_waiting);
    for (Answer<EngineVersion> &one : waiting)
        one.resolve(result);
}

Async<Route> Client::route()
{
    if (const std::optional<Route> known = knownRoute())
        return ready<Route>(*known);
    const auto answer = std::make_shared<Answer<Route>>();
    negotiate().then(this, [this, answer](const Result<EngineVersion> &version) {
        const std::optional<Route> known = knownRoute();
        if (known)
            answer->resolve(*known);
        else if (!version)
            answer->resolve(std::unexpected(version.error()));
        else
            answer->resolve(std::unexpected(connectError(m_endpoint, u"lost again at once"_s)));
    });
    return answer->future();
}

void Client::exchange(const Route &route, const Call &call, const Reply &reply)
{
    const QByteArray body = call.body ? QJsonDocument(*call.body).toJson(QJsonDocument::Compact) : QByteArray();
    QNetworkReply *running = m_network->sendCustomRequest(requestOf(route, call), call.verb, body);
    new Exchange(this, running, call, route.endpoint, reply);
}

Async<QByteArray> Client::send(Call call)
{
    const auto reply = std::make_shared<Answer<QByteArray>>();
    const auto result = reply->future();
    if (const std::optional<Route> known = knownRoute()) {
        exchange(*known, call, reply);
        return result;
    }
    route().then(this, [this, call = std::move(call), reply](const Result<Route> &found) {
        if (found)
            exchange(*found, call, reply);
        else
            reply->resolve(std::unexpected(found.error()));
    });
    return result;
}

Async<QJsonObject> Client::sendForObject(Call call)
{
    return mapped<QJsonObject>(send(std::move(call)), parseObject);
}

Async<QJsonArray> Client::sendForArray(Call call)
{
    return mapped<QJsonArray>(send(std::move(call)), parseArray);
}

Async<void> Client::sendForNothing(Call call)
{
    return mapped<void>(send(std::move(call)), [](const QByteArray &) { return Result<void>(); });
}

Async<void> ping(Client &client)
{
    return client.sendForNothing({.path = u"/_ping"_s, .timeout = std::chrono::seconds(5), .what = u"answer"_s});
}

Async<QJsonObject> systemInfo(Client &client)
{
    return client.sendForObject({.path = u"/info"_s, .what = u"tell about itself"_s});
}

Async<QJsonObject> systemVersion(Client &client)
{
    return client.sendForObject({.path = u"/version"_s, .what = u"tell its version"_s});
}

} // namespace capsule::docker
