// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QLoggingCategory>

/// The log categories, each with what it tells. Turn one on with QT_LOGGING_RULES="capsule.docker.debug=true".
/// Secrets never go to any of them.
namespace capsule {

Q_DECLARE_LOGGING_CATEGORY(lcEngine)   ///< capsule.engine: start, stop, and what stands between
Q_DECLARE_LOGGING_CATEGORY(lcServer)   ///< capsule.server: connections, refused requests
Q_DECLARE_LOGGING_CATEGORY(lcSession)  ///< capsule.session: state changes, launches, reconciliation
Q_DECLARE_LOGGING_CATEGORY(lcTerminal) ///< capsule.terminal: viewers, flow control
Q_DECLARE_LOGGING_CATEGORY(lcSandbox)  ///< capsule.sandbox: what providers are asked and answer
Q_DECLARE_LOGGING_CATEGORY(lcDocker)   ///< capsule.docker: each call to the container engine and its time
Q_DECLARE_LOGGING_CATEGORY(lcCatalog)  ///< capsule.catalog: agents read, images built
Q_DECLARE_LOGGING_CATEGORY(lcClient)   ///< capsule.client: connecting, reconnecting
Q_DECLARE_LOGGING_CATEGORY(lcDesktop)  ///< capsule.desktop: windows, tray

/// The engine's log file: <stateDir>/engine.log; older ones are engine.log.1 and engine.log.2.
QString engineLogPath();

/// Sends Qt's messages to a file of at most `maxBytes` (then rotated, three kept) as well as to standard error.
Result<void> logToFile(const QString &path, qint64 maxBytes = 4 * 1024 * 1024);

} // namespace capsule
