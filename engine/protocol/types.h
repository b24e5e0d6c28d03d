// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/errorcodes.h"
#include "protocol/sessionstate.h"

/// The nouns of the API. Plain values; units stand in the names; empty means unknown or not set.
namespace capsule {

struct TerminalSize {
    int columns = 80;
    int rows = 24;

    bool isValid() const { return columns >= 1 && columns <= 1000 && rows >= 1 && rows <= 1000; }
    bool operator==(const TerminalSize &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::field("columns", &TerminalSize::columns), wire::field("rows", &TerminalSize::rows)};
    }
};

enum class TerminalState {
    Running,
    Exited, ///< its program ended; exitCode tells how
    Lost,   ///< its connection broke (container engine or capsule-engine restarted)
};
template<>
inline constexpr auto wire::enumNames<TerminalState> = std::to_array<wire::EnumName<TerminalState>>(
    {{TerminalState::Running, "running"}, {TerminalState::Exited, "exited"}, {TerminalState::Lost, "lost"}});

struct TerminalInfo {
    QString id;
    QString title; ///< what it runs ("claude", "bash"); never a title set by the program inside
    TerminalState state = TerminalState::Running;
    std::optional<int> exitCode; ///< 128 + signal number when a signal ended it
    QString message;             ///< a sentence for the user when it did not end normally
    TerminalSize size;
    int viewers = 0;
    QDateTime createdAt;

    bool operator==(const TerminalInfo &) const = default;
    static constexpr auto wireFields()
    {
        using T = TerminalInfo;
        return std::tuple{wire::required("id", &T::id), wire::field("title", &T::title), wire::field("state", &T::state),
                          wire::field("exitCode", &T::exitCode), wire::field("message", &T::message), wire::field("size", &T::size),
                          wire::field("viewers", &T::viewers), wire::field("createdAt", &T::createdAt)};
    }
};

/// Zero means: the agent's or the engine's default.
struct Limits {
    double cpus = 0;
    qint64 memoryBytes = 0;
    int pids = 0;

    bool operator==(const Limits &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::field("cpus", &Limits::cpus), wire::field("memoryBytes", &Limits::memoryBytes),
                          wire::field("pids", &Limits::pids)};
    }
};

enum class WorkspaceKind {
    Empty,
    Copy, ///< a folder of the host, copied in before the sandbox starts
};
template<>
inline constexpr auto wire::enumNames<WorkspaceKind> =
    std::to_array<wire::EnumName<WorkspaceKind>>({{WorkspaceKind::Empty, "empty"}, {WorkspaceKind::Copy, "copy"}});

struct WorkspaceSource {
    WorkspaceKind kind = WorkspaceKind::Empty;
    QString path; ///< absolute host folder, for Copy

    bool operator==(const WorkspaceSource &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::field("kind", &WorkspaceSource::kind), wire::field("path", &WorkspaceSource::path)};
    }
};

/// May programs in the sandbox become root in it? Locked sets no-new-privileges and drops every capability.
enum class Privileges { Locked, Sudo };
template<>
inline constexpr auto wire::enumNames<Privileges> =
    std::to_array<wire::EnumName<Privileges>>({{Privileges::Locked, "locked"}, {Privileges::Sudo, "sudo"}});

struct SessionInfo {
    QString id;
    QString name; ///< unique among sessions, 1 to 64 characters
    QString agentId;
    QString agentName;
    SessionState state = SessionState::Creating;
    QString message; ///< a sentence for the user: why it failed or was interrupted, what a launch skipped
    QString detail;  ///< the platform's own words to it
    QString providerId;
    QString sandboxId;
    QString image;
    WorkspaceSource workspace;
    Limits limits; ///< as in force, defaults filled in
    Privileges privileges = Privileges::Locked;
    std::vector<TerminalInfo> terminals;
    QString jobId; ///< the job at work on it, or empty
    QDateTime createdAt;
    QDateTime lastActiveAt;
    qint64 revision = 0; ///< grows with every change; an older one is dropped by clients

