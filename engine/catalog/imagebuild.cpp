// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/imagebuild.h"

#include "base/logging.h"
#include "catalog/buildcontext.h"
#include "docker/images.h"
#include "docker/imagestream.h"

#include <QRegularExpression>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace capsule {

struct ImageBuild::Waiter {
    qint64 id;
    ProgressSink *sink;
    Answer<QString> answer;
    std::optional<std::stop_callback<std::function<void()>>> onStop;
};

namespace {

/// The classic builder colours what a command writes to its standard error; nobody who shows it wants the sequences.
QString withoutColors(QString text)
{
    static const QRegularExpression sequence(u"\\x1b(?:\\[[0-9;:?<=>]*[@-~]|[^\\[])"_s);
    return text.remove(sequence);
}

/// Failures that say all there is to say, and are not the image's fault.
bool speaksForItself(const Error &error)
{
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::PermissionDenied || error.code == ErrorCode::TooLarge;
}

bool isDiskFull(const Error &error)
{
    return error.detail.contains("no space left on device"_L1, Qt::CaseInsensitive)
        || error.message.contains("no space left on device"_L1, Qt::CaseInsensitive);
}

Error failure(const ImageRecipe &recipe, const Error &cause, const QString &sentence)
{
    const QString detail = withoutColors(cause.detail.isEmpty() ? cause.message : cause.detail);
    if (cause.code == ErrorCode::Cancelled)
        return {ErrorCode::Cancelled, u"%1 was not built, as you asked."_s.arg(recipe.subject), {}};
    if (isDiskFull(cause))
        return {ErrorCode::LimitReached,
                u"%1 could not be built because the container engine's disk is full; free some space and try again."_s.arg(recipe.subject), detail};
    if (speaksForItself(cause))
        return cause;
    return {ErrorCode::ProviderFailed, sentence, detail};
}

} // namespace

Error buildFailed(const ImageRecipe &recipe, const Error &cause)
{
    return failure(recipe, cause, u"%1 could not be built; see Details, then try again."_s.arg(recipe.subject));
}

Error downloadFailed(const ImageRecipe &recipe, const Error &cause)
{
    return failure(recipe, cause, u"%1 could not be built because %2 could not be downloaded; check the network and try again."_s
                   .arg(recipe.subject, recipe.download));
}

