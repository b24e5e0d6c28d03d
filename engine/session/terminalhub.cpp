// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/terminalhub.h"

#include "base/logging.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qint64 reasonDelayMs = 3'000; ///< a terminal's end and the end of its sandbox are one event within it

} // namespace

TerminalHub::TerminalHub(QString id, QString title, std::shared_ptr<TerminalChannel> channel, TerminalSize size, Options options, QObject *parent)
    : QObject(parent)
    , m_channel(std::move(channel))
    , m_ring(options.ringBytes)
    , m_options(options)
{
    m_info.id = std::move(id);
    m_info.title = std::move(title);
    m_info.size = size;
    m_info.createdAt = QDateTime::currentDateTimeUtc();
    m_options.pauseBacklogBytes = std::min<qint64>(m_options.pauseBacklogBytes, m_ring.capacity() / 2);
    m_options.resyncBytes = std::min(m_options.resyncBytes, m_ring.capacity() / 2);

    m_openedAt.start();
    m_turn.setSingleShot(true);
    m_turn.setInterval(0);
    connect(&m_turn, &QTimer::timeout, this, [this] {
        if (!m_pending)
            return;
        flush();
        m_turn.start();
    });
    m_stall.setInterval(std::max(1, m_options.stallMs / 4));
    connect(&m_stall, &QTimer::timeout, this, &TerminalHub::updatePause);

    connect(m_channel.get(), &TerminalChannel::output, this, &TerminalHub::onOutput);
    connect(m_channel.get(), &TerminalChannel::written, this, &TerminalHub::onWritten);
    connect(m_channel.get(), &TerminalChannel::ended, this, &TerminalHub::onEnded);
}

TerminalHub::~TerminalHub()
{
    if (isRunning())
        m_error = Error{ErrorCode::NotFound, u"The terminal was closed."_s, {}};
    m_channel->disconnect(this);
    blockSignals(true);
    while (!m_viewers.empty())
        m_viewers.back()->finish(m_info.exitCode, m_error); // detaches it
}

TerminalInfo TerminalHub::info() const
{
    TerminalInfo info = m_info;
    info.viewers = static_cast<int>(m_viewers.size());
    return info;
}

std::unique_ptr<TerminalViewer> TerminalHub::attach(ChannelSink &sink, TerminalSize size)
{
    auto viewer = std::make_unique<TerminalViewer>(*this, sink);
    m_viewers.push_back(viewer.get());
    if (size.isValid())
        resize(size);
    emit infoChanged();
    return viewer;
}

void TerminalHub::detach(TerminalViewer *viewer)
{
    if (std::erase(m_viewers, viewer) == 0)
        return;
    for (Input &input : m_input) {
        if (input.from == viewer)
            input.from = nullptr;
    }
    updatePause();
    emit infoChanged();
}

bool TerminalHub::takeFirstView()
{
    const bool fresh = !std::exchange(m_viewed, true);
    return fresh && isRunning() && m_ring.head() == 0 && m_openedAt.elapsed() < m_options.firstViewerMs;
}

void TerminalHub::lead(TerminalViewer *viewer)
{
    if (const auto at = std::ranges::find(m_viewers, viewer); at != m_viewers.end())
        std::rotate(at, at + 1, m_viewers.end());
}

void TerminalHub::resize(TerminalSize size)
{
    if (!isRunning() || size == m_info.size)
        return;
    m_info.size = size;
    m_channel->resize(size);
    emit infoChanged();
}

void TerminalHub::hangUp()
{
    if (isRunning())
        m_channel->hangUp();
}

void TerminalHub::write(TerminalViewer *from, const QByteArray &bytes)
{
    if (!isRunning())
        return from->inputWritten(bytes.size()); // nobody reads it any more; the client's window stays open
    m_input.push_back({from, bytes.size()}); // before the write: `written` may come from within it
    emit active();
    m_channel->write(bytes);
}

