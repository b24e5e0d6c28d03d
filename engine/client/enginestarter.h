// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "protocol/enginefile.h"

#include <QObject>

namespace capsule {

/// Makes sure that an engine of this user runs: reads engine.json and checks that it answers; otherwise
/// starts `capsule-engine` (beside this program, else from PATH) as a process of its own that lives on, and waits
/// until it listens. At most one start at a time; two programs that start one at once end up with the same.
class EngineStarter : public QObject
{
    Q_OBJECT
public:
    explicit EngineStarter(QObject *parent = nullptr);
    ~EngineStarter() override;

    /// Unavailable: it could not be started or did not listen within 10 s; detail holds the end of its log.
    Async<EngineFile> ensureRunning();
    /// Only looks. NotFound: none runs. A file left by a dead engine counts as none.
    static Result<EngineFile> running();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace capsule
