// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/hijack.h"

#include "docker/connection.h"
#include "docker/errors.h"

#include <QJsonDocument>
#include <QPointer>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qsizetype maxErrorBody = 64 * 1024;

QByteArray requestText(const Route &route, const HijackRequest &request)
{
    QString target = QString::fromLatin1(route.prefix) + request.path;
    if (!request.query.isEmpty())
        target += u'?' + request.query.toString(QUrl::FullyEncoded);
    const QByteArray body = QJsonDocument(request.body).toJson(QJsonDocument::Compact);
    return "POST " + target.toLatin1() + " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
           "Content-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

} // namespace

HijackedStream::HijackedStream(Client &client, HijackRequest request, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_request(std::move(request))
    , m_head(ResponseParser::Upgrade::Allowed)
{
    static_assert(readLimit == Connection::readBuffer);
    m_client.route().then(this, [this](const Result<Route> &route) { begin(route); });
}

HijackedStream::~HijackedStream() = default;

void HijackedStream::begin(const Result<Route> &route)
{
    if (m_ended)
        return;
    if (!route) {
        end(std::unexpected(route.error()));
        return;
    }
    m_connection = std::make_unique<Connection>(*route);
    connect(m_connection.get(), &Connection::connected, this, [this, text = requestText(*route, m_request)] { m_connection->write(text); });
    connect(m_connection.get(), &Connection::received, this, &HijackedStream::receive);
    connect(m_connection.get(), &Connection::closed, this, &HijackedStream::disconnected);
    connect(m_connection.get(), &Connection::bytesWritten, this, [this] {
        if (m_started && m_full && bytesToWrite() < writeLimit / 2) {
            m_full = false;
            emit writable();
        }
    });
}

qint64 HijackedStream::bytesToWrite() const
{
    return m_pending.size() + (m_started && m_connection ? m_connection->bytesToWrite() : 0);
}

qint64 HijackedStream::write(QByteArrayView data)
{
    if (m_ended || m_inputClosed)
        return 0;
    const qsizetype count = static_cast<qsizetype>(std::clamp<qint64>(writeLimit - bytesToWrite(), 0, data.size()));
    m_full = m_full || count < data.size();
    if (m_started)
        m_connection->write(data.first(count));
    else
        m_pending.append(data.first(count));
    return count;
}

void HijackedStream::closeInput()
{
    m_inputClosed = true;
    if (m_started && m_connection)
        m_connection->shutdownWrites();
}

void HijackedStream::setReadPaused(bool paused)
{
    if (std::exchange(m_paused, paused) == paused)
        return;
    if (!m_started)
        return; // the answer's head must come through; receiveHead() pauses
    if (paused && m_connection)
        m_connection->setReadPaused(true);
    else if (!paused)
        QMetaObject::invokeMethod(this, &HijackedStream::deliverHeld, Qt::QueuedConnection);
}

void HijackedStream::close()
{
    end(fail(ErrorCode::Cancelled, u"The stream was closed."_s));
}

void HijackedStream::receive(const QByteArray &bytes)
{
    if (m_ended)
        return;
    if (m_started)
        deliver(bytes);
    else
        receiveHead(bytes);
}

void HijackedStream::receiveHead(const QByteArray &bytes)
{
    const Result<QByteArray> body = m_head.feed(bytes);
    if (!body) {
        end(std::unexpected(body.error()));
        return;
    }
    if (!m_head.head())
        return;
    const int status = m_head.head()->status;
    if (status != 101 && status != 200) {
        m_errorBody.append(body->first(std::min(body->size(), maxErrorBody - m_errorBody.size())));
        if (m_head.isComplete())
            refuse();
        return;
    }
    const QPointer<HijackedStream> alive(this);
    m_started = true;
    m_connection->write(std::exchange(m_pending, {}));
    if (m_inputClosed)
        m_connection->shutdownWrites();
    if (m_paused)
        m_connection->setReadPaused(true);
    emit started();
    if (alive && !m_ended && !body->isEmpty())
        deliver(*body);
    if (alive && !m_ended && m_full) {
        m_full = false;
        emit writable();
    }
}

void HijackedStream::deliver(const QByteArray &bytes)
{
    if (m_request.framing == Framing::Raw && !m_paused) {
        emit output(bytes);
        return;
    }
    if (m_request.framing == Framing::Raw) {
        m_held.append({StandardStream::Output, bytes});
        return;
    }
    Result<QList<StreamPart>> parts = m_demultiplexer.feed(bytes);
    if (!parts) {
        end(std::unexpected(parts.error()));
        return;
    }
    m_held.append(*std::move(parts));
    deliverHeld();
}

void HijackedStream::deliverHeld()
{
    const QPointer<HijackedStream> alive(this);
    while (!m_paused && !m_ended && !m_held.isEmpty()) {
        const StreamPart part = m_held.takeFirst();
        if (part.stream == StandardStream::Output)
            emit output(part.bytes);
        else
            emit errorOutput(part.bytes);
        if (!alive)
            return;
    }
    if (!m_paused && m_connection)
        m_connection->setReadPaused(false);
}

void HijackedStream::refuse()
{
    end(std::unexpected(statusError(m_head.head()->status, m_errorBody, m_request.what)));
}

void HijackedStream::disconnected(const Result<void> &result)
{
    if (m_ended)
        return;
    if (m_head.head() && !m_started)
        refuse();
    else if (!m_started && !m_connection->isConnected())
        end(result ? std::unexpected(lostError(m_request.what, {})) : result);
    else if (!m_started)
        end(std::unexpected(lostError(m_request.what, result ? u"closed without an answer"_s : result.error().detail)));
    else if (!result)
        end(std::unexpected(lostError(m_request.what, result.error().detail)));
    else if (!m_demultiplexer.isComplete())
        end(std::unexpected(lostError(m_request.what, u"frame cut off"_s)));
    else
        end({});
}

void HijackedStream::end(Result<void> result)
{
    if (std::exchange(m_ended, true))
        return;
    m_held.clear();
    m_pending.clear();
    if (m_connection) {
        m_connection->disconnect(this);
        m_connection.release()->deleteLater(); // this may be a slot of its signal
    }
    QMetaObject::invokeMethod(this, [this, result = std::move(result)] { emit finished(result); }, Qt::QueuedConnection);
}

} // namespace capsule::docker
