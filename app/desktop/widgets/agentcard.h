// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QAbstractButton>

namespace capsule {

/// An agent to be chosen: icon, name, description in two lines at most. Checkable in the dialog, plain on
/// the start page.
class AgentCard : public QAbstractButton
{
    Q_OBJECT
public:
    explicit AgentCard(const AgentInfo &agent, QWidget *parent = nullptr);

    QString agentId() const { return m_id; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    QString m_id;
    QString m_description;
    bool m_needsBuild;
};

} // namespace capsule
