// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/endpoint.h"

#include "docker/json.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QUrl>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qint64 maxConfigFile = 1024 * 1024;
const QString remoteSocket = u"/var/run/docker.sock"_s;

std::unexpected<Error> badHost(const QString &text, const QString &why)
{
    return fail(ErrorCode::InvalidArgument,
                u"The container engine's address “%1” cannot be used. Give it like unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host."_s.arg(text), why);
}

bool isOption(const QString &text)
{
    return text.startsWith(u'-');
}

/// Letters, digits and what host names, addresses and account names need: nothing that ssh or a shell reads otherwise.
bool isPlainName(const QString &text)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9_.:%-]+\\z"_s);
    return plain.match(text).hasMatch() && !isOption(text);
}

Result<Endpoint> parseSsh(const QString &text, const QUrl &url)
{
    Endpoint endpoint{.kind = EndpointKind::Ssh, .socketPath = remoteSocket, .host = url.host(), .user = url.userName()};
    if (!isPlainName(endpoint.host) || (!endpoint.user.isEmpty() && !isPlainName(endpoint.user)))
        return badHost(text, u"host or user is not a plain name"_s);
    if (!url.password().isEmpty())
        return badHost(text, u"a password in the address is not supported; use a key"_s);
    if (const int port = url.port(0); port > 0)
        endpoint.port = static_cast<quint16>(port);
    if (url.path().size() > 1) {
        if (url.path().contains(u':'))
            return badHost(text, u"the socket's path must not contain a colon"_s);
        endpoint.socketPath = url.path();
    }
    return endpoint;
}

/// DOCKER_CERT_PATH's three files; certificate and key only where they are.
void takeTlsFiles(Endpoint &endpoint, const QString &dir, const Environment &environment)
{
    const auto file = [&](const QString &name) {
        const QString path = dir + u'/' + name;
        return environment.exists(path) ? path : QString();
    };
    endpoint.kind = EndpointKind::Tls;
    endpoint.caFile = file(u"ca.pem"_s);
    endpoint.certificateFile = file(u"cert.pem"_s);
    endpoint.keyFile = file(u"key.pem"_s);
}

QString configDir(const Environment &environment)
{
    const QString dir = environment.variable(u"DOCKER_CONFIG"_s);
    return dir.isEmpty() ? environment.home + u"/.docker"_s : dir;
}

Result<QString> currentContext(const Environment &environment)
{
    if (const QString name = environment.variable(u"DOCKER_CONTEXT"_s); !name.isEmpty())
        return name;
    const QString path = configDir(environment) + u"/config.json"_s;
    const std::optional<QByteArray> json = environment.readFile(path);
    if (!json)
        return QString();
    const Result<QJsonObject> config = parseObject(*json);
    if (!config)
        return fail(ErrorCode::InvalidArgument, u"The docker configuration %1 cannot be read. Correct it or set DOCKER_HOST."_s.arg(path), config.error().detail);
    return config->value("currentContext"_L1).toString();
}

Result<Endpoint> endpointOfContext(const QString &name, const Environment &environment)
{
    const QString hash = QString::fromLatin1(QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha256).toHex());
    const QString contexts = configDir(environment) + u"/contexts/"_s;
    const std::optional<QByteArray> json = environment.readFile(contexts + u"meta/"_s + hash + u"/meta.json"_s);
    if (!json)
        return fail(ErrorCode::InvalidArgument, u"The docker context “%1” does not exist. Choose one that “docker context ls” lists."_s.arg(name));
    const Result<QJsonObject> meta = parseObject(*json);
    if (!meta)
        return fail(ErrorCode::InvalidArgument, u"The docker context “%1” cannot be read. Make it again."_s.arg(name), meta.error().detail);
    const QJsonObject docker = meta->value("Endpoints"_L1).toObject().value("docker"_L1).toObject();
    Result<Endpoint> endpoint = parseHost(docker.value("Host"_L1).toString());
    if (!endpoint)
        return endpoint;
    const QString tls = contexts + u"tls/"_s + hash + u"/docker"_s;
    if (endpoint->kind == EndpointKind::Tcp && environment.exists(tls + u"/ca.pem"_s))
        takeTlsFiles(*endpoint, tls, environment);
    endpoint->verifyPeer = !docker.value("SkipTLSVerify"_L1).toBool();
    endpoint->origin = u"context '%1'"_s.arg(name);
    return endpoint;
}

