// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QWidget>

namespace capsule {

/// What a tab holds: something about one session, and perhaps one of its terminals.
class SessionPage : public QWidget
{
    Q_OBJECT
public:
    SessionPage(QString sessionId, QString terminalId, QWidget *parent = nullptr)
        : QWidget(parent)
        , m_sessionId(std::move(sessionId))
        , m_terminalId(std::move(terminalId))
    {
    }

    const QString &sessionId() const { return m_sessionId; }
    const QString &terminalId() const { return m_terminalId; } ///< empty: none (yet)
    virtual void setSession(const SessionInfo &session) = 0;

protected:
    QString m_sessionId;
    QString m_terminalId;
};

} // namespace capsule
