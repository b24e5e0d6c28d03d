// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

/// The whole API: JSON-RPC 2.0 over a WebSocket at /ws, token in the header `Authorization: Bearer ...`.
/// Each method names its params, result, and the errors beyond InvalidArgument and Internal. Each has a
/// golden sample in tests/data/protocol/<method>.json. Notifications come to every connection.
namespace capsule::api {

inline constexpr int version = 1; ///< grows when an older client would no longer understand

struct Nothing {
    bool operator==(const Nothing &) const = default;
    static constexpr auto wireFields() { return std::tuple{}; }
};
/// Params of a method on one thing. For sessions: id, or a unique prefix of it, or the name.
struct Id {
    QString id;
    bool operator==(const Id &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::required("id", &Id::id)}; }
};
struct Session {
    SessionInfo session;
    bool operator==(const Session &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::required("session", &Session::session)}; }
};
struct Job {
    JobInfo job;
    bool operator==(const Job &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::required("job", &Job::job)}; }
};

// ---- engine ------------------------------------------------------------------------------------------

struct EngineStatusResult {
    QString version;
    int apiVersion = api::version;
    qint64 pid = 0;
    QString address; ///< http://127.0.0.1:PORT
    QString logPath;
    QDateTime startedAt;
    int sessions = 0;
    int connections = 0;
    std::vector<ProviderStatus> providers;
    bool operator==(const EngineStatusResult &) const = default;
    static constexpr auto wireFields()
    {
        using R = EngineStatusResult;
        return std::tuple{wire::field("version", &R::version), wire::field("apiVersion", &R::apiVersion), wire::field("pid", &R::pid),
                          wire::field("address", &R::address), wire::field("logPath", &R::logPath), wire::field("startedAt", &R::startedAt),
                          wire::field("sessions", &R::sessions), wire::field("connections", &R::connections),
                          wire::field("providers", &R::providers)};
    }
};
/// Who runs and how the providers are. Probes them afresh.
struct EngineStatus { static constexpr auto name = "engine.status"; using Params = Nothing; using Result = EngineStatusResult; };

struct EngineStopParams {
    bool stopSessions = false; ///< stop every running sandbox first; otherwise they run on
    bool operator==(const EngineStopParams &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::field("stopSessions", &EngineStopParams::stopSessions)}; }
};
/// Answers, then ends the engine.
struct EngineStop { static constexpr auto name = "engine.stop"; using Params = EngineStopParams; using Result = Nothing; };

// ---- agents ------------------------------------------------------------------------------------------

struct AgentListResult {
    std::vector<AgentInfo> agents;
    std::vector<AgentProblem> problems;
    bool operator==(const AgentListResult &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::field("agents", &AgentListResult::agents), wire::field("problems", &AgentListResult::problems)};
    }
};
/// Reads the agent folders anew.
struct AgentList { static constexpr auto name = "agent.list"; using Params = Nothing; using Result = AgentListResult; };

// ---- sessions ----------------------------------------------------------------------------------------

struct SessionListResult {
    std::vector<SessionInfo> sessions; ///< oldest first
    bool operator==(const SessionListResult &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::field("sessions", &SessionListResult::sessions)}; }
};
struct SessionList { static constexpr auto name = "session.list"; using Params = Nothing; using Result = SessionListResult; };

/// NotFound; Conflict when a prefix fits several.
struct SessionGet { static constexpr auto name = "session.get"; using Params = Id; using Result = Session; };

