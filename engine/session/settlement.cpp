// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/settlement.h"

using namespace Qt::StringLiterals;

namespace capsule {

Settlement settle(SessionState state, const SandboxInfo *found)
{
    using Action = Settlement::Action;
    const bool running = found && found->running;
    const Settlement gone{SessionEvent::SandboxGone, u"The sandbox was removed outside of Capsule, its files with it. Delete this session."_s, Action::None};
    const Settlement died{SessionEvent::SandboxDied, u"The sandbox stopped while the engine did not watch. Start it again to go on; its files are there."_s, Action::None};

    switch (state) {
    case SessionState::Creating: // by an engine that ended meanwhile
        return {SessionEvent::LaunchFailed, u"The engine ended while this session was being made. Delete it and make a new one."_s,
                found ? Action::RemoveSandbox : Action::None};
    case SessionState::Failed:
        return {{}, {}, found ? Action::RemoveSandbox : Action::None};
    case SessionState::Removing:
        return {{}, {}, Action::RemoveSession};
    case SessionState::Running:
        return running ? Settlement() : found ? died : gone;
    case SessionState::Starting:
        if (running)
            return {SessionEvent::Started, {}, Action::None};
        return found ? died : gone;
    case SessionState::Stopping:
        if (running)
            return {SessionEvent::ActionFailed, u"The engine ended before the session had stopped; it still runs."_s, Action::None};
        return found ? Settlement{SessionEvent::Stopped, {}, Action::None} : gone;
    case SessionState::Stopped:
        if (running)
            return {SessionEvent::SandboxUp, {}, Action::None};
        return found ? Settlement() : gone;
    case SessionState::Interrupted:
        return running ? Settlement{SessionEvent::SandboxUp, {}, Action::None} : Settlement();
    }
    return {};
}

QString reasonOfDeath(const SandboxEvent &event)
{
    if (event.outOfMemory)
        return u"The sandbox ran out of memory and was stopped. Give it more memory in a new session, or start it again and use less."_s;
    if (event.exitCode)
        return u"The sandbox stopped by itself (exit code %1). Start it again to go on; its files are there."_s.arg(*event.exitCode);
    return u"The sandbox stopped by itself. Start it again to go on; its files are there."_s;
}

} // namespace capsule
