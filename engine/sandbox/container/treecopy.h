// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"
#include "sandbox/treesource.h"

namespace capsule {

namespace docker {
class HttpStream;
}

/// One tree on its way into a container that has not started yet. Deletes itself after its answer. Succeeds only
/// when the whole tree has arrived; what a cut off copy leaves in the container goes with the container.
class TreeCopy : public QObject
{
    Q_OBJECT
public:
    TreeCopy(std::shared_ptr<docker::Client> client, const QString &container, std::shared_ptr<TreeSource> tree, QObject *parent);
    ~TreeCopy() override;

    Async<void> future() const { return m_answer.future(); }
    void cancel();

private:
    void sourceEnded();
    void finish(const Result<void> &result);

    std::shared_ptr<docker::Client> m_client;
    std::shared_ptr<TreeSource> m_tree;
    docker::HttpStream *m_stream = nullptr;
    std::optional<Error> m_sourceError;
    Answer<void> m_answer;
};

} // namespace capsule
