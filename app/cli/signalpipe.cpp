// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/signalpipe.h"

#include <QSocketNotifier>

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace capsule::cli {

namespace {

std::atomic<int> writeEnd = -1;

void passOn(int signalNumber)
{
    const int before = errno;
    const char byte = char(signalNumber);
    // A full pipe means that enough is waiting to be told already.
    [[maybe_unused]] const ssize_t written = ::write(writeEnd.load(), &byte, 1);
    errno = before;
}

} // namespace

SignalPipe::SignalPipe(const QList<int> &signalNumbers, QObject *parent)
    : QObject(parent)
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    m_readEnd = ends[0];
    writeEnd = ends[1];
    auto *notifier = new QSocketNotifier(m_readEnd, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        char bytes[64];
        const ssize_t count = ::read(m_readEnd, bytes, sizeof bytes);
        for (ssize_t i = 0; i < count; ++i)
            emit received(bytes[i]);
    });
    for (const int number : signalNumbers) {
        struct sigaction action{};
        struct sigaction before{};
        action.sa_handler = passOn;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        if (::sigaction(number, &action, &before) == 0)
            m_before.append({number, before});
    }
}

SignalPipe::~SignalPipe()
{
    for (const auto &[number, before] : std::as_const(m_before))
        ::sigaction(number, &before, nullptr);
    const int end = writeEnd.exchange(-1);
    ::close(end);
    ::close(m_readEnd);
}

} // namespace capsule::cli
