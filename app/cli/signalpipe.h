// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

#include <signal.h>

class QSocketNotifier;

namespace capsule::cli {

/// Unix signals as a Qt signal: the handler only writes a byte into a pipe that the event loop reads. While it
/// lives the given signals do nothing else; afterwards they do again what they did before. One at a time.
class SignalPipe : public QObject
{
    Q_OBJECT
public:
    explicit SignalPipe(const QList<int> &signalNumbers, QObject *parent = nullptr);
    ~SignalPipe() override;
    Q_DISABLE_COPY_MOVE(SignalPipe)

signals:
    void received(int signalNumber);

private:
    int m_readEnd = -1;
    QList<std::pair<int, struct sigaction>> m_before;
};

} // namespace capsule::cli
