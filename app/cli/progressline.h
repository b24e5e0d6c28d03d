// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/output.h"
#include "protocol/types.h"

namespace capsule::cli {

/// "Building the base image, step 3 of 12". Pure.
QString describeProgress(const JobInfo &job);

/// A job's progress on standard error: one line that is written over on a terminal, elsewhere a line for each phase.
class ProgressLine
{
public:
    explicit ProgressLine(const Output &output);
    ~ProgressLine() { clear(); }
    Q_DISABLE_COPY_MOVE(ProgressLine)

    void show(const JobInfo &job);
    void clear();

private:
    const Output &m_output;
    bool m_overwrites;
    QString m_shown;
};

} // namespace capsule::cli
