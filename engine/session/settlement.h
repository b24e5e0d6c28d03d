// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/sessionstate.h"
#include "sandbox/sandboxprovider.h"

namespace capsule {

/// What to do about a session that nothing is at work on, once the provider has said how its sandbox is.
struct Settlement {
    enum class Action { None, RemoveSandbox, RemoveSession };
    std::optional<SessionEvent> event;
    QString message;
    Action action = Action::None;

    bool operator==(const Settlement &) const = default;
};

/// `found` is null when the provider has no sandbox of this session.
Settlement settle(SessionState state, const SandboxInfo *found);

/// The sentence for a sandbox that stopped by itself.
QString reasonOfDeath(const SandboxEvent &event);

} // namespace capsule
