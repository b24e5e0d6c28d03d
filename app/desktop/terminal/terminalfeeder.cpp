// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalfeeder.h"

#include <QElapsedTimer>
#include <QMetaMethod>
#include <QSocketNotifier>

#include <qtermwidget.h>

#include <chrono>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace capsule {

namespace {

// One turn of the event loop: as many pieces as fit into the time and the bytes. 17 MB/s were measured, so
// that bytes rule for ordinary output and time for sequences that make the widget work hard; for these the
// pieces shrink too (2 KiB of "repeat 4095 times" are 1.4 million characters).
constexpr qsizetype largestPiece = 2 * 1024;
constexpr qsizetype smallestPiece = 64;
constexpr qint64 slowPieceNs = 1'000'000;
constexpr qsizetype turnBytes = 32 * 1024;
constexpr qsizetype backgroundTurnBytes = 8 * 1024;
constexpr qint64 turnMs = 4;
// QTermWidget copies its screen to the displayed image 10 ms after the last output.
constexpr auto settleTime = 15ms;
constexpr auto receiveSlot = "onReceiveBlock(const char*,int)";

QObject *sessionOf(const QTermWidget *terminal)
{
    for (QObject *child : terminal->children()) {
        if (child->inherits("Konsole::Session") && child->metaObject()->indexOfSlot(receiveSlot) >= 0)
            return child;
    }
    return nullptr;
}

void makeRaw(int fd)
{
    termios mode{};
    if (::tcgetattr(fd, &mode) == 0) {
        ::cfmakeraw(&mode);
        ::tcsetattr(fd, TCSANOW, &mode);
    }
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

} // namespace

TerminalFeeder::Way TerminalFeeder::bestWay(const QTermWidget *terminal)
{
    return sessionOf(terminal) ? Way::Direct : Way::Pty;
}

TerminalFeeder::TerminalFeeder(QTermWidget *terminal, Way way, QObject *parent)
    : QObject(parent)
    , m_terminal(terminal)
    , m_way(way)
{
    m_nextTurn.setSingleShot(true);
    m_nextTurn.setInterval(0);
    connect(&m_nextTurn, &QTimer::timeout, this, &TerminalFeeder::advance);
    m_settled.setSingleShot(true);
    connect(&m_settled, &QTimer::timeout, this, &TerminalFeeder::settle);
    if (m_way == Way::Direct) {
        m_session = sessionOf(terminal);
    } else {
        const int fd = terminal->getPtySlaveFd();
        makeRaw(fd);
        m_writable = new QSocketNotifier(fd, QSocketNotifier::Write, this);
        m_writable->setEnabled(false);
        connect(m_writable, &QSocketNotifier::activated, this, [this] {
            m_writable->setEnabled(false);
            advance();
        });
        // Emitted after a block was parsed, one QChar for each of its bytes.
        connect(terminal, &QTermWidget::receivedData, this, [this](const QString &block) {
            onParsed(block.size());
            if (!m_nextTurn.isActive())
                m_nextTurn.start();
        });
    }
}

bool TerminalFeeder::append(const QByteArray &bytes)
{
    if (m_backlog + bytes.size() > maxBacklog)
        return false;
    if (bytes.isEmpty())
        return true;
    m_queue.push_back(bytes);
    m_backlog += bytes.size();
    // A lone key's echo is shown at once; in a flood each turn of the event loop gets one share.
    if (!m_nextTurn.isActive())
        advance();
    return true;
}

void TerminalFeeder::beginReplay(qint64 bytes)
{
    const qint64 dropped = m_backlog;
    const qint64 uncredited = m_uncredited;
    drop();
    m_uncredited = uncredited;
    m_replayLeft = bytes;
    m_phase = Phase::Clearing;
    m_settled.setInterval(bytes > 0 ? settleTime : 0ms);
    cancelSequence();
    if (dropped > 0)
        emit consumed(dropped);
    advance();
}

void TerminalFeeder::finish()
{
    m_finishing = true;
    advance();
}

void TerminalFeeder::drop()
{
    m_queue.clear();
    m_frontOffset = 0;
    m_backlog = 0;
    m_uncredited = m_inFlight;
    m_replayLeft = 0;
    m_finishing = false;
    m_settled.stop();
    m_phase = Phase::Live;
}

void TerminalFeeder::setBackground(bool background)
{
    m_background = background;
}

/// CAN ends a half character in the widget's UTF-8 decoder, which its reset leaves alone.
void TerminalFeeder::cancelSequence()
{
    if (m_way == Way::Direct) {
        parse("\x18");
    } else if (::write(m_terminal->getPtySlaveFd(), "\x18", 1) == 1) {
        ++m_inFlight;
        ++m_uncredited;
    }
}

void TerminalFeeder::settle()
{
    m_phase = Phase::Live;
    QPointer<TerminalFeeder> alive(this);
    emit replayFinished();
    if (alive)
        advance();
}

/// Moves the phases on as far as they go, and feeds what this turn has room for.
void TerminalFeeder::advance()
{
    if (!m_terminal)
        return;
    QPointer<TerminalFeeder> alive(this);
    if (m_phase == Phase::Clearing && m_inFlight == 0) {
        m_terminal->clear();
        m_terminal->scrollToEnd();
        m_phase = Phase::Replaying;
    }
    if (m_phase == Phase::Live || m_phase == Phase::Replaying)
        pump();
    if (!alive)
        return;
    if (m_finishing && m_backlog == 0)
        m_replayLeft = 0;
    if (m_phase == Phase::Replaying && m_replayLeft == 0 && m_inFlight == 0) {
        m_phase = Phase::Settling;
        m_settled.start();
    }
    if (m_phase == Phase::Live && m_finishing && m_backlog == 0 && m_inFlight == 0) {
        m_finishing = false;
        emit drained();
    }
}

void TerminalFeeder::pump()
{
    const qsizetype share = m_background ? backgroundTurnBytes : turnBytes;
    QElapsedTimer time;
    time.start();
    QPointer<TerminalFeeder> alive(this);
    qsizetype fed = 0;
    while (fed < share && time.elapsed() < turnMs) {
        const qsizetype offer = nextPiece();
        const qsizetype taken = offer == 0 ? 0 : (m_way == Way::Direct ? feedDirectly(offer) : feedPty(offer, share));
        if (taken == 0 || !alive)
            break;
        fed += taken;
    }
    // Also when nothing is left: what comes yet in this turn waits for the next.
    if (alive && fed > 0 && m_way == Way::Direct)
        m_nextTurn.start();
}

qsizetype TerminalFeeder::nextPiece() const
{
    if (m_queue.empty())
        return 0;
    const qsizetype size = qMin(m_pieceBytes, m_queue.front().size() - m_frontOffset);
    return m_phase == Phase::Replaying ? qsizetype(qMin<qint64>(size, m_replayLeft)) : size;
}

/// Moves `size` bytes from the queue's front to the account of the widget.
void TerminalFeeder::take(qsizetype size)
{
    m_frontOffset += size;
    if (m_frontOffset == m_queue.front().size()) {
        m_queue.pop_front();
        m_frontOffset = 0;
    }
    m_backlog -= size;
    m_inFlight += size;
    if (m_phase == Phase::Replaying)
        m_replayLeft -= size;
}

qsizetype TerminalFeeder::feedDirectly(qsizetype size)
{
    // A copy: signals of the widget may reach somebody who changes the queue.
    const QByteArray piece = m_queue.front().sliced(m_frontOffset, size);
    take(size);
    QPointer<TerminalFeeder> alive(this);
    QElapsedTimer time;
    time.start();
    parse(piece);
    if (!alive)
        return size;
    m_pieceBytes = time.nsecsElapsed() > slowPieceNs ? qMax(smallestPiece, m_pieceBytes / 2) : qMin(largestPiece, m_pieceBytes * 2);
    onParsed(size);
    return size;
}

qsizetype TerminalFeeder::feedPty(qsizetype size, qsizetype share)
{
    if (m_inFlight >= share || m_writable->isEnabled())
        return 0;
    const ssize_t written = ::write(m_terminal->getPtySlaveFd(), m_queue.front().constData() + m_frontOffset, size_t(size));
    if (written <= 0) {
        m_writable->setEnabled(true);
        return 0;
    }
    take(written);
    return written;
}

void TerminalFeeder::parse(const QByteArray &bytes)
{
    QMetaObject::invokeMethod(m_session, "onReceiveBlock", Qt::DirectConnection, Q_ARG(const char *, bytes.constData()),
                              Q_ARG(int, int(bytes.size())));
}

void TerminalFeeder::onParsed(qint64 bytes)
{
    m_inFlight -= bytes;
    const qint64 uncredited = qMin(bytes, m_uncredited);
    m_uncredited -= uncredited;
    if (bytes > uncredited)
        emit consumed(bytes - uncredited);
}

} // namespace capsule
