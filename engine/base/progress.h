// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <stop_token>

namespace capsule {

/// How a long operation tells how far it is and hears that it shall end. Implemented by the engine's jobs;
/// an operation that is told to stop undoes what it did and answers with ErrorCode::Cancelled.
class ProgressSink
{
public:
    virtual ~ProgressSink() = default;

    virtual void setPhase(const QString &phase) = 0; ///< a few words for the user: "Copying the workspace"
    /// In `unit` ("bytes", "steps", "files"); total 0: not known.
    virtual void setProgress(qint64 done, qint64 total, const QString &unit) = 0;
    virtual void appendOutput(const QString &text) = 0; ///< what a tool printed
    virtual std::stop_token stopToken() const = 0;
};

} // namespace capsule
