// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

/// How `capsule` ends. `attach` and `exec` end with the exit code of the program instead, once it has run.
namespace capsule::cli {

inline constexpr int exitOk = 0;
inline constexpr int exitFailure = 1;
inline constexpr int exitUsage = 2;
inline constexpr int exitNotFound = 3;
inline constexpr int exitUnavailable = 4;
inline constexpr int exitExecFailed = 125;      ///< exec: Capsule failed
inline constexpr int exitExecNotRunnable = 126; ///< exec: the command could not be run
inline constexpr int exitExecNotFound = 127;    ///< exec: there is no such command
inline constexpr int exitInterrupted = 130;     ///< Ctrl-C

int exitCodeOf(const Error &error);
/// exec's: the container engine tells "not found" and "not executable" in words only.
int execExitCodeOf(const Error &error);

QString exitCodeHelp();

} // namespace capsule::cli
