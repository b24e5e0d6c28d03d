// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "docker/endpoint.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QObject>
#include <QSslConfiguration>
#include <QUrlQuery>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

class QNetworkAccessManager;

namespace capsule::docker {

class SshTunnel;

/// A version of the Engine API, as in "1.41".
struct ApiVersion {
    int major = 0;
    int minor = 0;

    static std::optional<ApiVersion> parse(QStringView text);
    QString toString() const;
    auto operator<=>(const ApiVersion &) const = default;
};

inline constexpr ApiVersion oldestApi{1, 40}; ///< Docker 19.03
inline constexpr ApiVersion newestApi{1, 47}; ///< what this client was written against

/// For exec and attach: keys nobody types together. The default, ctrl-p ctrl-q, makes the engine swallow Ctrl-P until the
/// next key.
inline const QString detachKeys = QStringLiteral("ctrl-^,ctrl-_,ctrl-^,ctrl-_");

/// Who answered, and the API version both sides speak.
struct EngineVersion {
    ApiVersion api{};       ///< negotiated: min(newestApi, the engine's)
    bool isPodman = false;
    QString version{};      ///< the engine's own, "26.1.5"
    QString architecture{}; ///< Go's names: "amd64", "arm64"
    QString kernel{};
};

/// A short call without a stream. `path` starts with '/', without version; names in it went through pathPart() or
/// imagePart().
struct Call {
    QByteArray verb = "GET";
    QString path{};
    QUrlQuery query{};
    std::optional<QJsonObject> body{};
    std::chrono::milliseconds timeout{30'000};
    QString what{}; ///< for the error's sentence: "create the container"
};

/// Where a stream connects to, with the tunnel up and the version known.
struct Route {
    Endpoint endpoint{};    ///< Unix, Tcp or Tls; never Ssh
    QByteArray prefix{};    ///< "/v1.41"
    QSslConfiguration tls{}; ///< Tls
};

/// A container's, network's or exec's name for a path. What no engine can have as a name becomes "-", which is never
/// found: engines decode %2F before they route, so that encoding alone would let a name reach another call.
QString pathPart(const QString &name);
QString imagePart(const QString &reference); ///< the same for "registry:5000/name:tag@sha256:..."

/// A query with its values properly encoded: '+' and '&' in a value stay what they are.
QUrlQuery query(std::initializer_list<std::pair<QString, QString>> items);

/// The filters parameter of the list calls: {"label": ["a=b"]}.
QString labelFilter(const QStringList &labels);

/// A connection to one container engine: version negotiation, short calls over kept-alive connections, and
/// the route for streams, which open connections of their own so that they never starve a short call.
/// Lives on the event loop's thread. The calls themselves are in containers.h, exec.h, images.h, networks.h.
class Client : public QObject
{
    Q_OBJECT

public:
    explicit Client(Endpoint endpoint, QObject *parent = nullptr);
    ~Client() override;

    const Endpoint &endpoint() const { return m_endpoint; }

    /// Asks once and remembers; asked again after the engine went away. Every call does this by itself.
    Async<EngineVersion> negotiate();
    std::optional<EngineVersion> engineVersion() const { return m_version; }

    Async<QByteArray> send(Call call);        ///< any 2xx and 304: the body, at most 32 MiB
    Async<QJsonObject> sendForObject(Call call);
    Async<QJsonArray> sendForArray(Call call);
    Async<void> sendForNothing(Call call);    ///< the body is not looked at

    Async<Route> route();

    /// Tells the client that a stream of its found the engine gone: the next call negotiates again.
    void forgetVersion();

private:
    using Reply = std::shared_ptr<Answer<QByteArray>>;

    Async<Route> transport();
    std::optional<Route> knownRoute() const;
    void exchange(const Route &route, const Call &call, const Reply &reply);
    void finishNegotiation(const Result<EngineVersion> &result);

    Endpoint m_endpoint;
    std::optional<QSslConfiguration> m_tls;
    std::unique_ptr<QNetworkAccessManager> m_network;
    std::unique_ptr<SshTunnel> m_tunnel;
    std::optional<EngineVersion> m_version;
    std::vector<Answer<EngineVersion>> m_waiting;
};

Async<void> ping(Client &client);
Async<QJsonObject> systemInfo(Client &client);
Async<QJsonObject> systemVersion(Client &client);

} // namespace capsule::docker
