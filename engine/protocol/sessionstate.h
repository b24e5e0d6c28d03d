// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/wire.h"

/// The life of a session: one enum, one table. The engine is the only one that moves a session; the
/// desktop asks the same table which actions to offer.
namespace capsule {

enum class SessionState {
    Creating,    ///< its launch job runs; there may be no sandbox yet
    Running,
    Starting,    ///< a stopped sandbox is being started again
    Stopping,
    Stopped,     ///< the sandbox exists, nothing runs in it
    Interrupted, ///< the sandbox stopped or vanished behind our back
    Failed,      ///< the launch failed and was undone; nothing but the entry is left
    Removing,    ///< ends with the session gone
};

enum class SessionEvent {
    Launched,
    LaunchFailed,
    StartRequested,
    Started,
    StopRequested,
    Stopped,
    SandboxDied, ///< it stopped although nobody asked
    SandboxGone, ///< it does not exist any more
    SandboxUp,   ///< it runs although we thought otherwise (somebody started it)
    ActionFailed,
    RemoveRequested,
};

template<>
inline constexpr auto wire::enumNames<SessionState> = std::to_array<wire::EnumName<SessionState>>({
    {SessionState::Creating, "creating"},
    {SessionState::Running, "running"},
    {SessionState::Starting, "starting"},
    {SessionState::Stopping, "stopping"},
    {SessionState::Stopped, "stopped"},
    {SessionState::Interrupted, "interrupted"},
    {SessionState::Failed, "failed"},
    {SessionState::Removing, "removing"},
});

/// The state after `event`, or nothing when the event cannot happen in `state`.
constexpr std::optional<SessionState> next(SessionState state, SessionEvent event)
{
    using enum SessionState;
    using Event = SessionEvent;
    switch (event) {
    case Event::RemoveRequested:
        return state == Removing ? std::nullopt : std::optional(Removing);
    case Event::Launched:
        return state == Creating ? std::optional(Running) : std::nullopt;
    case Event::LaunchFailed:
        return state == Creating ? std::optional(Failed) : std::nullopt;
    case Event::StartRequested:
        return state == Stopped || state == Interrupted ? std::optional(Starting) : std::nullopt;
    case Event::Started:
        return state == Starting ? std::optional(Running) : std::nullopt;
    case Event::StopRequested:
        return state == Running ? std::optional(Stopping) : std::nullopt;
    case Event::Stopped:
        return state == Stopping ? std::optional(SessionState::Stopped) : std::nullopt;
    case Event::SandboxDied:
    case Event::SandboxGone:
        if (state == Stopping && event == Event::SandboxDied)
            return SessionState::Stopped;
        if (state == Running || state == Starting || state == Stopping || state == SessionState::Stopped)
            return event == Event::SandboxDied && state == SessionState::Stopped ? std::nullopt : std::optional(Interrupted);
        return std::nullopt;
    case Event::SandboxUp:
        return state == SessionState::Stopped || state == Interrupted ? std::optional(Running) : std::nullopt;
    case Event::ActionFailed:
        if (state == Starting)
            return Interrupted;
        if (state == Stopping)
            return Running;
        return state == Removing ? std::optional(Interrupted) : std::nullopt;
    }
    return std::nullopt;
}

constexpr bool canHappen(SessionState state, SessionEvent event)
{
    return next(state, event).has_value();
}

} // namespace capsule
