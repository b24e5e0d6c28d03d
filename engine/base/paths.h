// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>
#include <QStringList>

/// Where Capsule keeps things on the host, by the XDG Base Directory specification. Each directory is
/// read from the environment on every call, so that tests can point it elsewhere.
namespace capsule::paths {

QString configDir(); ///< $XDG_CONFIG_HOME/capsule: settings, the user's own agents
QString dataDir();   ///< $XDG_DATA_HOME/capsule: the session store
QString stateDir();  ///< $XDG_STATE_HOME/capsule: logs

/// $XDG_RUNTIME_DIR/capsule, made with mode 0700. Without XDG_RUNTIME_DIR: /tmp/capsule-<uid>. Refused
/// (PermissionDenied) when it is a link, of another user, or open to others.
Result<QString> runtimeDir();

/// Folders that hold agents/<id>/agent.json, most important first: the user's, then the installation's.
QStringList agentDirs();

/// Shipped data (docker/, agents/): $CAPSULE_DATA_DIR, the source tree of a development build, or
/// <prefix>/share/capsule. Empty when nothing was found.
QString installedDataDir();

/// Tells this user's Capsule from others on the same machine or container engine (another user, a test with a
/// data folder of its own): made from the machine's id, the user and dataDir(), so that it survives the
/// loss of everything stored. 16 hex digits.
QString ownerId();

/// Makes a directory with mode 0700 if it is missing.
Result<void> makePrivateDir(const QString &path);

} // namespace capsule::paths
