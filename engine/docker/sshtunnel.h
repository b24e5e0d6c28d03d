// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "docker/endpoint.h"

#include <QObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>

#include <memory>
#include <vector>

class QFileSystemWatcher;

namespace capsule::docker {

/// Makes an engine on another machine a local socket: a child `ssh` forwards a socket in a private directory. It uses
/// the user's own ssh configuration, keys and agent, and never asks a question. The child ends with this object.
class SshTunnel : public QObject
{
    Q_OBJECT

public:
    explicit SshTunnel(Endpoint remote, QObject *parent = nullptr);
    ~SshTunnel() override;

    /// The local socket's path, once it is there. Starts ssh when it does not run (any more).
    Async<QString> open();
    bool isOpen() const { return m_open; }
    QString socketPath() const;

private:
    Result<void> start();
    QStringList arguments() const;
    void look();
    void ended();
    void answer(const Result<QString> &result);

    Endpoint m_remote;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<QProcess> m_process;
    std::unique_ptr<QFileSystemWatcher> m_watcher;
    QTimer m_patience;
    QByteArray m_errors; ///< the last 4 KiB of what ssh said
    std::vector<Answer<QString>> m_waiting;
    bool m_open = false;
};

} // namespace capsule::docker