Result<Endpoint> endpointOfVariables(const Environment &environment)
{
    Result<Endpoint> endpoint = parseHost(environment.variable(u"DOCKER_HOST"_s));
    if (!endpoint)
        return endpoint;
    endpoint->origin = u"DOCKER_HOST"_s;
    // As in the docker command: any value of DOCKER_TLS_VERIFY turns verification on; DOCKER_TLS alone is TLS without it.
    const bool verify = !environment.variable(u"DOCKER_TLS_VERIFY"_s).isEmpty();
    const bool tls = verify || !environment.variable(u"DOCKER_TLS"_s).isEmpty();
    if (tls && (endpoint->kind == EndpointKind::Tcp || endpoint->kind == EndpointKind::Tls)) {
        const QString dir = environment.variable(u"DOCKER_CERT_PATH"_s);
        takeTlsFiles(*endpoint, dir.isEmpty() ? configDir(environment) : dir, environment);
        endpoint->verifyPeer = verify;
    }
    return endpoint;
}

Endpoint defaultEndpoint(const Environment &environment)
{
    QStringList candidates{remoteSocket};
    const QString runtime = environment.variable(u"XDG_RUNTIME_DIR"_s);
    if (!runtime.isEmpty())
        candidates << runtime + u"/docker.sock"_s << runtime + u"/podman/podman.sock"_s;
    candidates << u"/run/podman/podman.sock"_s;
    Endpoint endpoint{.socketPath = remoteSocket, .origin = u"default socket"_s};
    for (const QString &path : candidates) {
        if (environment.exists(path)) {
            endpoint.socketPath = path;
            break;
        }
    }
    return endpoint;
}

} // namespace

QString Endpoint::toString() const
{
    const QString bracketed = host.contains(u':') ? u'[' + host + u']' : host;
    const QString withPort = port == 0 ? bracketed : bracketed + u':' + QString::number(port);
    switch (kind) {
    case EndpointKind::Unix: return u"unix://"_s + socketPath;
    case EndpointKind::Tcp:
    case EndpointKind::Tls: return u"tcp://"_s + withPort;
    case EndpointKind::Ssh: return u"ssh://"_s + (user.isEmpty() ? withPort : user + u'@' + withPort);
    }
    return {};
}

Environment Environment::system()
{
    Environment environment;
    const QProcessEnvironment process = QProcessEnvironment::systemEnvironment();
    for (const QString &name : {u"DOCKER_HOST"_s, u"DOCKER_CONTEXT"_s, u"DOCKER_CONFIG"_s, u"DOCKER_TLS"_s, u"DOCKER_TLS_VERIFY"_s, u"DOCKER_CERT_PATH"_s, u"XDG_RUNTIME_DIR"_s})
        environment.variables.insert(name, process.value(name));
    environment.home = QDir::homePath();
    environment.exists = [](const QString &path) { return QFileInfo::exists(path); };
    environment.readFile = [](const QString &path) -> std::optional<QByteArray> {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly) || file.size() > maxConfigFile)
            return std::nullopt;
        return file.read(maxConfigFile);
    };
    return environment;
}

Result<Endpoint> parseHost(const QString &text)
{
    // QUrl would make a host of "-oProxyCommand"; what may look like an option is refused before and after it.
    const QUrl url(text, QUrl::StrictMode);
    const QString scheme = url.scheme();
    if (scheme == "unix"_L1) {
        const QString path = text.sliced(text.indexOf("://"_L1) < 0 ? 5 : 7);
        if (!path.startsWith(u'/'))
            return badHost(text, u"a socket's path must be absolute"_s);
        if (path.toLocal8Bit().size() > 107)
            return badHost(text, u"a socket's path is at most 107 bytes long"_s);
        return Endpoint{.kind = EndpointKind::Unix, .socketPath = path};
    }
    if (!url.isValid() || url.host().isEmpty())
        return badHost(text, url.errorString().isEmpty() ? u"no host"_s : url.errorString());
    if (scheme == "ssh"_L1)
        return parseSsh(text, url);
    if (scheme != "tcp"_L1 && scheme != "http"_L1 && scheme != "https"_L1)
        return badHost(text, u"unknown kind of address"_s);
    if (url.path().size() > 1 || url.hasQuery() || !url.userInfo().isEmpty())
        return badHost(text, u"only host and port are supported"_s);
    const bool tls = scheme == "https"_L1 || url.port() == 2376;
    return Endpoint{.kind = tls ? EndpointKind::Tls : EndpointKind::Tcp,
                    .host = url.host(),
                    .port = static_cast<quint16>(url.port(tls ? 2376 : 2375))};
}

Result<Endpoint> resolveEndpoint(const Environment &environment)
{
    if (!environment.variable(u"DOCKER_HOST"_s).isEmpty())
        return endpointOfVariables(environment);
    const Result<QString> context = currentContext(environment);
    if (!context)
        return std::unexpected(context.error());
    if (!context->isEmpty() && *context != "default"_L1)
        return endpointOfContext(*context, environment);
    return defaultEndpoint(environment);
}

} // namespace capsule::docker
