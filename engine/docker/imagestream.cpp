// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/imagestream.h"

#include "docker/errors.h"

#include <QBuffer>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qsizetype tailLength = 4096;

/// Podman's builder and old Docker ones give the id only as text.
QString idInOutput(const QString &text)
{
    static const QRegularExpression built(u"^Successfully built ([0-9a-f]{12,64})\\s*$"_s);
    return built.match(text).captured(1);
}

} // namespace

ImageStream::ImageStream(Client &client, StreamRequest request, const QString &reference, QObject *parent)
    : QObject(parent)
    , m_stream(new HttpStream(client, std::move(request), this))
    , m_reference(reference)
{
    connect(m_stream, &HttpStream::data, this, &ImageStream::take);
    connect(m_stream, &HttpStream::sent, this, &ImageStream::sent);
    connect(m_stream, &HttpStream::finished, this, [this](const Result<void> &result) {
        if (!result) {
            end(std::unexpected(result.error()));
            return;
        }
        if (const Result<QList<BuildMessage>> rest = m_parser.finish(); rest) {
            for (const BuildMessage &message : *rest)
                handle(message);
        }
        if (m_imageId.isEmpty())
            end(fail(ErrorCode::ProviderFailed, u"The container engine ended without an image. Its last output is in the details."_s, m_tail));
        else
            end(m_imageId);
    });
    m_imageId = m_reference;
}

void ImageStream::sendFrom(QIODevice *source)
{
    m_stream->sendFrom(source);
}

void ImageStream::send(const QByteArray &body)
{
    auto *buffer = new QBuffer(this);
    buffer->setData(body);
    buffer->open(QIODevice::ReadOnly);
    m_stream->sendFrom(buffer);
}

void ImageStream::cancel()
{
    end(fail(ErrorCode::Cancelled, u"Cancelled."_s, m_tail));
}

void ImageStream::take(const QByteArray &data)
{
    const QPointer<ImageStream> alive(this);
    const Result<QList<BuildMessage>> messages = m_parser.feed(data);
    if (!messages) {
        end(std::unexpected(messages.error()));
        return;
    }
    for (const BuildMessage &message : *messages) {
        handle(message);
        if (!alive || m_ended)
            return;
    }
}

void ImageStream::handle(const BuildMessage &message)
{
    if (m_ended)
        return;
    const QPointer<ImageStream> alive(this);
    if (!message.error.isEmpty()) {
        // What the failing command printed explains more than "returned a non-zero code: 1".
        const Error error = statusError(500, message.error.toUtf8(), u"make the image"_s);
        end(fail(error.code, error.message, m_tail.isEmpty() ? message.error : m_tail + u'\n' + message.error));
        return;
    }
    if (m_reference.isEmpty() && !message.imageId.isEmpty())
        m_imageId = message.imageId;
    else if (m_reference.isEmpty() && m_imageId.isEmpty())
        m_imageId = idInOutput(message.output);
    if (!message.output.isEmpty()) {
        m_tail = (m_tail + message.output).right(tailLength);
        emit output(message.output);
    }
    if (alive && message.steps > 0)
        emit step(message.step, message.steps);
    if (alive && !message.layer.isEmpty()) {
        m_transfer.add(message.layer, message.done, message.total);
        emit transfer(m_transfer.done(), m_transfer.total());
    }
}

void ImageStream::end(Result<QString> result)
{
    if (std::exchange(m_ended, true))
        return;
    m_stream->disconnect(this);
    m_stream->cancel();
    QMetaObject::invokeMethod(this, [this, result = std::move(result)] { emit finished(result); }, Qt::QueuedConnection);
}

} // namespace capsule::docker
