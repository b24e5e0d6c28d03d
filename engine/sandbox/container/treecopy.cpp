// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/treecopy.h"

#include "docker/containers.h"
#include "docker/httpstream.h"
#include "sandbox/container/containererrors.h"
#include "sandbox/container/containerrequest.h"

using namespace Qt::StringLiterals;

namespace capsule {

TreeCopy::TreeCopy(std::shared_ptr<docker::Client> client, const QString &container, std::shared_ptr<TreeSource> tree, QObject *parent)
    : QObject(parent)
    , m_client(std::move(client))
    , m_tree(std::move(tree))
{
    // Before the stream's own connections: a tree that broke must not end the request in good order.
    connect(m_tree.get(), &QIODevice::readChannelFinished, this, &TreeCopy::sourceEnded);
    connect(m_tree.get(), &QIODevice::aboutToClose, this, &TreeCopy::sourceEnded);
    if (!m_tree->isOpen() && !m_tree->open(QIODevice::ReadOnly)) {
        m_sourceError = Error{ErrorCode::Internal, u"The folder could not be read."_s, m_tree->errorString()};
        QMetaObject::invokeMethod(this, [this] { finish(std::unexpected(*m_sourceError)); }, Qt::QueuedConnection);
        return;
    }
    m_stream = docker::putArchive(*m_client, container, workspacePath, this);
    connect(m_stream, &docker::HttpStream::finished, this, [this](const Result<void> &result) {
        if (m_sourceError)
            finish(std::unexpected(*m_sourceError));
        else if (!result)
            finish(std::unexpected(sandboxError(result.error(), u"copy the folder into the sandbox"_s)));
        else
            finish(m_tree->outcome());
    });
    m_stream->sendFrom(m_tree.get());
}

TreeCopy::~TreeCopy()
{
    delete m_stream; // before the client and the tree that it refers to
}

void TreeCopy::cancel()
{
    if (!m_sourceError)
        m_sourceError = Error{ErrorCode::Cancelled, u"The copy was cancelled."_s, {}};
    if (m_stream)
        m_stream->cancel();
}

void TreeCopy::sourceEnded()
{
    const Result<void> outcome = m_tree->outcome();
    if (outcome || m_sourceError)
        return;
    m_sourceError = outcome.error();
    m_stream->cancel();
}

void TreeCopy::finish(const Result<void> &result)
{
    m_tree->disconnect(this);
    m_answer.resolve(result);
    deleteLater();
}

} // namespace capsule
