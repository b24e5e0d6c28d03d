// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/httpstream.h"

#include "docker/connection.h"
#include "docker/errors.h"

#include <QTimer>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qint64 pumpChunk = 64 * 1024;
constexpr qint64 pumpLevel = 256 * 1024; ///< a source is read only while less than this waits to be written
constexpr qsizetype maxErrorBody = 64 * 1024;
constexpr qsizetype maxCollected = 1024 * 1024;

QByteArray requestHead(const Route &route, const StreamRequest &request)
{
    QString target = QString::fromLatin1(route.prefix) + request.path;
    if (!request.query.isEmpty())
        target += u'?' + request.query.toString(QUrl::FullyEncoded);
    QByteArray head = request.verb + ' ' + target.toLatin1() + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n";
    if (request.body == RequestBody::Streamed)
        head += "Content-Type: " + request.contentType + "\r\nTransfer-Encoding: chunked\r\n";
    else if (request.verb != "GET")
        head += "Content-Length: 0\r\n";
    return head + "\r\n";
}

} // namespace

HttpStream::HttpStream(Client &client, StreamRequest request, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_request(std::move(request))
{
    m_client.route().then(this, [this](const Result<Route> &route) { begin(route); });
}

HttpStream::~HttpStream() = default;

void HttpStream::begin(const Result<Route> &route)
{
    if (m_ended)
        return;
    if (!route) {
        end(std::unexpected(route.error()));
        return;
    }
    m_connection = std::make_unique<Connection>(*route);
    m_connection->setReadPaused(m_paused);
    connect(m_connection.get(), &Connection::connected, this, [this, head = requestHead(*route, m_request)] {
        m_connection->write(head);
        m_headSent = true;
        flush();
    });
    connect(m_connection.get(), &Connection::received, this, &HttpStream::receive);
    connect(m_connection.get(), &Connection::closed, this, &HttpStream::disconnected);
    connect(m_connection.get(), &Connection::bytesWritten, this, [this] {
        const QPointer<HttpStream> alive(this);
        emit sent(std::max<qint64>(0, m_accepted - m_connection->bytesToWrite()));
        if (alive && !m_ended)
            flush();
    });
}

qint64 HttpStream::write(QByteArrayView data)
{
    if (m_ended || m_bodyEnded || m_request.body == RequestBody::None)
        return 0;
    const qint64 waiting = m_headSent ? m_connection->bytesToWrite() : m_pending.size();
    const qsizetype count = static_cast<qsizetype>(std::clamp<qint64>(writeLimit - waiting, 0, data.size()));
    m_full = count < data.size();
    if (count == 0) // an empty chunk would end the body
        return 0;
    m_accepted += count;
    if (!m_headSent || !m_pending.isEmpty()) {
        m_pending.append(data.first(count));
        return count;
    }
    m_connection->write(QByteArray::number(count, 16) + "\r\n");
    m_connection->write(data.first(count));
    m_connection->write("\r\n");
    return count;
}

void HttpStream::endBody()
{
    m_bodyEnded = true;
    flush();
}

void HttpStream::sendFrom(QIODevice *source)
{
    m_source = source;
    connect(source, &QIODevice::readyRead, this, &HttpStream::pump);
    const auto ended = [this] {
        m_sourceEnded = true;
        pump();
    };
    connect(source, &QIODevice::readChannelFinished, this, ended);
    connect(source, &QIODevice::aboutToClose, this, ended);
    QMetaObject::invokeMethod(this, &HttpStream::pump, Qt::QueuedConnection);
}

void HttpStream::flush()
{
    if (!m_headSent || m_ended)
        return;
    if (!m_pending.isEmpty()) {
        const QByteArray pending = std::exchange(m_pending, {});
        m_connection->write(QByteArray::number(pending.size(), 16) + "\r\n" + pending + "\r\n");
    }
    if (m_bodyEnded && m_request.body == RequestBody::Streamed && !std::exchange(m_trailerSent, true))
        m_connection->write("0\r\n\r\n");
    pump();
    if (m_full && m_connection->bytesToWrite() < writeLimit / 2) {
        m_full = false;
        emit writable();
    }
}

void HttpStream::pump()
{
    while (m_source && !m_ended && !m_bodyEnded && m_headSent && m_connection->bytesToWrite() < pumpLevel) {
        const QByteArray bytes = m_source->isReadable() ? m_source->read(pumpChunk) : QByteArray();
        if (!bytes.isEmpty()) {
            write(bytes);
            continue;
        }
        if (m_source->isSequential() && m_source->isOpen() && !m_sourceEnded)
            return; // readyRead comes
        if (!m_source->isSequential() && m_source->isOpen() && !m_source->atEnd()) {
            end(fail(ErrorCode::Internal, u"What was to be sent to the container engine cannot be read."_s, m_source->errorString()));
            return;
        }
        endBody();
    }
}

void HttpStream::setReadPaused(bool paused)
{
    m_paused = paused;
    if (m_connection)
        m_connection->setReadPaused(paused);
}

void HttpStream::cancel()
{
    end(fail(ErrorCode::Cancelled, u"Cancelled."_s));
}

bool HttpStream::succeeded() const
{
    return m_parser.head() && m_parser.head()->status >= 200 && m_parser.head()->status < 300;
}

void HttpStream::receive(const QByteArray &bytes)
{
    if (m_ended)
        return;
    const QPointer<HttpStream> alive(this);
    const bool hadHead = m_parser.head().has_value();
    const Result<QByteArray> body = m_parser.feed(bytes);
    if (!body) {
        end(std::unexpected(body.error()));
        return;
    }
    if (!hadHead && succeeded())
        emit answered(*m_parser.head());
    if (!alive || m_ended)
        return;
    if (succeeded() && !body->isEmpty())
        emit data(*body);
    else if (m_errorBody.size() < maxErrorBody)
        m_errorBody.append(body->first(std::min(body->size(), maxErrorBody - m_errorBody.size())));
    if (alive && !m_ended && m_parser.isComplete())
        disconnected({});
}

void HttpStream::disconnected(const Result<void> &result)
{
    if (m_ended)
        return;
    if (!result && !m_parser.head()) {
        const bool lost = m_connection->isConnected();
        end(lost ? fail(ErrorCode::Unavailable, lostError(m_request.what, {}).message, result.error().detail) : result);
        return;
    }
    if (!m_parser.head()) {
        end(std::unexpected(lostError(m_request.what, u"closed without an answer"_s)));
        return;
    }
    const int status = m_parser.head()->status;
    if (status != 304 && !succeeded()) {
        end(std::unexpected(statusError(status, m_errorBody, m_request.what)));
        return;
    }
    if (!result)
        end(std::unexpected(lostError(m_request.what, result.error().detail)));
    else if (const Result<void> complete = m_parser.finish(); !complete)
        end(std::unexpected(lostError(m_request.what, complete.error().detail)));
    else
        end({});
}

void HttpStream::end(Result<void> result)
{
    if (std::exchange(m_ended, true))
        return;
    if (m_source)
        m_source->disconnect(this);
    if (m_connection) {
        m_connection->disconnect(this);
        m_connection.release()->deleteLater(); // this may be a slot of its signal
    }
    // Never within the caller's cancel(), so that a caller sees its own state first.
    QMetaObject::invokeMethod(this, [this, result = std::move(result)] { emit finished(result); }, Qt::QueuedConnection);
}

Async<QByteArray> sendSlowly(Client &client, const StreamRequest &request, std::optional<std::chrono::milliseconds> timeout)
{
    auto *stream = new HttpStream(client, request, &client);
    const auto answer = std::make_shared<Answer<QByteArray>>();
    const auto body = std::make_shared<QByteArray>();
    QObject::connect(stream, &HttpStream::data, stream, [stream, body](const QByteArray &bytes) {
        *body += bytes;
        if (body->size() > maxCollected)
            stream->cancel();
    });
    QObject::connect(stream, &HttpStream::finished, stream, [stream, answer, body](const Result<void> &result) {
        stream->deleteLater();
        if (result)
            answer->resolve(*body);
        else if (body->size() > maxCollected)
            answer->resolve(fail(ErrorCode::TooLarge, u"The container engine sent too much."_s));
        else
            answer->resolve(std::unexpected(result.error()));
    });
    if (timeout) {
        QTimer::singleShot(*timeout, stream, [stream, answer, what = request.what] {
            answer->resolve(fail(ErrorCode::Timeout, u"The container engine took too long to %1. Look whether the machine is overloaded and try again."_s.arg(what)));
            stream->cancel();
        });
    }
    return answer->future();
}

} // namespace capsule::docker
