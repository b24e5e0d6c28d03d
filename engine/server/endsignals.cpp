// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/endsignals.h"

#include <QSocketNotifier>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace capsule {

namespace {

std::atomic<int> pipeEnd = -1;

void passOn(int number)
{
    const auto byte = static_cast<unsigned char>(number);
    // A full pipe holds enough of them already.
    [[maybe_unused]] const auto written = ::write(pipeEnd.load(), &byte, 1);
}

void handle(int number, void (*handler)(int))
{
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(number, &action, nullptr);
}

} // namespace

EndSignals::EndSignals(Hangup hangup, QObject *parent)
    : QObject(parent)
{
    if (::pipe2(m_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    pipeEnd = m_pipe[1];
    auto *notifier = new QSocketNotifier(m_pipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        unsigned char number = 0;
        while (::read(m_pipe[0], &number, 1) == 1)
            emit received(number);
    });
    handle(SIGTERM, passOn);
    handle(SIGINT, passOn);
    handle(SIGHUP, hangup == Hangup::Ends ? passOn : SIG_IGN);
}

EndSignals::~EndSignals()
{
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        handle(number, SIG_DFL);
    pipeEnd = -1;
    for (const int end : m_pipe) {
        if (end >= 0)
            ::close(end);
    }
}

} // namespace capsule