struct SessionCreateParams {
    QString agentId;
    QString name; ///< empty: the engine makes one from the agent or folder
    WorkspaceSource workspace;
    Limits limits;
    std::optional<Privileges> privileges; ///< default: what the agent's profile says
    QString providerId;                   ///< empty: the default provider
    TerminalSize size;                    ///< of the first terminal
    bool operator==(const SessionCreateParams &) const = default;
    static constexpr auto wireFields()
    {
        using P = SessionCreateParams;
        return std::tuple{wire::required("agentId", &P::agentId), wire::field("name", &P::name), wire::field("workspace", &P::workspace),
                          wire::field("limits", &P::limits), wire::field("privileges", &P::privileges),
                          wire::field("providerId", &P::providerId), wire::field("size", &P::size)};
    }
};
struct SessionCreateResult {
    SessionInfo session; ///< in state creating
    JobInfo job;         ///< its launch; job.cancel undoes everything
    bool operator==(const SessionCreateResult &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::required("session", &SessionCreateResult::session), wire::required("job", &SessionCreateResult::job)};
    }
};
/// NotFound (agent), AlreadyExists (name), PermissionDenied (folder), LimitReached.
struct SessionCreate { static constexpr auto name = "session.create"; using Params = SessionCreateParams; using Result = SessionCreateResult; };

struct SessionRenameParams {
    QString id;
    QString name;
    bool operator==(const SessionRenameParams &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::required("id", &SessionRenameParams::id), wire::required("name", &SessionRenameParams::name)};
    }
};
/// NotFound, AlreadyExists.
struct SessionRename { static constexpr auto name = "session.rename"; using Params = SessionRenameParams; using Result = Session; };
/// Starts a stopped or interrupted session and opens its first terminal. NotFound, Conflict, ProviderFailed, Unavailable.
struct SessionStart { static constexpr auto name = "session.start"; using Params = Id; using Result = Session; };
/// Ends everything that runs in it; files stay. NotFound, Conflict, ProviderFailed, Unavailable.
struct SessionStop { static constexpr auto name = "session.stop"; using Params = Id; using Result = Session; };
/// Removes the sandbox and its workspace for good. NotFound, ProviderFailed, Unavailable.
struct SessionRemove { static constexpr auto name = "session.remove"; using Params = Id; using Result = Nothing; };

// ---- terminals and commands --------------------------------------------------------------------------
// Their bytes travel in binary frames on a channel of this connection, see protocol/channelframe.h.

struct TerminalOpenParams {
    QString sessionId;
    QStringList argv; ///< empty: a login shell
    TerminalSize size;
    bool operator==(const TerminalOpenParams &) const = default;
    static constexpr auto wireFields()
    {
        using P = TerminalOpenParams;
        return std::tuple{wire::required("sessionId", &P::sessionId), wire::field("argv", &P::argv), wire::field("size", &P::size)};
    }
};
struct Terminal {
    TerminalInfo terminal;
    bool operator==(const Terminal &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::required("terminal", &Terminal::terminal)}; }
};
/// NotFound, Conflict (not running), LimitReached (32 terminals a session), ProviderFailed.
struct TerminalOpen { static constexpr auto name = "terminal.open"; using Params = TerminalOpenParams; using Result = Terminal; };

struct TerminalAttachParams {
    QString terminalId;
    TerminalSize size; ///< becomes the terminal's size: the viewer that came or resized last decides
    bool operator==(const TerminalAttachParams &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::required("terminalId", &TerminalAttachParams::terminalId), wire::field("size", &TerminalAttachParams::size)};
    }
};
struct Channel {
    qint64 channel = 0; ///< 1 to 2^32-1, unique in this connection
    bool operator==(const Channel &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::required("channel", &Channel::channel)}; }
};
/// The answer comes before the channel's first frame, which is Replay. Works for ended terminals too. NotFound.
struct TerminalAttach { static constexpr auto name = "terminal.attach"; using Params = TerminalAttachParams; using Result = Channel; };

struct TerminalResizeParams {
    qint64 channel = 0;
    TerminalSize size;
    bool operator==(const TerminalResizeParams &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::required("channel", &TerminalResizeParams::channel), wire::required("size", &TerminalResizeParams::size)};
    }
};
struct TerminalResize { static constexpr auto name = "terminal.resize"; using Params = TerminalResizeParams; using Result = Nothing; };
/// Hangs up: its program gets SIGHUP, then the terminal is forgotten. NotFound.
struct TerminalClose { static constexpr auto name = "terminal.close"; using Params = Id; using Result = Nothing; };

