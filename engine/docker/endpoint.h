// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <functional>
#include <optional>

namespace capsule::docker {

enum class EndpointKind { Unix, Tcp, Tls, Ssh };

/// Where a container engine listens. Which fields count depends on `kind`.
struct Endpoint {
    EndpointKind kind = EndpointKind::Unix;
    QString socketPath{};     ///< Unix; for Ssh the path on the other machine
    QString host{};           ///< Tcp, Tls, Ssh
    quint16 port = 0;       ///< Tcp, Tls; Ssh: 0 leaves it to ssh's own configuration
    QString user{};           ///< Ssh: empty leaves it to ssh's own configuration
    QString caFile{};         ///< Tls: empty means the system's authorities
    QString certificateFile{}; ///< Tls: empty means no client certificate
    QString keyFile{};
    bool verifyPeer = true; ///< Tls
    QString origin{};         ///< who said so, for messages: "DOCKER_HOST", "context 'work'", "default socket"

    /// The sandboxes run on this machine, so host folders and sockets can be mounted.
    bool isLocal() const { return kind == EndpointKind::Unix; }
    QString toString() const; ///< as DOCKER_HOST would have it; holds no secret

    bool operator==(const Endpoint &) const = default;
};

/// Everything resolveEndpoint() looks at, so that a test can hand in a made-up machine.
struct Environment {
    QHash<QString, QString> variables{};
    QString home{};
    std::function<bool(const QString &path)> exists{};                         ///< a socket that is there
    std::function<std::optional<QByteArray>(const QString &path)> readFile{};  ///< at most 1 MiB

    static Environment system();
    QString variable(const QString &name) const { return variables.value(name); }
};

/// Finds the engine as the docker command would: DOCKER_HOST, then DOCKER_CONTEXT or the current context of
/// config.json, then the default sockets of Docker and Podman that exist. Where none exists the answer is
/// /var/run/docker.sock, whose first call then fails with Unavailable. Fails with InvalidArgument when
/// what is configured cannot be understood.
Result<Endpoint> resolveEndpoint(const Environment &environment);

/// One DOCKER_HOST value: unix:///path, tcp://host:port, http(s)://host:port, ssh://[user@]host[:port][/path].
/// A host or user that ssh would take for an option is refused.
Result<Endpoint> parseHost(const QString &text);

} // namespace capsule::docker
