// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/exitcodes.h"

using namespace Qt::StringLiterals;

namespace capsule::cli {

int exitCodeOf(const Error &error)
{
    switch (error.code) {
    case ErrorCode::NotFound:
        return exitNotFound;
    case ErrorCode::Unavailable:
        return exitUnavailable;
    case ErrorCode::Cancelled:
        return exitInterrupted;
    default:
        return exitFailure;
    }
}

int execExitCodeOf(const Error &error)
{
    if (error.code != ErrorCode::ProviderFailed && error.code != ErrorCode::InvalidArgument)
        return exitExecFailed;
    const QString words = error.message + u' ' + error.detail;
    const auto says = [&](QLatin1StringView text) { return words.contains(text, Qt::CaseInsensitive); };
    if (says("executable file not found"_L1) || says("no such file or directory"_L1))
        return exitExecNotFound;
    if (says("permission denied"_L1) || says("is a directory"_L1) || says("exec format error"_L1))
        return exitExecNotRunnable;
    return exitExecFailed;
}

QString exitCodeHelp()
{
    return u"  0    done\n"
            "  1    failed\n"
            "  2    the command line is wrong\n"
            "  3    there is no such session, agent or terminal\n"
            "  4    the engine, or the container engine, does not answer\n"
            "  125  exec: Capsule failed   126  exec: could not be run   127  exec: not found\n"
            "  130  interrupted with Ctrl-C\n"
            "  attach and exec otherwise end with the program's own exit code\n"_s;
}

} // namespace capsule::cli
