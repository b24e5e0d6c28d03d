// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/clientconnection.h"

#include "base/logging.h"
#include "server/methodregistry.h"

using namespace Qt::StringLiterals;

namespace capsule {

/// A channel's place in the connection: gives its frames the number.
class ClientConnection::Channel : public ChannelSink {
public:
    Channel(ClientConnection &connection, quint32 channelNumber)
        : m_connection(connection)
        , number(channelNumber)
    {
    }

    void sendData(FrameKind kind, QByteArrayView bytes) override { m_connection.sendFrame(encodeData(number, kind, bytes)); }
    void sendReplay(quint64 bytes) override { sendNumber(FrameKind::Replay, bytes); }
    void sendConsumed(quint64 total) override { sendNumber(FrameKind::Consumed, total); }
    void closed(std::optional<int> exitCode, std::optional<Error> error) override { m_connection.endChannel(number, exitCode, error); }

private:
    void sendNumber(FrameKind kind, quint64 value)
    {
        m_connection.sendFrame(encodeFrame({.channel = number, .kind = kind, .payload = {}, .number = value}));
    }

    ClientConnection &m_connection;

public:
    const quint32 number;
    std::unique_ptr<ViewerChannel> viewer;
};

ClientConnection::ClientConnection(std::unique_ptr<QWebSocket> socket, const MethodRegistry &methods, QObject *parent)
    : QObject(parent)
    , m_socket(std::move(socket))
    , m_methods(methods)
{
    m_socket->setMaxAllowedIncomingFrameSize(jsonrpc::maxMessageBytes);
    m_socket->setMaxAllowedIncomingMessageSize(jsonrpc::maxMessageBytes);
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &ClientConnection::receiveText);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, &ClientConnection::receiveBinary);
    connect(m_socket.get(), &QWebSocket::disconnected, this, &ClientConnection::finished);
    connect(m_socket.get(), &QWebSocket::pong, this, [this] { m_missedPongs = 0; });
}

ClientConnection::~ClientConnection()
{
    m_dropped = true;
    m_socket->disconnect(this);
    for (auto &[number, channel] : m_channels)
        channel->viewer.reset(); // detaches, or kills the command
}

void ClientConnection::sendText(const QString &text)
{
    if (m_dropped)
        return;
    if (m_socket->bytesToWrite() > maxUnsentBytes + qint64(m_channels.size()) * channelWindowBytes)
        return drop(u"it does not read what it is sent"_s);
    m_socket->sendTextMessage(text);
}

void ClientConnection::sendFrame(const QByteArray &frame)
{
    if (!m_dropped)
        m_socket->sendBinaryMessage(frame);
}

void ClientConnection::close(QWebSocketProtocol::CloseCode code, const QString &reason)
{
    m_socket->close(code, reason);
    m_socket->flush();
}

void ClientConnection::drop(const QString &why)
{
    if (std::exchange(m_dropped, true))
        return;
    qCWarning(lcServer) << "a client was dropped:" << why;
    QMetaObject::invokeMethod(m_socket.get(), &QWebSocket::abort, Qt::QueuedConnection);
}

void ClientConnection::beat()
{
    if (m_missedPongs++ >= 2)
        return drop(u"it does not answer pings"_s);
    m_socket->ping();
}

void ClientConnection::receiveText(const QString &text)
{
    if (m_dropped || m_strikes >= maxStrikes)
        return;
    const auto message = jsonrpc::parse(text.toUtf8());
    if (!message)
        return strike(message.error());
    if (const auto *request = std::get_if<jsonrpc::Request>(&*message))
        handle(*request);
    else
        strike({ErrorCode::ProtocolError, u"The engine asked nothing; send requests."_s, {}});
}

void ClientConnection::handle(const jsonrpc::Request &request)
{
    if (m_requests >= maxRequests)
        return answer(request.id, fail(ErrorCode::LimitReached, u"Too many requests are under way; wait for answers."_s));
    ++m_requests;
    m_methods.call(*this, request.method, request.params,
                   [this, id = request.id, answered = false](const Result<QJsonObject> &result) mutable {
                       if (std::exchange(answered, true))
                           return;
                       --m_requests;
                       answer(id, result);
                   });
}