void TerminalHub::onWritten(qint64 bytes)
{
    while (bytes > 0 && !m_input.empty()) {
        Input &input = m_input.front();
        const qint64 part = std::min(bytes, input.bytes);
        TerminalViewer *from = input.from;
        bytes -= part;
        input.bytes -= part;
        if (input.bytes == 0)
            m_input.pop_front();
        if (from)
            from->inputWritten(part);
    }
}

void TerminalHub::onOutput(const QByteArray &bytes)
{
    if (!isRunning())
        return;
    m_ring.append(bytes);
    m_pending = true;
    emit active();
    if (m_turn.isActive()) {
        // More in this turn goes out together; only what the viewers must not lose goes out at once.
        updatePause();
        return;
    }
    flush();
    m_turn.start();
}

/// A copy to walk over: a sink may destroy viewers of its connection when one is closed.
std::vector<QPointer<TerminalViewer>> TerminalHub::viewers() const
{
    return {m_viewers.begin(), m_viewers.end()};
}

void TerminalHub::flush()
{
    m_pending = false;
    for (const QPointer<TerminalViewer> &viewer : viewers()) {
        if (viewer && viewer->isLive())
            viewer->pump();
    }
    updatePause();
}

void TerminalHub::updatePause()
{
    qint64 least = -1; // of the viewers that count
    for (const TerminalViewer *viewer : m_viewers) {
        if (!viewer->isLive() || (viewer->isBlocked() && viewer->m_lastHeard.hasExpired(m_options.stallMs)))
            continue;
        const qint64 backlog = viewer->backlog();
        least = least < 0 ? backlog : std::min(least, backlog);
    }
    const qint64 bound = m_paused ? m_options.pauseBacklogBytes / 4 : m_options.pauseBacklogBytes;
    const bool pause = isRunning() && least > bound;
    if (pause == m_paused)
        return;
    m_paused = pause;
    qCDebug(lcTerminal) << "terminal" << m_info.id << (pause ? "held back," : "goes on,") << least << "bytes wait";
    if (pause)
        m_stall.start();
    else
        m_stall.stop();
    if (isRunning())
        m_channel->setReadPaused(pause);
}

void TerminalHub::onEnded(const ExitStatus &status)
{
    if (!isRunning())
        return;
    m_info.exitCode = status.code;
    m_error = status.code ? std::nullopt : status.error;
    if (!status.code && !m_error)
        m_error = Error{ErrorCode::Unavailable, u"The connection to the terminal was lost."_s, {}};
    m_info.state = m_error ? TerminalState::Lost : TerminalState::Exited;
    m_info.message = m_error ? m_error->message : QString();
    onWritten(std::numeric_limits<qint64>::max());
    finishViewers();
}

void TerminalHub::lose(const Error &reason)
{
    if (!isRunning()) {
        // A dying sandbox takes its terminals along, often before the provider says why.
        if (m_endedAt.hasExpired(reasonDelayMs))
            return;
        m_info.message = reason.message;
        if (m_info.state == TerminalState::Lost)
            m_error = reason;
        emit infoChanged();
        return;
    }
    m_channel->disconnect(this);
    m_info.message = reason.message;
    m_info.state = TerminalState::Lost;
    m_error = reason;
    onWritten(std::numeric_limits<qint64>::max());
    finishViewers();
}

void TerminalHub::finishViewers()
{
    m_endedAt.start();
    m_stall.stop();
    m_turn.stop();
    flush();
    for (const QPointer<TerminalViewer> &viewer : viewers()) {
        if (viewer)
            settle(viewer);
    }
    emit infoChanged();
    emit ended();
}

void TerminalHub::settle(TerminalViewer *viewer)
{
    if (isRunning())
        return;
    if (viewer->isLive() && viewer->m_replaySent >= viewer->m_replay.size() && viewer->m_next == m_ring.tail())
        viewer->finish(m_info.exitCode, m_error);
}

} // namespace capsule
