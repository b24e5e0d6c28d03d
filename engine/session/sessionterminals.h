// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "sandbox/sandboxprovider.h"
#include "session/terminalhub.h"

#include <QHash>
#include <QSet>
#include <QTimer>

#include <memory>
#include <unordered_map>
#include <vector>

namespace capsule {

/// The terminals of all sessions, in memory only: an engine that starts anew knows none.
class SessionTerminals : public QObject
{
    Q_OBJECT
public:
    explicit SessionTerminals(TerminalHub::Options options, int maxPerSession, QObject *parent = nullptr);
    ~SessionTerminals() override;

    std::vector<TerminalInfo> infos(const QString &sessionId) const; ///< oldest first
    bool hasRunning(const QString &sessionId) const;
    TerminalHub *find(const QString &terminalId) const; ///< null when there is none

    /// LimitReached; else what the provider answers.
    Async<TerminalInfo> open(SandboxProvider &provider, const QString &sessionId, const QString &sandboxId, const CommandSpec &command);
    Result<void> close(const QString &terminalId); ///< hangs up, then forgets. NotFound
    void loseAll(const QString &sessionId, const Error &reason); ///< what they showed stays
    void forgetAll(const QString &sessionId);

signals:
    void changed(const QString &sessionId); ///< gathered: at most some 20 times a second
    void active(const QString &sessionId);  ///< bytes passed; at most once a minute

private:
    using Hub = std::unique_ptr<TerminalHub>;

    bool makeRoom(const QString &sessionId);
    TerminalHub *add(const QString &sessionId, const CommandSpec &command, std::shared_ptr<TerminalChannel> channel);
    void retire(Hub hub);
    void forget(const QString &terminalId);
    void touch(const QString &sessionId);
    void noteActivity(const QString &sessionId);

    TerminalHub::Options m_options;
    int m_max;
    std::unordered_map<QString, std::vector<Hub>> m_hubs;
    QHash<QString, int> m_opening; ///< not answered yet, by session
    QHash<QString, qint64> m_lastActive; ///< milliseconds since the epoch
    QSet<QString> m_touched;
    QTimer m_gather;
};

} // namespace capsule
