// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/imagestore.h"
#include "sandbox/sandboxprovider.h"

namespace capsule {

/// Stands in for a container engine whose address is configured in a way that cannot be understood: the
/// engine runs all the same, and every use answers with the reason.
class NoProvider : public SandboxProvider {
    Q_OBJECT
public:
    explicit NoProvider(Error reason)
        : m_reason(std::move(reason))
    {
    }

    QString id() const override { return QStringLiteral("container"); }
    QFuture<ProviderStatus> probe() override
    {
        ProviderStatus status;
        status.id = id();
        status.name = QStringLiteral("Docker");
        status.error = ErrorInfo::of(m_reason);
        return QtFuture::makeReadyValueFuture(status);
    }
    Async<QString> create(const SandboxSpec &) override { return refuse<QString>(); }
    Async<void> copyIn(const QString &, std::shared_ptr<TreeSource>) override { return refuse<void>(); }
    Async<void> start(const QString &) override { return refuse<void>(); }
    Async<void> stop(const QString &) override { return refuse<void>(); }
    Async<void> pause(const QString &) override { return refuse<void>(); }
    Async<void> resume(const QString &) override { return refuse<void>(); }
    Async<QString> snapshot(const QString &, const QString &) override { return refuse<QString>(); }
    Async<void> remove(const QString &) override { return refuse<void>(); }
    Async<QList<SandboxInfo>> list() override { return refuse<QList<SandboxInfo>>(); }
    Async<std::shared_ptr<TerminalChannel>> openTerminal(const QString &, const CommandSpec &) override
    {
        return refuse<std::shared_ptr<TerminalChannel>>();
    }
    Async<std::shared_ptr<ExecChannel>> openExec(const QString &, const CommandSpec &) override
    {
        return refuse<std::shared_ptr<ExecChannel>>();
    }
    Capabilities capabilities() const override { return {}; }

private:
    template<class T>
    Async<T> refuse() const
    {
        return ready<T>(std::unexpected(m_reason));
    }

    Error m_reason;
};

/// The images of such an engine.
class NoImages : public ImageStore {
    Q_OBJECT
public:
    explicit NoImages(Error reason)
        : m_reason(std::move(reason))
    {
    }

    Async<QString> ensureImage(const AgentProfile &, ProgressSink &) override { return ready<QString>(std::unexpected(m_reason)); }
    Async<bool> isReady(const AgentProfile &) override { return ready<bool>(false); }

private:
    Error m_reason;
};

} // namespace capsule
