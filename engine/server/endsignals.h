// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QSocketNotifier;

namespace capsule {

/// SIGTERM, SIGINT and, in the foreground, SIGHUP as a Qt signal: the handler only writes a byte into a pipe.
/// Otherwise SIGHUP is ignored: the engine outlives the terminal it was started from. One object a process.
class EndSignals : public QObject {
    Q_OBJECT
public:
    enum class Hangup { Ends, Ignored };

    explicit EndSignals(Hangup hangup, QObject *parent = nullptr);
    ~EndSignals() override;

signals:
    void received(int number);

private:
    int m_pipe[2] = {-1, -1};
};

} // namespace capsule
