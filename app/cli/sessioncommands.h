// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.h"

class QSocketNotifier;

namespace capsule::cli {

/// `ls`
class ListCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;

private:
    void print(const std::vector<SessionInfo> &sessions) const;
};

/// What is done to each of several sessions, one after the other. All are looked up before the first is touched; a
/// failure ends it.
class EachSessionCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;

protected:
    virtual void lookedUp() { next(); } ///< all of m_sessions are known
    virtual void treat(const SessionInfo &session) = 0; ///< then treated()
    void treated(const QString &sentence, const QJsonObject &result);
    void next();

    std::vector<SessionInfo> m_sessions;

private:
    size_t m_done = 0;
    QJsonArray m_results;
};

/// `stop`
class StopCommand : public EachSessionCommand
{
    Q_OBJECT
public:
    using EachSessionCommand::EachSessionCommand;

protected:
    void treat(const SessionInfo &session) override;
};

/// `start`
class StartCommand : public EachSessionCommand
{
    Q_OBJECT
public:
    using EachSessionCommand::EachSessionCommand;

protected:
    void treat(const SessionInfo &session) override;
};

/// `rm`: asks on a terminal, naming what is lost.
class RemoveCommand : public EachSessionCommand
{
    Q_OBJECT
public:
    using EachSessionCommand::EachSessionCommand;

protected:
    void lookedUp() override;
    void treat(const SessionInfo &session) override;

private:
    void ask();

    QSocketNotifier *m_answer = nullptr;
};

/// `rename`
class RenameCommand : public Command
{
    Q_OBJECT
public:
    using Command::Command;
    void run() override;
};

} // namespace capsule::cli
