// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <deque>

class QSocketNotifier;
class QTermWidget;

namespace capsule {

/// Feeds a stream's output into a QTermWidget in small slices, so that the window answers during a flood
/// and several terminals share the GUI thread fairly. Knows to the byte what the widget has parsed; only that
/// is declared consumed, so back-pressure runs to the program. GUI thread, owned by the view.
class TerminalFeeder : public QObject
{
    Q_OBJECT
public:
    /// How bytes reach the widget's parser. Pty is the documented way: the kernel hands them over in
    /// pieces of 4 KiB. Direct calls the slot which QTermWidget's own PTY reader calls (1.6 times the throughput).
    enum class Way { Direct, Pty };
    static Way bestWay(const QTermWidget *terminal); ///< Pty where this QTermWidget has no such slot

    TerminalFeeder(QTermWidget *terminal, Way way, QObject *parent = nullptr);

    bool append(const QByteArray &bytes); ///< false, and nothing taken, when it would exceed maxBacklog
    /// What is queued is dropped and declared consumed; the widget is cleared; the next `bytes` are a replay.
    void beginReplay(qint64 bytes);
    void finish(); ///< nothing will follow: a replay ends short, and drained() comes
    void drop(); ///< forgets everything; nothing of it will be declared consumed

    bool isReplaying() const { return m_phase != Phase::Live; }
    qint64 backlog() const { return m_backlog; } ///< bytes not yet handed to the widget
    void setBackground(bool background); ///< nobody looks: smaller slices

    static constexpr qint64 maxBacklog = 1024 * 1024; ///< twice a channel's window (protocol/channelframe.h)

signals:
    void consumed(qint64 bytes);
    void replayFinished(); ///< the picture is whole and drawn into the widget's image
    void drained(); ///< after finish(): everything is parsed

private:
    enum class Phase {
        Live,
        Clearing, ///< a replay comes; what the widget has of the former stream is being parsed
        Replaying,
        Settling, ///< all parsed; the widget's update timers have yet to bring it to its image
    };
    void pump();
    void advance();
    void cancelSequence();
    void settle();
    qsizetype nextPiece() const;
    void take(qsizetype size);
    qsizetype feedDirectly(qsizetype size);
    qsizetype feedPty(qsizetype size, qsizetype share);
    void parse(const QByteArray &bytes);
    void onParsed(qint64 bytes);

    QPointer<QTermWidget> m_terminal;
    const Way m_way;
    QObject *m_session = nullptr; ///< Direct: QTermWidget's internal session
    QSocketNotifier *m_writable = nullptr;
    QTimer m_nextTurn;
    QTimer m_settled;
    std::deque<QByteArray> m_queue;
    qsizetype m_frontOffset = 0;
    qsizetype m_pieceBytes = 1024; ///< grows and shrinks with the time that pieces take
    qint64 m_backlog = 0;
    qint64 m_inFlight = 0; ///< handed over, not parsed
    qint64 m_uncredited = 0; ///< of these, from a stream that was dropped
    qint64 m_replayLeft = 0;
    Phase m_phase = Phase::Live;
    bool m_finishing = false;
    bool m_background = false;
};

} // namespace capsule