    bool operator==(const SessionInfo &) const = default;
    static constexpr auto wireFields()
    {
        using S = SessionInfo;
        return std::tuple{wire::required("id", &S::id), wire::required("name", &S::name), wire::field("agentId", &S::agentId),
                          wire::field("agentName", &S::agentName), wire::required("state", &S::state), wire::field("message", &S::message),
                          wire::field("detail", &S::detail), wire::field("providerId", &S::providerId), wire::field("sandboxId", &S::sandboxId),
                          wire::field("image", &S::image), wire::field("workspace", &S::workspace), wire::field("limits", &S::limits),
                          wire::field("privileges", &S::privileges), wire::field("terminals", &S::terminals), wire::field("jobId", &S::jobId),
                          wire::field("createdAt", &S::createdAt), wire::field("lastActiveAt", &S::lastActiveAt),
                          wire::field("revision", &S::revision)};
    }
};

struct AgentInfo {
    QString id;
    QString name;
    QString description;
    QString icon;   ///< an icon name or empty
    QString origin; ///< the agent.json it was read from
    Limits limits;
    Privileges privileges = Privileges::Locked;
    bool imageReady = false; ///< no build is needed before the first session

    bool operator==(const AgentInfo &) const = default;
    static constexpr auto wireFields()
    {
        using A = AgentInfo;
        return std::tuple{wire::required("id", &A::id), wire::field("name", &A::name), wire::field("description", &A::description),
                          wire::field("icon", &A::icon), wire::field("origin", &A::origin), wire::field("limits", &A::limits),
                          wire::field("privileges", &A::privileges), wire::field("imageReady", &A::imageReady)};
    }
};

/// An agent.json that could not be used. The others are not affected by it.
struct AgentProblem {
    QString file;
    QString key; ///< path of the offending key ("ports[0].port"), or empty
    QString reason;

    bool operator==(const AgentProblem &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::field("file", &AgentProblem::file), wire::field("key", &AgentProblem::key),
                          wire::field("reason", &AgentProblem::reason)};
    }
};

enum class JobState { Running, Succeeded, Failed, Cancelled };
template<>
inline constexpr auto wire::enumNames<JobState> = std::to_array<wire::EnumName<JobState>>({{JobState::Running, "running"},
    {JobState::Succeeded, "succeeded"}, {JobState::Failed, "failed"}, {JobState::Cancelled, "cancelled"}});

/// A long operation of the engine. It goes on when the client that asked for it leaves.
struct JobInfo {
    QString id;
    QString kind; ///< "session.launch", "image.build"
    QString sessionId;
    JobState state = JobState::Running;
    QString phase;    ///< what happens now, for the user: "Copying the workspace"
    qint64 done = 0;  ///< in `unit`
    qint64 total = 0; ///< 0: not known
    QString unit;     ///< "bytes", "steps", "files" or empty
    std::optional<ErrorInfo> error;

    bool operator==(const JobInfo &) const = default;
    static constexpr auto wireFields()
    {
        using J = JobInfo;
        return std::tuple{wire::required("id", &J::id), wire::field("kind", &J::kind), wire::field("sessionId", &J::sessionId),
                          wire::required("state", &J::state), wire::field("phase", &J::phase), wire::field("done", &J::done),
                          wire::field("total", &J::total), wire::field("unit", &J::unit), wire::field("error", &J::error)};
    }
};

/// What a provider can do beyond the basics; the desktop hides what is missing.
struct Capabilities {
    bool pause = false;
    bool snapshot = false;
    bool limits = false;
    bool sudo = false;

    bool operator==(const Capabilities &) const = default;
    static constexpr auto wireFields()
    {
        using C = Capabilities;
        return std::tuple{wire::field("pause", &C::pause), wire::field("snapshot", &C::snapshot), wire::field("limits", &C::limits),
                          wire::field("sudo", &C::sudo)};
    }
};

struct ProviderStatus {
    QString id;      ///< "container"
    QString name;    ///< "Docker 26.1.5"
    QString address; ///< where it answers, without credentials
    bool available = false;
    std::optional<ErrorInfo> error; ///< why it is not available, with the next step
    Capabilities capabilities;

    bool operator==(const ProviderStatus &) const = default;
    static constexpr auto wireFields()
    {
        using P = ProviderStatus;
        return std::tuple{wire::required("id", &P::id), wire::field("name", &P::name), wire::field("address", &P::address),
                          wire::field("available", &P::available), wire::field("error", &P::error),
                          wire::field("capabilities", &P::capabilities)};
    }
};

} // namespace capsule
