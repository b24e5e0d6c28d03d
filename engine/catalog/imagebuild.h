// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "base/progress.h"
#include "catalog/imagerecipe.h"
#include "docker/client.h"

#include <QObject>
#include <QPointer>

#include <functional>

namespace capsule {

namespace docker {
class ImageStream;
}

/// One image on its way to being there: looked for, its bases fetched, built. Everybody who waits for it gets its
/// progress and its end; when the last one has asked to stop, the build is cancelled. Itself a sink, so that
/// the build of its base reports through it. Owned by DockerImageStore; dead after `finished`.
class ImageBuild : public QObject, public ProgressSink
{
    Q_OBJECT
public:
    using Ensure = std::function<Async<QString>(const std::shared_ptr<const ImageRecipe> &recipe, ProgressSink &sink)>;

    /// `ensureBase` provides recipe->base.
    ImageBuild(docker::Client &client, std::shared_ptr<const ImageRecipe> recipe, Ensure ensureBase, QObject *parent);
    ~ImageBuild() override;

    void start();
    Async<QString> join(ProgressSink &sink);

    void setPhase(const QString &phase) override;
    void setProgress(qint64 done, qint64 total, const QString &unit) override;
    void appendOutput(const QString &text) override;
    std::stop_token stopToken() const override { return m_stop.get_token(); }

signals:
    void finished();

private:
    struct Waiter;

    void leave(qint64 waiterId);
    void needBase();
    void download();
    void build();
    void built(const Result<QString> &imageId);
    void removeLeftovers();
    void watch(docker::ImageStream *stream);
    void finish(const Result<QString> &result);

    docker::Client &m_client;
    std::shared_ptr<const ImageRecipe> m_recipe;
    Ensure m_ensureBase;
    std::vector<std::unique_ptr<Waiter>> m_waiters;
    qint64 m_lastWaiterId = 0;
    QString m_phase;
    std::stop_source m_stop;
    QPointer<docker::ImageStream> m_stream;
    bool m_finished = false;
};

/// What the user is told when the build of `recipe` ended with `cause`.
Error buildFailed(const ImageRecipe &recipe, const Error &cause);
/// The same for a base that a registry did not give.
Error downloadFailed(const ImageRecipe &recipe, const Error &cause);

} // namespace capsule
