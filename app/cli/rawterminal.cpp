// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/rawterminal.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

termios before;
std::atomic<bool> isRaw = false;
constexpr int crashSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/// Async-signal-safe: tcsetattr is, by POSIX.
void restore()
{
    if (isRaw.exchange(false))
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

extern "C" void restoreAndCrash(int signalNumber)
{
    if (isRaw.exchange(false))
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    // SA_RESETHAND has put the default back: the crash goes on as it would have.
    ::raise(signalNumber);
}

void restoreOnCrash()
{
    for (const int number : crashSignals) {
        struct sigaction action{};
        action.sa_handler = restoreAndCrash;
        action.sa_flags = int(SA_RESETHAND | SA_NODEFER);
        ::sigaction(number, &action, nullptr);
    }
}

} // namespace

bool isTerminal(int fd)
{
    return ::isatty(fd) == 1;
}

std::optional<TerminalSize> terminalSize()
{
    for (const int fd : {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO}) {
        winsize size{};
        if (::ioctl(fd, TIOCGWINSZ, &size) == 0) {
            const TerminalSize found{size.ws_col, size.ws_row};
            return found.isValid() ? found : TerminalSize{};
        }
    }
    return std::nullopt;
}

Result<std::unique_ptr<RawTerminal>> RawTerminal::enter()
{
    if (::tcgetattr(STDIN_FILENO, &before) != 0)
        return fail(ErrorCode::InvalidArgument, u"This needs a terminal; to run a command without one use \"capsule exec\"."_s,
                    QString::fromLocal8Bit(std::strerror(errno)));
    static const bool prepared = [] {
        std::atexit(restore);
        restoreOnCrash();
        return true;
    }();
    Q_UNUSED(prepared)
    termios raw = before;
    ::cfmakeraw(&raw);
    if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0)
        return fail(ErrorCode::Internal, u"The terminal could not be prepared; try another one."_s, QString::fromLocal8Bit(std::strerror(errno)));
    isRaw = true;
    return std::unique_ptr<RawTerminal>(new RawTerminal);
}

RawTerminal::~RawTerminal()
{
    restore();
}

} // namespace capsule::cli
