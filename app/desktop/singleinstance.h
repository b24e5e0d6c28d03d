// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "desktop/launchrequest.h"

#include <QLocalServer>
#include <QLockFile>
#include <QObject>

#include <memory>

class QLocalSocket;

namespace capsule {

/// One desktop per user: a lock file decides who it is, a socket beside it takes the requests of later starts.
/// Both are in the private runtime directory. The lock dies with its process, so a socket left by a crash is
/// told from a live one.
class SingleInstance : public QObject
{
    Q_OBJECT
public:
    /// Answers with the instance when this process is the first, with null when `request` was handed to the
    /// one that runs. Waits at most 3 s for that one; meant for main(), before the event loop.
    static Result<std::unique_ptr<SingleInstance>> claim(const QString &directory, const LaunchRequest &request);

    ~SingleInstance() override;

signals:
    void requested(const capsule::LaunchRequest &request);

private:
    explicit SingleInstance(std::unique_ptr<QLockFile> lock);
    void readRequest(QLocalSocket *socket);

    std::unique_ptr<QLockFile> m_lock;
    QLocalServer m_server;
};

} // namespace capsule
