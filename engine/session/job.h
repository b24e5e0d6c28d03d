// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "protocol/types.h"

#include <QObject>
#include <QTimer>

namespace capsule {

/// One long operation: what it tells about itself, the end of what it printed, and how it is told to stop.
/// Made by JobRegistry, held by whoever does the work; used on the engine's event loop only. Progress and
/// output are signalled at most 10 times a second, the last word always.
class Job final : public QObject, public ProgressSink
{
    Q_OBJECT
public:
    static constexpr qsizetype outputBytes = 64 * 1024; ///< of UTF-8 kept

    Job(const QString &kind, const QString &sessionId);

    const JobInfo &info() const { return m_info; }
    QString id() const { return m_info.id; }
    bool isRunning() const { return m_info.state == JobState::Running; }
    QString output() const; ///< the end of what was printed

    void setPhase(const QString &phase) override;
    void setProgress(qint64 done, qint64 total, const QString &unit) override;
    void appendOutput(const QString &text) override;
    std::stop_token stopToken() const override { return m_stop.get_token(); }

    void requestStop(); ///< the work notices, undoes and finishes with Cancelled
    bool isStopRequested() const { return m_stop.stop_requested(); }
    void finish(const Result<void> &outcome); ///< once; ErrorCode::Cancelled ends it as cancelled

signals:
    void changed(const capsule::JobInfo &job);
    void printed(const QString &text);
    void finished();

private:
    void touch();
    void flush();

    JobInfo m_info;
    std::stop_source m_stop;
    QByteArray m_output;
    QString m_unsent; ///< printed, not yet signalled
    QTimer m_pace;
    bool m_dirty = false;
};

} // namespace capsule