void ClientConnection::answer(const QJsonValue &id, const Result<QJsonObject> &result)
{
    if (!id.isUndefined()) {
        const QByteArray text = jsonrpc::response(id, result);
        sendText(
            QString::fromUtf8(text.size() <= jsonrpc::maxMessageBytes
                                  ? text
                                  : jsonrpc::response(id, fail(ErrorCode::TooLarge, u"The answer is larger than 1 MiB; ask for less."_s))));
    }
    for (const quint32 number : std::exchange(m_toBegin, {})) {
        if (const auto found = m_channels.find(number); found != m_channels.end())
            found->second->viewer->begin();
    }
}

void ClientConnection::strike(const Error &error)
{
    sendText(QString::fromUtf8(jsonrpc::response(QJsonValue::Undefined, std::unexpected(error))));
    if (++m_strikes < maxStrikes)
        return;
    qCWarning(lcServer) << "a client was sent away after" << m_strikes << "malformed messages:" << error.detail;
    close(QWebSocketProtocol::CloseCodeProtocolError, u"too many malformed messages"_s);
}

void ClientConnection::receiveBinary(const QByteArray &bytes)
{
    if (m_dropped || m_strikes >= maxStrikes)
        return;
    const auto frame = decodeFrame(bytes);
    if (!frame)
        return strike(frame.error());
    const auto found = m_channels.find(frame->channel);
    if (found == m_channels.end())
        return; // its end may have crossed this frame on the way
    ViewerChannel &viewer = *found->second->viewer;
    switch (frame->kind) {
    case FrameKind::Data:
        return viewer.receiveData(frame->payload);
    case FrameKind::EndOfInput:
        return viewer.receiveEndOfInput();
    case FrameKind::Consumed:
        return viewer.receiveConsumed(frame->number);
    case FrameKind::ErrorData:
    case FrameKind::Replay:
        return strike({ErrorCode::ProtocolError, u"A binary message was malformed."_s, u"only the engine sends that kind"_s});
    }
}

Result<api::Channel> ClientConnection::openChannel(const MakeChannel &make)
{
    if (int(m_channels.size()) >= maxChannels)
        return fail(ErrorCode::LimitReached, u"This program views too many terminals at once; close some."_s);
    do {
        ++m_lastChannel;
    } while (m_lastChannel == 0 || m_channels.contains(m_lastChannel));

    auto channel = std::make_unique<Channel>(*this, m_lastChannel);
    auto viewer = make(*channel);
    if (!viewer)
        return std::unexpected(viewer.error());
    channel->viewer = std::move(*viewer);
    m_toBegin << channel->number;
    m_channels.emplace(m_lastChannel, std::move(channel));
    return api::Channel{m_lastChannel};
}

Result<api::Nothing> ClientConnection::resizeChannel(qint64 number, TerminalSize size)
{
    const auto found = m_channels.find(quint32(number));
    if (number != qint64(quint32(number)) || found == m_channels.end())
        return fail(ErrorCode::NotFound, u"That terminal is not attached."_s);
    if (!size.isValid())
        return fail(ErrorCode::InvalidArgument, u"A terminal has 1 to 1000 columns and rows."_s);
    return found->second->viewer->resize(size).transform([] { return api::Nothing{}; });
}

Result<api::Nothing> ClientConnection::closeChannel(qint64 number)
{
    const auto found = m_channels.find(quint32(number));
    if (number != qint64(quint32(number)) || found == m_channels.end())
        return fail(ErrorCode::NotFound, u"That terminal is not attached."_s);
    const auto channel = std::move(found->second);
    m_channels.erase(found);
    channel->viewer->close();
    return api::Nothing{};
}

void ClientConnection::endChannel(quint32 number, std::optional<int> exitCode, const std::optional<Error> &error)
{
    const auto found = m_channels.find(number);
    if (found == m_channels.end() || m_dropped)
        return;
    m_ended.push_back(std::move(found->second));
    m_channels.erase(found);
    if (m_ended.size() == 1)
        QMetaObject::invokeMethod(this, [this] { m_ended.clear(); }, Qt::QueuedConnection);
    sendText(QString::fromUtf8(
        jsonrpc::notification(QLatin1String(api::ChannelClosed::name),
                              wire::toJson(api::ChannelClosedParams{number, exitCode, error.transform(&ErrorInfo::of)}))));
}

} // namespace capsule