struct ExecParams {
    QString sessionId;
    QStringList argv;
    QStringList environment; ///< "NAME=value" added to the sandbox's own
    QString workingDirectory; ///< empty: the workspace
    bool operator==(const ExecParams &) const = default;
    static constexpr auto wireFields()
    {
        using P = ExecParams;
        return std::tuple{wire::required("sessionId", &P::sessionId), wire::required("argv", &P::argv),
                          wire::field("environment", &P::environment), wire::field("workingDirectory", &P::workingDirectory)};
    }
};
/// Runs a command without a terminal: standard output and error come apart, channel.closed tells its exit
/// code; channel.close ends it. NotFound, Conflict (not running), ProviderFailed.
struct ExecStart { static constexpr auto name = "exec.start"; using Params = ExecParams; using Result = Channel; };

/// Detaches from a terminal (it runs on) or ends a command.
struct ChannelClose { static constexpr auto name = "channel.close"; using Params = Channel; using Result = Nothing; };

// ---- jobs --------------------------------------------------------------------------------------------

struct JobListResult {
    std::vector<JobInfo> jobs;
    bool operator==(const JobListResult &) const = default;
    static constexpr auto wireFields() { return std::tuple{wire::field("jobs", &JobListResult::jobs)}; }
};
/// Running jobs and those that ended lately.
struct JobList { static constexpr auto name = "job.list"; using Params = Nothing; using Result = JobListResult; };

struct JobGetResult {
    JobInfo job;
    QString output; ///< the end of what it printed, at most 64 KiB
    bool operator==(const JobGetResult &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::required("job", &JobGetResult::job), wire::field("output", &JobGetResult::output)};
    }
};
/// NotFound.
struct JobGet { static constexpr auto name = "job.get"; using Params = Id; using Result = JobGetResult; };
/// Undoes what the job did so far, then it ends as cancelled. NotFound; Conflict when it has ended.
struct JobCancel { static constexpr auto name = "job.cancel"; using Params = Id; using Result = Nothing; };

using All = std::tuple<EngineStatus, EngineStop, AgentList, SessionList, SessionGet, SessionCreate, SessionRename, SessionStart,
                       SessionStop, SessionRemove, TerminalOpen, TerminalAttach, TerminalResize, TerminalClose, ExecStart,
                       ChannelClose, JobList, JobGet, JobCancel>;

// ---- notifications -----------------------------------------------------------------------------------

struct JobOutputParams {
    QString jobId;
    QString text;
    bool operator==(const JobOutputParams &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::required("jobId", &JobOutputParams::jobId), wire::required("text", &JobOutputParams::text)};
    }
};
struct ChannelClosedParams {
    qint64 channel = 0;
    std::optional<int> exitCode;    ///< of the command or terminal, when it ended
    std::optional<ErrorInfo> error; ///< why, when it ended otherwise
    bool operator==(const ChannelClosedParams &) const = default;
    static constexpr auto wireFields()
    {
        using P = ChannelClosedParams;
        return std::tuple{wire::required("channel", &P::channel), wire::field("exitCode", &P::exitCode), wire::field("error", &P::error)};
    }
};

struct SessionChanged { static constexpr auto name = "session.changed"; using Params = Session; };
struct SessionRemoved { static constexpr auto name = "session.removed"; using Params = Id; };
struct JobChanged { static constexpr auto name = "job.changed"; using Params = Job; };
struct JobOutput { static constexpr auto name = "job.output"; using Params = JobOutputParams; };
/// The last word on a channel; every byte of it has been sent before.
struct ChannelClosed { static constexpr auto name = "channel.closed"; using Params = ChannelClosedParams; };
/// The engine ends of its own will; there is no use in reconnecting at once.
struct EngineStopping { static constexpr auto name = "engine.stopping"; using Params = Nothing; };

using AllNotifications = std::tuple<SessionChanged, SessionRemoved, JobChanged, JobOutput, ChannelClosed, EngineStopping>;

} // namespace capsule::api
