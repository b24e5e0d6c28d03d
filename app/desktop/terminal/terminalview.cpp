// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalview.h"

#include "base/logging.h"
#include "desktop/terminal/terminalsource.h"
#include "desktop/terminal/terminaltext.h"
#include "desktop/terminal/terminalview_p.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <qtermwidget.h>

#include <sys/ioctl.h>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

// A program that does not read its input must not make us keep keys and answers without end.
constexpr qint64 maxUnsentBytes = 1024 * 1024;
constexpr qsizetype maxPasteCharacters = 4 * 1024 * 1024;
constexpr size_t maxHeldKeys = 256;
constexpr int sizeSettleMs = 25; ///< longer than the time between two frames while a window's edge is dragged
constexpr int smallestPoints = 4;
constexpr int largestPoints = 96;

} // namespace

TerminalView::TerminalView(const TerminalAppearance &appearance, QWidget *parent)
    : QWidget(parent)
{
    d = std::make_unique<Private>(this, appearance); // eventFilter() asks for d before it is there
}

TerminalView::~TerminalView()
{
    d->dropSource();
    d->display = nullptr;
    delete d->terminal; // it signals while it goes, to slots that use d
}

TerminalView::Private::Private(TerminalView *view, const TerminalAppearance &look)
    : q(view)
    , terminal(new QTermWidget(0, view))
    , notice(new NoticeBar(view))
    , question(new NoticeBar(view))
    , feeder(terminal, TerminalFeeder::bestWay(terminal))
    , opener([](const QUrl &url) { QDesktopServices::openUrl(url); })
{
    auto *column = new QVBoxLayout(q);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(notice);
    column->addWidget(question);
    column->addWidget(terminal, 1);
    q->setFocusProxy(terminal);

    setUpTerminal();
    createActions();
    applyAppearance(look);

    sizeSettled.setSingleShot(true);
    sizeSettled.setInterval(sizeSettleMs);
    connect(&sizeSettled, &QTimer::timeout, q, [this] { readSize(); });
    connect(&feeder, &TerminalFeeder::consumed, q, [this](qint64 bytes) {
        if (source)
            source->consumed(bytes);
    });
    connect(&feeder, &TerminalFeeder::replayFinished, q, [this] { endReplay(); });
    connect(&feeder, &TerminalFeeder::drained, q, [this] { sayEnd(); });
    for (NoticeBar *bar : {notice, question})
        connect(bar, &NoticeBar::dismissed, terminal, qOverload<>(&QWidget::setFocus));
}

void TerminalView::Private::setUpTerminal()
{
    terminal->startTerminalTeletype();
    terminal->setFlowControlEnabled(false); // Ctrl+S belongs to the program
    terminal->setTerminalSizeHint(false);
    terminal->setScrollBarPosition(QTermWidget::ScrollBarRight);
    terminal->setBidiEnabled(false);
    terminal->setConfirmMultilinePaste(false);
    polishSearchBar(terminal);

    // Bells and titles come in the middle of parsing, where an owner might delete us.
    connect(terminal, &QTermWidget::bell, q, &TerminalView::bell, Qt::QueuedConnection);
    connect(terminal, &QTermWidget::titleChanged, q, [this] { readTitle(); }, Qt::QueuedConnection);
    connect(terminal, &QTermWidget::sendData, q, [this](const char *data, int length) { send(QByteArray(data, length)); });
    connect(terminal, &QTermWidget::urlActivated, q, [this](const QUrl &url, bool fromMenu) {
        if (fromMenu || QApplication::keyboardModifiers().testFlag(Qt::ControlModifier))
            openUrl(url);
    });
    connect(terminal, &QTermWidget::copyAvailable, q, [this](bool available) { actions.copy->setEnabled(available); });

    for (QObject *child : terminal->children()) {
        if (!child->inherits("Konsole::TerminalDisplay"))
            continue;
        display = qobject_cast<QWidget *>(child);
        display->installEventFilter(q);
        display->setAcceptDrops(false); // it would paste uncleaned
        // The only sign of a new size that comes after zooming too.
        connect(display, SIGNAL(changedContentSizeSignal(int, int)), &sizeSettled, SLOT(start()));
    }
}

