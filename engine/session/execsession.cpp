// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/execsession.h"

using namespace Qt::StringLiterals;

namespace capsule {

ExecSession::ExecSession(std::shared_ptr<ExecChannel> channel, ChannelSink &sink)
    : m_channel(std::move(channel))
    , m_sink(&sink)
{
    connect(m_channel.get(), &ExecChannel::output, this, [this](const QByteArray &bytes) { enqueue(FrameKind::Data, bytes); });
    connect(m_channel.get(), &ExecChannel::errorOutput, this, [this](const QByteArray &bytes) { enqueue(FrameKind::ErrorData, bytes); });
    connect(m_channel.get(), &ExecChannel::written, this, [this](qint64 bytes) {
        if (m_open && m_begun)
            m_sink->sendConsumed(m_window.consume(bytes));
    });
    connect(m_channel.get(), &ExecChannel::ended, this, [this](const ExitStatus &status) {
        m_ended = status;
        pump();
    });
}

ExecSession::~ExecSession()
{
    close();
}

void ExecSession::begin()
{
    if (!m_open || std::exchange(m_begun, true))
        return;
    pump();
}

void ExecSession::close()
{
    if (!std::exchange(m_open, false))
        return;
    m_pending.clear();
    m_channel->disconnect(this);
    if (!m_ended)
        m_channel->kill();
}

void ExecSession::finish(std::optional<int> exitCode, std::optional<Error> error)
{
    if (!m_open)
        return;
    close();
    m_sink->closed(exitCode, std::move(error)); // may destroy this
}

void ExecSession::enqueue(FrameKind kind, const QByteArray &bytes)
{
    if (!m_open)
        return;
    m_pending.push_back({kind, bytes});
    pump();
}

void ExecSession::pump()
{
    while (m_open && m_begun && !m_pending.empty() && m_window.sendable() > 0) {
        Pending &pending = m_pending.front();
        const qsizetype most = std::min<qint64>(m_window.sendable(), channelMaxFrameBytes);
        const QByteArrayView piece = QByteArrayView(pending.bytes).sliced(pending.sent);
        const QByteArrayView part = piece.first(std::min(most, piece.size()));
        m_window.sent(part.size());
        pending.sent += part.size();
        m_sink->sendData(pending.kind, part);
        if (part.size() == piece.size())
            m_pending.pop_front();
    }
    if (!m_open)
        return;
    if (const bool pause = !m_pending.empty(); pause != m_paused && !m_ended) {
        m_paused = pause;
        m_channel->setReadPaused(pause);
    }
    if (m_ended && m_begun && m_pending.empty())
        finish(m_ended->code, m_ended->error);
}

void ExecSession::receiveData(const QByteArray &bytes)
{
    if (!m_open || bytes.isEmpty())
        return;
    if (!m_window.receive(bytes.size()))
        return finish({}, Error{ErrorCode::ProtocolError, u"The client sent more input than the window allows."_s, {}});
    if (m_inputEnded)
        return finish({}, Error{ErrorCode::ProtocolError, u"The client sent input after its end."_s, {}});
    if (m_ended)
        m_sink->sendConsumed(m_window.consume(bytes.size()));
    else
        m_channel->write(bytes);
}

void ExecSession::receiveEndOfInput()
{
    if (m_open && !std::exchange(m_inputEnded, true) && !m_ended)
        m_channel->closeInput();
}

void ExecSession::receiveConsumed(quint64 total)
{
    if (!m_open)
        return;
    if (!m_window.acknowledge(total))
        return finish({}, Error{ErrorCode::ProtocolError, u"The client acknowledged bytes that it was not sent."_s, {}});
    pump();
}

Result<void> ExecSession::resize(TerminalSize)
{
    return fail(ErrorCode::Unsupported, u"A command without a terminal has no size."_s);
}

} // namespace capsule
