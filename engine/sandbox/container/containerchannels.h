// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/container/containerprocess.h"

namespace capsule {

/// A PTY made by the container engine's exec.
class ContainerTerminal : public TerminalChannel
{
    Q_OBJECT
public:
    explicit ContainerTerminal(std::unique_ptr<ContainerProcess> process);

    void write(const QByteArray &bytes) override { m_process->write(bytes); }
    qint64 bytesToWrite() const override { return m_process->bytesToWrite(); }
    void resize(TerminalSize size) override { m_process->resize(size); }
    void setReadPaused(bool paused) override { m_process->setReadPaused(paused); }
    void hangUp() override;

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    std::unique_ptr<ContainerProcess> m_process;
};

/// A command run by the container engine's exec.
class ContainerExec : public ExecChannel
{
    Q_OBJECT
public:
    explicit ContainerExec(std::unique_ptr<ContainerProcess> process);
    ~ContainerExec() override;

    void write(const QByteArray &bytes) override { m_process->write(bytes); }
    void closeInput() override { m_process->closeInput(); }
    qint64 bytesToWrite() const override { return m_process->bytesToWrite(); }
    void setReadPaused(bool paused) override { m_process->setReadPaused(paused); }
    void kill() override;

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    std::unique_ptr<ContainerProcess> m_process;
};

/// Prepares and starts `command` in the container; `engineTag` begins the tag in its environment.
Async<std::shared_ptr<TerminalChannel>> openContainerTerminal(const std::shared_ptr<docker::Client> &client, const QString &container,
                                                              const CommandSpec &command, const QString &engineTag);
Async<std::shared_ptr<ExecChannel>> openContainerExec(const std::shared_ptr<docker::Client> &client, const QString &container,
                                                      const CommandSpec &command, const QString &engineTag);

} // namespace capsule
