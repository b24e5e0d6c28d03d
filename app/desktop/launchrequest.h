// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/wire.h"

#include <QStringList>

namespace capsule {

/// What a start of capsule-desktop asks for. A second start hands it to the one that runs already.
struct LaunchRequest {
    QString openSession{}; ///< id, name, or unique prefix of an id
    bool newSession = false;
    bool background = false;     ///< start in the tray, without a window
    QString activationToken{};   ///< of the desktop shell, so that it lets our window come forward
    QString startedBy{};         ///< version of the program that asks

    bool operator==(const LaunchRequest &) const = default;
    static constexpr auto wireFields()
    {
        using R = LaunchRequest;
        return std::tuple{wire::field("openSession", &R::openSession), wire::field("newSession", &R::newSession),
                          wire::field("background", &R::background), wire::field("activationToken", &R::activationToken),
                          wire::field("startedBy", &R::startedBy)};
    }
};

/// The outcome of reading the command line: something to do, or a text to print and an exit code.
struct CommandLine {
    LaunchRequest request;
    std::optional<int> exitCode; ///< set: print `text` and leave
    QString text;
};

CommandLine parseCommandLine(const QStringList &arguments, const QString &version);

} // namespace capsule
