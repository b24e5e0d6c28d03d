// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "protocol/types.h"

namespace capsule::cli {

bool isTerminal(int fd);
/// Of the terminal behind standard output, input or error; nothing when there is none.
std::optional<TerminalSize> terminalSize();

/// The user's terminal in raw mode: keys come one by one and unchanged, Ctrl-C included. Ends with the object, and
/// also when the process ends by exit() or by a crash, so that nobody is left with a terminal that does not echo.
/// One at a time.
class RawTerminal
{
public:
    /// Fails when standard input is no terminal.
    static Result<std::unique_ptr<RawTerminal>> enter();
    ~RawTerminal();
    Q_DISABLE_COPY_MOVE(RawTerminal)

private:
    RawTerminal() = default;
};

} // namespace capsule::cli
