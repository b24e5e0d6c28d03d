// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/future.h"
#include "base/progress.h"
#include "catalog/agentprofile.h"

#include <QObject>

namespace capsule {

/// Gives each agent an image that sandboxes can start from. Lives on the engine's event loop.
class ImageStore : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    /// Answers with the name of an image that is there, building it first when it is missing. Callers that ask
    /// for the same image at once share one build; it ends when the last of them has asked it to stop. `sink`
    /// outlives the call. Cancelled; Unavailable: the place does not answer; ProviderFailed: the build
    /// failed, the end of its output is in `detail`.
    virtual Async<QString> ensureImage(const AgentProfile &profile, ProgressSink &sink) = 0;

    /// Whether ensureImage() would answer without a build.
    virtual Async<bool> isReady(const AgentProfile &profile) = 0;
};

} // namespace capsule
