// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace capsule {

/// A file of a build context.
struct ContextFile {
    QString path; ///< relative, with '/'
    QByteArray content;
    bool executable = false;

    bool operator==(const ContextFile &) const = default;
};

/// Names the content of docker/base, by the rule in docker/README.md: packaging/dev computes the same key.
/// Certificates of the host (ca/*.crt) do not count.
QString baseKey(const std::vector<ContextFile> &files);

/// Names an agent's layer: changes with the base, the Dockerfile and the install command.
QString agentKey(const QString &baseKey, const QByteArray &dockerfile, const QString &install);

QString baseImageName(const QString &key);                           ///< capsule/base:<key>
QString agentImageName(const QString &agentId, const QString &key);  ///< capsule/agent-<id>:<key>

/// The default of `ARG <name>=<default>` in a Dockerfile, or nothing.
QString defaultArgument(const QByteArray &dockerfile, const QString &name);

} // namespace capsule
