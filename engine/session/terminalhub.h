// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/terminalchannel.h"
#include "session/replaybuffer.h"
#include "session/terminalviewer.h"

#include <QTimer>

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

namespace capsule {

/// One terminal of a session: owns its TerminalChannel and replay ring, and serves any number of viewers.
/// With no viewer the program runs on and the ring drops its oldest bytes. The program is held back only
/// when every viewer that still answers is far behind; a viewer that the ring overtakes gets a new replay.
/// Lives on the engine's event loop; belongs to SessionTerminals.
class TerminalHub : public QObject
{
    Q_OBJECT
public:
    struct Options {
        qsizetype ringBytes = 4 * 1024 * 1024;
        qsizetype resyncBytes = 1024 * 1024;   ///< how much an overtaken viewer is shown again
        qint64 pauseBacklogBytes = 1024 * 1024; ///< of the fastest viewer; at most half the ring
        int stallMs = 10'000;                   ///< a viewer silent for so long no longer holds the program back
        int firstViewerMs = 10'000;             ///< a first viewer within this time is asked what was asked before it came
    };

    TerminalHub(QString id, QString title, std::shared_ptr<TerminalChannel> channel, TerminalSize size, Options options,
                QObject *parent = nullptr);
    ~TerminalHub() override; ///< viewers that are left are told that the terminal is gone

    TerminalInfo info() const;
    QString id() const { return m_info.id; }
    bool isRunning() const { return m_info.state == TerminalState::Running; }
    bool isPaused() const { return m_paused; }
    qsizetype bufferedBytes() const { return m_ring.size(); }

    /// A new viewer; the first thing it is sent is a replay. Its size becomes the terminal's when valid.
    /// Works for ended terminals: replay, then closed with the exit code.
    std::unique_ptr<TerminalViewer> attach(ChannelSink &sink, TerminalSize size);
    void resize(TerminalSize size);
    void hangUp();
    /// The sandbox is gone or stopped: a running terminal becomes Lost with this reason, a lost one is told
    /// the better reason. What it showed stays viewable.
    void lose(const Error &reason);

signals:
    void infoChanged(); ///< state, size or number of viewers
    void active();      ///< bytes passed, in or out
    void ended();       ///< once

private:
    friend class TerminalViewer;
    void onOutput(const QByteArray &bytes);
    void onWritten(qint64 bytes);
    void onEnded(const ExitStatus &status);
    void flush();
    void finishViewers();
    std::vector<QPointer<TerminalViewer>> viewers() const;
    void updatePause();
    void write(TerminalViewer *from, const QByteArray &bytes);
    void detach(TerminalViewer *viewer);
    void lead(TerminalViewer *viewer); ///< it was used last: it gets the program's queries
    bool takeFirstView();              ///< once: nobody has seen a byte yet, and the program may still wait for answers
    bool isLeading(const TerminalViewer *viewer) const { return !m_viewers.empty() && m_viewers.back() == viewer; }
    void settle(TerminalViewer *viewer); ///< closes it when it has seen all of an ended terminal

    struct Input {
        TerminalViewer *from; ///< null when that viewer has left
        qint64 bytes;
    };

    TerminalInfo m_info;
    std::optional<Error> m_error;
    std::shared_ptr<TerminalChannel> m_channel;
    ReplayBuffer m_ring;
    Options m_options;
    std::vector<TerminalViewer *> m_viewers; ///< owned by their connections; the one last used is last
    std::deque<Input> m_input;               ///< what the channel has not written yet, in order
    QTimer m_turn;                           ///< active: output comes in bursts, gather it until the next turn
    QTimer m_stall;
    QElapsedTimer m_endedAt;
    QElapsedTimer m_openedAt;
    bool m_viewed = false;
    bool m_pending = false;
    bool m_paused = false;
};

} // namespace capsule
