// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;

namespace capsule {

/// What one sees while no terminal is open: what to do first, one card per agent, and, when no session can
/// run, why.
class StartPage : public QWidget
{
    Q_OBJECT
public:
    explicit StartPage(QWidget *parent = nullptr);

    void setAgents(const std::vector<AgentInfo> &agents);
    void setProblem(const QString &sentence); ///< empty: sessions can run
    void setHasSessions(bool any);
    void setCanCreate(bool can); ///< an engine is there to be asked

signals:
    void newSessionRequested(const QString &agentId); ///< empty: not chosen yet

private:
    QLabel *m_text;
    QLabel *m_problem;
    QPushButton *m_new;
    QGridLayout *m_cards;
    QLabel *m_agentsHeading;
};

} // namespace capsule
