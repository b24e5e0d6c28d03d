// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/methods.h"

namespace capsule {

/// What the New Session dialog is asked for, before the engine sees it: values as the user typed them, and
/// the pure functions that suggest, check and turn them into a request.
struct SessionDraft {
    QString agentId{};
    QString name{}; ///< empty: the suggested one
    WorkspaceKind workspace = WorkspaceKind::Empty;
    QString folder{}; ///< as typed; "~/" means the home folder
    Limits limits{};  ///< zero: the agent's
    std::optional<Privileges> privileges{};

    bool operator==(const SessionDraft &) const = default;
};

/// Sentences to show beside the fields; empty where there is nothing to say.
struct DraftProblems {
    QString agent;
    QString name;
    QString folder;

    bool any() const { return !agent.isEmpty() || !name.isEmpty() || !folder.isEmpty(); }
    bool operator==(const DraftProblems &) const = default;
};

/// From the folder or the agent, with a number when taken: "shell", "shell-2".
QString suggestedName(const SessionDraft &draft, const QStringList &takenNames);
/// Looks at the file system for the folder.
DraftProblems check(const SessionDraft &draft, const QStringList &takenNames);
/// Empty when the name may be used; `ownName` is the name it has now, or empty.
QString nameProblem(const QString &name, const QStringList &takenNames, const QString &ownName = {});
/// "~/src/" -> "/home/me/src"
QString expandedFolder(const QString &typed);

api::SessionCreateParams toRequest(const SessionDraft &draft, const QStringList &takenNames);
/// The same again, for "Try Again" on a session whose launch failed.
api::SessionCreateParams requestFrom(const SessionInfo &session);

} // namespace capsule
