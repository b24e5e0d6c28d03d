// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/sandboxprovider.h"

#include <QJsonObject>

/// What a container engine is asked to make, as pure functions. The hardening of every sandbox is in
/// containerRequest() and nowhere else; tests/docker/tst_containerhardening.cpp checks the container that results.
namespace capsule {

inline const QString managedLabel = QStringLiteral("capsule.managed");
inline const QString sessionLabel = QStringLiteral("capsule.session");
inline const QString ownerLabel = QStringLiteral("capsule.owner"); ///< paths::ownerId() of who made it
inline const QString nameLabel = QStringLiteral("capsule.name");
inline const QString networkLabel = QStringLiteral("capsule.network"); ///< on networks: what it is for

inline const QString workspacePath = QStringLiteral("/workspace");
inline const QString sandboxUser = QStringLiteral("1000:1000"); ///< "developer" in our images; numbers work in any

/// What the engine at hand can do; see EngineFacts::read().
struct EngineFacts {
    bool podman = false;
    bool rootless = false;
    int cgroupVersion = 2;
    int cpus = 0;                     ///< of its machine; 0: not known
    bool limits = true;               ///< memory, CPU and process limits are enforced
    bool privateCgroupNamespace = true;

    static EngineFacts read(const QJsonObject &systemInfo, bool podman);
    bool operator==(const EngineFacts &) const = default;
};

/// Refuses what would be ignored or misread: no limits, an environment entry that is not "NAME=value".
Result<void> checkSpec(const SandboxSpec &spec);

/// The body of POST /containers/create. `network` is a network's id or a mode. The spec has passed checkSpec().
QJsonObject containerRequest(const SandboxSpec &spec, const EngineFacts &facts, const QString &network);

/// The body of POST /networks/create: a bridge whose members cannot reach each other.
QJsonObject networkRequest(const QString &name, const QMap<QString, QString> &labels);

/// Capabilities that programs in such a sandbox may get at most, as the engine spells them.
QStringList grantedCapabilities(Privileges privileges);

/// "My first API" -> "my-first-api": letters, digits and inner dashes, at most 24; "sandbox" when nothing is left.
QString hostName(const QString &name);

/// A name for the engine that says what it is and is not taken: "capsule-my-first-api-1f0c9a2b".
QString containerName(const QString &name, quint32 random);

} // namespace capsule
