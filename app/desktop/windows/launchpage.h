// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/windows/sessionpage.h"

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace capsule {

class EngineLink;
class Foldout;
class SessionActions;

/// A session on its way: phase, progress, Cancel, what the tools print; and when it fails, why, with Try
/// Again and Remove. Follows the session's job over reconnections.
class LaunchPage : public SessionPage
{
    Q_OBJECT
public:
    LaunchPage(const SessionInfo &session, EngineLink &link, SessionActions &actions, QWidget *parent = nullptr);

    void setSession(const SessionInfo &session) override;
    void setJob(const JobInfo &job);
    void appendOutput(const QString &text);

private:
    void loadJob();
    void showRunning();
    void showFailed();

    EngineLink &m_link;
    SessionActions &m_actions;
    SessionInfo m_session;
    JobInfo m_job;
    QString m_jobId;
    bool m_outputLoaded = false; ///< what comes before is in job.get's answer

    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_phase;
    QProgressBar *m_bar;
    QLabel *m_amount;
    QPushButton *m_cancel;
    QPushButton *m_retry;
    QPushButton *m_remove;
    QPlainTextEdit *m_output;
    Foldout *m_details;
};

} // namespace capsule
