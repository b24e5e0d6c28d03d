// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/worker.h"

#include <QSocketNotifier>

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace capsule {

Worker::Worker(QObject *parent)
    : QObject(parent)
    , m_bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    auto *notifier = new QSocketNotifier(m_bell, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, &Worker::hear);
}

Worker::~Worker()
{
    stop();
    ::close(m_bell);
}

void Worker::start(Work work)
{
    m_thread = std::jthread(std::move(work));
}

void Worker::stop()
{
    if (!m_thread.joinable())
        return;
    m_thread.request_stop();
    m_thread.join();
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(m_bell, &count, sizeof count);
}

void Worker::knock()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t put = ::write(m_bell, &one, sizeof one); // full means that it rings already
}

void Worker::hear()
{
    std::uint64_t count = 0;
    if (::read(m_bell, &count, sizeof count) == sizeof count)
        emit knocked();
}

} // namespace capsule