void TerminalView::Private::applyAppearance(const TerminalAppearance &look)
{
    const QStringList schemes = TerminalAppearance::availableColorSchemes();
    const QString scheme = schemes.contains(look.colorScheme) ? look.colorScheme : TerminalAppearance().colorScheme;
    terminal->setColorScheme(scheme);
    if (const int lines = qBound(0, look.historyLines, 100'000); lines != terminal->historySize())
        terminal->setHistorySize(lines);
    terminal->setMargin(qBound(0, look.paddingPixels, 100));
    appearance = look;
    applyCursor();
    applyFont();
}

void TerminalView::Private::applyCursor()
{
    using Shape = TerminalAppearance::CursorShape;
    using Theirs = QTermWidget::KeyboardCursorShape;
    const auto shape = appearance.cursorShape;
    terminal->setKeyboardCursorShape(shape == Shape::Block       ? Theirs::BlockCursor
                                         : shape == Shape::IBeam ? Theirs::IBeamCursor
                                                                 : Theirs::UnderlineCursor);
    terminal->setBlinkingCursor(appearance.blinkingCursor);
}

void TerminalView::Private::applyFont()
{
    QFont font = appearance.font;
    const int points = font.pointSize() > 0 ? font.pointSize() : TerminalAppearance::defaultFont().pointSize();
    font.setPointSize(qBound(smallestPoints, points + zoom, largestPoints));
    zoom = font.pointSize() - points;
    terminal->setTerminalFont(font);
    sizeSettled.start();
}

void TerminalView::Private::setSource(std::unique_ptr<TerminalSource> next)
{
    dropSource();
    feeder.drop();
    terminal->setUpdatesEnabled(true);
    source = std::move(next);
    connect(source.get(), &TerminalSource::replayStarted, q, [this](qint64 bytes) { beginReplay(bytes); });
    connect(source.get(), &TerminalSource::output, q, [this](const QByteArray &bytes) {
        if (feeder.append(bytes))
            return;
        qCWarning(lcTerminal) << "more output than its window allows; terminal dropped";
        end = {};
        end.error = ErrorInfo{ErrorCode::ProtocolError, tr("The terminal's connection was ended: it sent more than was asked for."), {}};
        dropSource();
        feeder.finish();
    });
    connect(source.get(), &TerminalSource::closed, q, [this](const api::ChannelClosedParams &how) {
        end = how;
        ending = true;
        feeder.finish();
    });
    if (size)
        source->resize(*size);
}

/// A source may be in the middle of a signal of its own, so that it is not deleted at once.
void TerminalView::Private::dropSource()
{
    if (!source)
        return;
    source->disconnect(q);
    source.release()->deleteLater();
    ending = false;
}

void TerminalView::Private::beginReplay(qint64 bytes)
{
    terminal->setUpdatesEnabled(false); // the former picture stays until the new one is whole
    feeder.beginReplay(bytes);
    applyCursor();
}

void TerminalView::Private::endReplay()
{
    terminal->setUpdatesEnabled(true);
    const QPointer<QWidget> alive(display);
    for (const auto &key : std::exchange(heldKeys, {})) {
        if (alive)
            QCoreApplication::sendEvent(display, key.get());
    }
    if (alive)
        emit q->replayFinished();
}

void TerminalView::Private::sayEnd()
{
    dropSource();
    emit q->ended(end);
}

void TerminalView::Private::readSize()
{
    winsize now{};
    if (::ioctl(terminal->getPtySlaveFd(), TIOCGWINSZ, &now) != 0)
        return;
    const TerminalSize measured{.columns = now.ws_col, .rows = now.ws_row};
    if (!measured.isValid() || size == measured)
        return;
    size = measured;
    if (source)
        source->resize(measured);
    emit q->sizeChanged(measured);
}

void TerminalView::Private::readTitle()
{
    if (const QString next = plainLine(terminal->title()); next != title) {
        title = next;
        emit q->titleChanged(title);
    }
}

void TerminalView::Private::openUrl(const QUrl &url)
{
    const QString scheme = url.scheme();
    if (scheme == "http"_L1 || scheme == "https"_L1) {
        opener(url);
        return;
    }
    const QString shown = plainLine(url.toDisplayString());
    askUser(tr("Open the link “%1” with another program? It comes from inside the sandbox.").arg(shown), tr("Open"),
            [this, url] { opener(url); });
}

void TerminalView::Private::paste(const QString &text)
{
    if (text.size() > maxPasteCharacters) {
        question->showNotice(
            tr("This is too much to paste (%1 million characters; at most 4). Put it into a file instead.").arg(text.size() / 1'000'000),
            {}, {});
        return;
    }
    const QString clean = cleanPaste(text);
    if (clean.isEmpty() || !source || feeder.isReplaying())
        return;
    QString bracketed = clean;
    terminal->bracketText(bracketed);
    const qsizetype lines = enteredLines(clean);
    if (bracketed.size() != clean.size() || lines == 0) {
        sendPaste(bracketed);
        return;
    }
    askUser(tr("The program would run each pasted line at once. Paste %n line(s)?", nullptr, int(lines)), tr("Paste"),
            [this, clean] { sendPaste(clean); });
}

void TerminalView::Private::sendPaste(const QString &clean)
{
    send(clean.toUtf8());
    terminal->scrollToEnd();
}

/// Keys, pastes, and what the widget answers to queries: of those nothing during a replay.
void TerminalView::Private::send(const QByteArray &input)
{
    if (source && !feeder.isReplaying() && source->bytesToWrite() < maxUnsentBytes)
        source->write(input);
}

void TerminalView::Private::askUser(const QString &text, const QString &accept, std::function<void()> answer)
{
    const QPointer<TerminalView> view(q);
    auto guarded = [view, answer = std::move(answer)] {
        if (view)
            answer();
    };
    if (ask) {
        ask(text, accept, std::move(guarded));
    } else {
        question->showNotice(text, accept, std::move(guarded));
        question->setFocus();
    }
}

bool TerminalView::Private::programUsesMouse() const
{
    return display && display->cursor().shape() == Qt::ArrowCursor;
}

bool TerminalView::Private::filterDisplayEvent(QEvent *event)
{
    if (event->type() == QEvent::KeyPress)
        return filterKey(static_cast<QKeyEvent *>(event));
    if (event->type() == QEvent::MouseButtonPress) {
        const auto *press = static_cast<QMouseEvent *>(event);
        const bool ours = !programUsesMouse() || press->modifiers().testFlag(Qt::ShiftModifier);
        if (press->button() == Qt::MiddleButton && ours) { // the widget would paste uncleaned
            paste(QApplication::clipboard()->text(QClipboard::Selection));
            return true;
        }
    }
    return false;
}

bool TerminalView::Private::filterKey(QKeyEvent *event)
{
    if (feeder.isReplaying()) {
        if (heldKeys.size() < maxHeldKeys)
            heldKeys.emplace_back(event->clone());
        return true;
    }
    if (event->key() == Qt::Key_Backspace) {
        // The widget's key table has DEL and BS the other way round than terminals in containers expect.
        const QByteArray erase = event->modifiers().testFlag(Qt::ControlModifier) ? "\b" : "\x7f";
        send(event->modifiers().testFlag(Qt::AltModifier) ? "\x1b" + erase : erase);
        terminal->scrollToEnd();
        return true;
    }
    return false;
}

} // namespace capsule
