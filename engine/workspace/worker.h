// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <stop_token>
#include <thread>

namespace capsule {

/// A thread of its owner that does one long piece of work and can knock at the owner's event loop. Goes through an
/// eventfd: knocks that nobody has heard yet are one, and nothing of Qt is touched on the thread. Destroying it asks the
/// work to stop and waits for it.
class Worker : public QObject
{
    Q_OBJECT
public:
    using Work = std::function<void(std::stop_token)>;

    explicit Worker(QObject *parent = nullptr);
    ~Worker() override;

    void start(Work work); ///< once
    void stop();           ///< asks and waits; knocks that were not heard are forgotten
    void knock();          ///< from the work

signals:
    void knocked();

private:
    void hear();

    int m_bell;
    std::jthread m_thread;
};

} // namespace capsule
