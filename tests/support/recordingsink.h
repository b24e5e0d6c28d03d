// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"

#include <QStringList>

namespace capsule::test {

/// Keeps all that a long operation tells, and can ask it to stop.
struct RecordingSink : ProgressSink {
    QStringList phases;
    QString output;
    qint64 done = 0;
    qint64 total = 0;
    QString unit;
    std::stop_source stop;

    void setPhase(const QString &phase) override { phases << phase; }
    void setProgress(qint64 doneNow, qint64 totalNow, const QString &unitNow) override
    {
        done = doneNow;
        total = totalNow;
        unit = unitNow;
    }
    void appendOutput(const QString &text) override { output += text; }
    std::stop_token stopToken() const override { return stop.get_token(); }
};

} // namespace capsule::test
