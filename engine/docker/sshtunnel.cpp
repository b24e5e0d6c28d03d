// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/sshtunnel.h"

#include "base/logging.h"
#include "base/paths.h"

#include <QFileInfo>
#include <QFileSystemWatcher>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule::docker {

SshTunnel::SshTunnel(Endpoint remote, QObject *parent)
    : QObject(parent)
    , m_remote(std::move(remote))
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(40s);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (m_process)
            m_process->kill(); // ended() tells those who wait
    });
}

SshTunnel::~SshTunnel()
{
    if (!m_process)
        return;
    m_process->disconnect(this);
    m_process->kill();
    m_process->waitForFinished(1000); // a killed child ends at once; without this QProcess warns and waits longer
}

QString SshTunnel::socketPath() const
{
    return m_dir ? m_dir->filePath(u"x.sock"_s) : QString();
}

QStringList SshTunnel::arguments() const
{
    QStringList list{u"-nNT"_s,
                     u"-o"_s, u"ExitOnForwardFailure=yes"_s,
                     u"-o"_s, u"StreamLocalBindUnlink=yes"_s,
                     u"-o"_s, u"BatchMode=yes"_s,
                     u"-o"_s, u"ConnectTimeout=20"_s,
                     u"-o"_s, u"ServerAliveInterval=15"_s,
                     // A forward made by a shared master would outlive this child.
                     u"-o"_s, u"ControlMaster=no"_s,
                     u"-o"_s, u"ControlPath=none"_s,
                     u"-L"_s, socketPath() + u':' + m_remote.socketPath};
    if (m_remote.port != 0)
        list << u"-p"_s << QString::number(m_remote.port);
    if (!m_remote.user.isEmpty())
        list << u"-l"_s << m_remote.user;
    list << u"--"_s << m_remote.host;
    return list;
}

Async<QString> SshTunnel::open()
{
    if (m_open)
        return ready<QString>(socketPath());
    m_waiting.emplace_back();
    const Async<QString> future = m_waiting.back().future();
    if (!m_process) {
        if (const Result<void> started = start(); !started)
            answer(std::unexpected(started.error()));
    }
    return future;
}

Result<void> SshTunnel::start()
{
    if (m_remote.host.startsWith(u'-') || m_remote.user.startsWith(u'-'))
        return fail(ErrorCode::InvalidArgument, u"“%1” is not the name of a machine. Correct the container engine's address."_s.arg(m_remote.host));
    const Result<QString> runtime = paths::runtimeDir();
    if (!runtime)
        return std::unexpected(runtime.error());
    m_dir = std::make_unique<QTemporaryDir>(*runtime + u"/ssh-XXXXXX"_s);
    if (!m_dir->isValid() || socketPath().toLocal8Bit().size() > 107)
        return fail(ErrorCode::Unavailable, u"No place for the tunnel's socket could be made in %1."_s.arg(*runtime), m_dir->errorString());

    m_watcher = std::make_unique<QFileSystemWatcher>(QStringList{m_dir->path()});
    connect(m_watcher.get(), &QFileSystemWatcher::directoryChanged, this, &SshTunnel::look);
    m_errors.clear();
    m_process = std::make_unique<QProcess>();
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->setStandardOutputFile(QProcess::nullDevice());
    connect(m_process.get(), &QProcess::readyReadStandardError, this, [this] {
        m_errors = (m_errors + m_process->readAllStandardError()).right(4096);
    });
    connect(m_process.get(), &QProcess::finished, this, &SshTunnel::ended);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            m_errors = m_process->errorString().toUtf8();
            ended();
        }
    });
    m_patience.start();
    qCDebug(lcDocker) << "starting ssh to" << m_remote.toString();
    m_process->start(u"ssh"_s, arguments());
    return {};
}

void SshTunnel::look()
{
    if (m_open || !m_process || !QFileInfo::exists(socketPath()))
        return;
    m_open = true;
    m_patience.stop();
    answer(socketPath());
}

void SshTunnel::ended()
{
    m_open = false;
    m_patience.stop();
    if (m_process) {
        m_errors = (m_errors + m_process->readAllStandardError()).right(4096);
        m_process.release()->deleteLater(); // this is a slot of its signal
    }
    if (m_watcher)
        m_watcher.release()->deleteLater();
    qCInfo(lcDocker) << "ssh to" << m_remote.toString() << "ended:" << m_errors.trimmed();
    answer(fail(ErrorCode::Unavailable,
                u"The container engine at %1 cannot be reached through ssh. Check that “ssh %2” works without asking anything."_s.arg(m_remote.toString(), m_remote.host),
                QString::fromUtf8(m_errors).trimmed()));
}

void SshTunnel::answer(const Result<QString> &result)
{
    std::vector<Answer<QString>> waiting;
    waiting.swap(m_waiting);
    for (Answer<QString> &one : waiting)
        one.resolve(result);
}

} // namespace capsule::docker
