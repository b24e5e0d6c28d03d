// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/job.h"

#include "session/sessionnames.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int paceMs = 100;
constexpr qsizetype unsentLimit = 16 * 1024; ///< UTF-16 units; then it goes out before its time

/// The last `most` bytes, begun at a character.
QByteArrayView endOf(QByteArrayView text, qsizetype most)
{
    if (text.size() <= most)
        return text;
    text = text.last(most);
    while (!text.isEmpty() && (static_cast<unsigned char>(text.front()) & 0xc0) == 0x80)
        text = text.sliced(1);
    return text;
}

} // namespace

Job::Job(const QString &kind, const QString &sessionId)
{
    m_info.id = newId();
    m_info.kind = kind;
    m_info.sessionId = sessionId;
    m_pace.setSingleShot(true);
    m_pace.setInterval(paceMs);
    connect(&m_pace, &QTimer::timeout, this, [this] {
        if (m_dirty || !m_unsent.isEmpty())
            flush();
    });
}

QString Job::output() const
{
    return QString::fromUtf8(endOf(m_output, outputBytes));
}

void Job::setPhase(const QString &phase)
{
    if (!isRunning() || m_info.phase == phase)
        return;
    m_info.phase = phase;
    m_info.done = 0;
    m_info.total = 0;
    m_info.unit.clear();
    touch();
}

void Job::setProgress(qint64 done, qint64 total, const QString &unit)
{
    if (!isRunning())
        return;
    m_info.done = done;
    m_info.total = total;
    m_info.unit = unit;
    touch();
}

void Job::appendOutput(const QString &text)
{
    if (!isRunning() || text.isEmpty())
        return;
    m_output += text.toUtf8();
    if (m_output.size() > 2 * outputBytes)
        m_output = endOf(m_output, outputBytes).toByteArray();
    m_unsent += text;
    if (!m_pace.isActive())
        flush();
    else if (m_unsent.size() > unsentLimit)
        emit printed(std::exchange(m_unsent, {}));
}

void Job::touch()
{
    m_dirty = true;
    if (!m_pace.isActive())
        flush();
}

void Job::flush()
{
    m_pace.start();
    if (const QString text = std::exchange(m_unsent, {}); !text.isEmpty())
        emit printed(text);
    if (std::exchange(m_dirty, false))
        emit changed(m_info);
}

void Job::requestStop()
{
    if (!isRunning() || m_stop.stop_requested())
        return;
    setPhase(u"Cancelling"_s);
    m_stop.request_stop();
}

void Job::finish(const Result<void> &outcome)
{
    if (!isRunning())
        return;
    if (outcome) {
        m_info.state = JobState::Succeeded;
    } else {
        m_info.state = outcome.error().code == ErrorCode::Cancelled ? JobState::Cancelled : JobState::Failed;
        m_info.error = ErrorInfo::of(outcome.error());
    }
    m_dirty = true;
    flush();
    m_pace.stop();
    emit finished();
}

} // namespace capsule
