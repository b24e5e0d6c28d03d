// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/engineparts.h"

#include "sandbox/fake/fakeprovider.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

/// Has every image.
class FakeImageStore : public ImageStore {
public:
    Async<QString> ensureImage(const AgentProfile &profile, ProgressSink &sink) override
    {
        sink.setPhase(u"Looking for the image"_s);
        return ready<QString>(QString("fake/"_L1 + profile.id));
    }
    Async<bool> isReady(const AgentProfile &) override { return ready<bool>(true); }
};

} // namespace

EngineParts fakeParts()
{
    EngineParts parts;
    parts.images = std::make_unique<FakeImageStore>();
    parts.provider = std::make_unique<FakeProvider>();
    parts.openWorkspace = folderWorkspaces(parts.provider.get());
    parts.agentDirs = paths::agentDirs();
    return parts;
}

} // namespace capsule
