// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/progressline.h"

#include "base/bytesize.h"
#include "cli/rawterminal.h"
#include "cli/text.h"

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::cli {

QString describeProgress(const JobInfo &job)
{
    const QString phase = printable(job.phase);
    if (phase.isEmpty() || (job.done <= 0 && job.total <= 0))
        return phase;
    if (job.unit == "bytes"_L1) {
        return job.total > 0 ? u"%1, %2 of %3"_s.arg(phase, formatByteSize(job.done), formatByteSize(job.total))
                             : u"%1, %2"_s.arg(phase, formatByteSize(job.done));
    }
    if (job.unit == "steps"_L1 && job.total > 0)
        return u"%1, step %2 of %3"_s.arg(phase).arg(job.done).arg(job.total);
    return job.total > 0 ? u"%1, %2 of %3"_s.arg(phase).arg(job.done).arg(job.total) : u"%1, %2"_s.arg(phase).arg(job.done);
}

ProgressLine::ProgressLine(const Output &output)
    : m_output(output)
    , m_overwrites(isTerminal(STDERR_FILENO) && qEnvironmentVariable("TERM") != "dumb"_L1)
{
}

void ProgressLine::show(const JobInfo &job)
{
    const QString line = m_overwrites ? describeProgress(job) : printable(job.phase);
    if (m_output.isJson() || line == m_shown || line.isEmpty())
        return;
    m_shown = line;
    if (!m_overwrites)
        return m_output.note(line + u"..."_s);
    const int columns = terminalSize().value_or(TerminalSize{}).columns;
    writeErr("\r\x1b[K" + line.left(columns - 1).toLocal8Bit());
}

void ProgressLine::clear()
{
    if (m_overwrites && !m_shown.isEmpty())
        writeErr("\r\x1b[K");
    m_shown.clear();
}

} // namespace capsule::cli