ImageBuild::ImageBuild(docker::Client &client, std::shared_ptr<const ImageRecipe> recipe, Ensure ensureBase, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_recipe(std::move(recipe))
    , m_ensureBase(std::move(ensureBase))
{
}

ImageBuild::~ImageBuild()
{
    // The engine ends in the middle of it: nobody may be left without an answer.
    finish(fail(ErrorCode::Cancelled, u"%1 was not built because the engine ends."_s.arg(m_recipe->subject)));
}

void ImageBuild::start()
{
    docker::inspectImage(m_client, m_recipe->image).then(this, [this](const Result<QJsonObject> &image) {
        if (image)
            return finish(m_recipe->image);
        if (image.error().code != ErrorCode::NotFound)
            return finish(std::unexpected(image.error()));
        needBase();
    });
}

Async<QString> ImageBuild::join(ProgressSink &sink)
{
    auto waiter = std::make_unique<Waiter>(++m_lastWaiterId, &sink, Answer<QString>{}, std::nullopt);
    const Async<QString> answer = waiter->answer.future();
    // Queued: the callback may come on any thread, and while the sinks are being told something.
    waiter->onStop.emplace(sink.stopToken(), [this, id = waiter->id] {
        QMetaObject::invokeMethod(this, [this, id] { leave(id); }, Qt::QueuedConnection);
    });
    if (!m_phase.isEmpty())
        sink.setPhase(m_phase);
    m_waiters.push_back(std::move(waiter));
    return answer;
}

void ImageBuild::leave(qint64 waiterId)
{
    const auto it = std::ranges::find(m_waiters, waiterId, [](const auto &waiter) { return waiter->id; });
    if (it == m_waiters.end())
        return;
    const auto waiter = std::move(*it);
    m_waiters.erase(it);
    const Error cancelled = buildFailed(*m_recipe, {ErrorCode::Cancelled, {}, {}});
    waiter->answer.resolve(std::unexpected(cancelled));
    if (m_waiters.empty())
        finish(std::unexpected(cancelled));
}

void ImageBuild::setPhase(const QString &phase)
{
    m_phase = phase;
    for (const auto &waiter : m_waiters)
        waiter->sink->setPhase(phase);
}

void ImageBuild::setProgress(qint64 done, qint64 total, const QString &unit)
{
    for (const auto &waiter : m_waiters)
        waiter->sink->setProgress(done, total, unit);
}

void ImageBuild::appendOutput(const QString &text)
{
    for (const auto &waiter : m_waiters)
        waiter->sink->appendOutput(text);
}

void ImageBuild::needBase()
{
    if (m_recipe->base) {
        m_ensureBase(m_recipe->base, *this).then(this, [this](const Result<QString> &base) {
            base ? build() : finish(base);
        });
        return;
    }
    if (m_recipe->download.isEmpty())
        return build();
    docker::inspectImage(m_client, m_recipe->download).then(this, [this](const Result<QJsonObject> &image) {
        if (image)
            return build();
        if (image.error().code != ErrorCode::NotFound)
            return finish(std::unexpected(image.error()));
        download();
    });
}

void ImageBuild::download()
{
    if (m_finished)
        return;
    setPhase(u"Downloading %1"_s.arg(m_recipe->download));
    m_stream = docker::pullImage(m_client, m_recipe->download, this);
    watch(m_stream);
    connect(m_stream, &docker::ImageStream::finished, this, [this](const Result<QString> &reference) {
        reference ? build() : finish(std::unexpected(downloadFailed(*m_recipe, reference.error())));
    });
}

void ImageBuild::build()
{
    if (m_finished)
        return;
    const auto context = makeTar(m_recipe->files);
    if (!context)
        return finish(std::unexpected(context.error()));
    qCInfo(lcCatalog).noquote() << "Building" << m_recipe->image;
    setPhase(m_recipe->phase);
    docker::BuildOptions options;
    options.tags = QStringList{m_recipe->image} + m_recipe->alsoTag;
    options.arguments = m_recipe->arguments;
    options.labels = m_recipe->labels;
    m_stream = docker::buildImage(m_client, options, *context, this);
    watch(m_stream);
    connect(m_stream, &docker::ImageStream::finished, this, &ImageBuild::built);
}

void ImageBuild::watch(docker::ImageStream *stream)
{
    connect(stream, &docker::ImageStream::output, this, [this](const QString &text) { appendOutput(withoutColors(text)); });
    connect(stream, &docker::ImageStream::step, this, [this](int current, int total) { setProgress(current, total, u"steps"_s); });
    connect(stream, &docker::ImageStream::transfer, this, [this](qint64 done, qint64 total) { setProgress(done, total, u"bytes"_s); });
}

void ImageBuild::built(const Result<QString> &imageId)
{
    if (!imageId)
        return finish(std::unexpected(buildFailed(*m_recipe, imageId.error())));
    if (!m_recipe->base)
        removeLeftovers();
    finish(m_recipe->image);
}

void ImageBuild::removeLeftovers()
{
    // The classic builder keeps the base's first stage as a nameless image of almost 1 GB.
    docker::Client *client = &m_client;
    docker::listImages(m_client, {u"capsule.image=base-node"_s}).then(client, [client](const Result<QJsonArray> &images) {
        for (const QJsonValue &image : images.value_or(QJsonArray())) {
            const QJsonArray names = image["RepoTags"_L1].toArray();
            if (names.isEmpty() || names.first().toString() == "<none>:<none>"_L1)
                docker::removeImage(*client, image["Id"_L1].toString(), docker::RemoveForce::No);
        }
    });
}

void ImageBuild::finish(const Result<QString> &result)
{
    if (std::exchange(m_finished, true))
        return;
    if (result)
        qCDebug(lcCatalog).noquote() << *result << "is there";
    else if (result.error().code != ErrorCode::Cancelled)
        qCWarning(lcCatalog).noquote() << result.error().message << result.error().detail;
    m_stop.request_stop();
    if (m_stream) {
        m_stream->disconnect(this);
        m_stream->deleteLater(); // not at once: this may be its own signal
    }
    const auto waiters = std::exchange(m_waiters, {});
    for (const auto &waiter : waiters) {
        waiter->onStop.reset();
        waiter->answer.resolve(result);
    }
    emit finished();
}

} // namespace capsule
