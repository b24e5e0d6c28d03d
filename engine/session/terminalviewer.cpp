// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/terminalviewer.h"

#include "base/logging.h"
#include "session/terminalhub.h"

using namespace Qt::StringLiterals;

namespace capsule {

bool ChannelWindow::acknowledge(quint64 total)
{
    if (total < m_acknowledged || total > m_sent)
        return false;
    m_acknowledged = total;
    return true;
}

bool ChannelWindow::receive(qint64 bytes)
{
    m_received += quint64(bytes);
    return m_received - m_consumed <= quint64(channelWindowBytes);
}

TerminalViewer::TerminalViewer(TerminalHub &hub, ChannelSink &sink)
    : m_hub(&hub)
    , m_sink(&sink)
{
    m_lastHeard.start();
}

TerminalViewer::~TerminalViewer()
{
    close();
}

void TerminalViewer::close()
{
    if (std::exchange(m_open, false) && m_hub)
        m_hub->detach(this);
}

void TerminalViewer::finish(std::optional<int> exitCode, std::optional<Error> error)
{
    if (!m_open)
        return;
    close();
    m_replay.clear();
    m_sink->closed(exitCode, std::move(error)); // may destroy this
}

void TerminalViewer::begin()
{
    if (!m_open || m_begun || !m_hub)
        return;
    m_begun = true;
    if (m_hub->takeFirstView())
        m_sink->sendReplay(0); // all of it is live: an agent asks the terminal as soon as it starts
    else
        startReplay(m_hub->m_ring.size(), false);
    pump();
    m_hub->updatePause();
    m_hub->settle(this);
}

void TerminalViewer::startReplay(qsizetype bytes, bool anew)
{
    m_replay = m_hub->m_ring.replay(bytes, anew);
    m_replaySent = 0;
    m_next = m_hub->m_ring.tail();
    m_follower = ReplayFilter(maxHeldSequenceBytes);
    m_sink->sendReplay(static_cast<quint64>(m_replay.size()));
}

qint64 TerminalViewer::backlog() const
{
    return static_cast<qint64>(m_hub->m_ring.tail() - m_next);
}

void TerminalViewer::pump()
{
    while (m_open && m_hub && m_window.sendable() > 0) {
        const qsizetype most = std::min<qint64>(m_window.sendable(), channelMaxFrameBytes);
        if (m_replaySent < m_replay.size()) {
            const auto piece = QByteArrayView(m_replay).sliced(m_replaySent).first(std::min(most, m_replay.size() - m_replaySent));
            m_replaySent += piece.size();
            send(piece);
        } else if (m_next < m_hub->m_ring.head()) {
            // A replay that was announced is sent to its end first: the client counts its bytes.
            qCDebug(lcTerminal) << "terminal" << m_hub->id() << "overtook a viewer by" << m_hub->m_ring.head() - m_next << "bytes";
            startReplay(m_hub->m_options.resyncBytes, true);
            continue;
        } else {
            m_replay.clear();
            m_replaySent = 0;
            // What the filter holds may come out with it.
            const auto piece = m_hub->m_ring.view(m_next, std::max<qsizetype>(0, most - m_follower.heldBytes()));
            if (piece.isEmpty())
                return;
            m_next += static_cast<quint64>(piece.size());
            sendLive(piece);
        }
    }
}

void TerminalViewer::sendLive(QByteArrayView bytes)
{
    const bool leads = m_hub->isLeading(this);
    if (leads && m_follower.heldBytes() == 0)
        return send(bytes);
    QByteArray out;
    if (leads) {
        m_follower.finish(out);
        out.append(bytes);
    } else {
        m_follower.feed(bytes, out);
    }
    if (!out.isEmpty())
        send(out);
}

void TerminalViewer::send(QByteArrayView bytes)
{
    if (!m_window.hasUnacknowledged())
        m_lastHeard.restart();
    m_window.sent(bytes.size());
    m_sink->sendData(FrameKind::Data, bytes);
}

void TerminalViewer::receiveConsumed(quint64 total)
{
    if (!m_open)
        return;
    if (!m_window.acknowledge(total))
        return finish({}, Error{ErrorCode::ProtocolError, u"The viewer acknowledged bytes that it was not sent."_s, {}});
    m_lastHeard.restart();
    if (!m_hub)
        return;
    pump();
    m_hub->updatePause();
    m_hub->settle(this);
}

void TerminalViewer::receiveData(const QByteArray &bytes)
{
    if (!m_open || bytes.isEmpty())
        return;
    if (!m_window.receive(bytes.size()))
        return finish({}, Error{ErrorCode::ProtocolError, u"The viewer sent more input than the window allows."_s, {}});
    if (m_hub) {
        m_hub->lead(this);
        m_hub->write(this, bytes);
    }
}

void TerminalViewer::receiveEndOfInput()
{
    finish({}, Error{ErrorCode::ProtocolError, u"A terminal's input has no end; send Ctrl-D instead."_s, {}});
}

void TerminalViewer::inputWritten(qint64 bytes)
{
    if (m_open)
        m_sink->sendConsumed(m_window.consume(bytes));
}

Result<void> TerminalViewer::resize(TerminalSize size)
{
    if (!size.isValid())
        return fail(ErrorCode::InvalidArgument, u"A terminal has 1 to 1000 columns and rows."_s);
    if (m_open && m_hub) {
        m_hub->lead(this);
        m_hub->resize(size);
    }
    return {};
}

} // namespace capsule
