// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalview_p.h"

#include <QAction>
#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>

#include <qtermwidget.h>

using namespace Qt::StringLiterals;

namespace capsule {

void TerminalView::Private::createActions()
{
    const auto make = [this](const QString &text, const QString &icon, const QList<QKeySequence> &keys, auto &&slot) {
        auto *action = new QAction(QIcon::fromTheme(icon), text, q);
        action->setShortcuts(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, q, slot);
        q->addAction(action);
        return action;
    };
    using K = QKeySequence;
    actions.copy =
        make(tr("&Copy"), u"edit-copy"_s, {K(Qt::CTRL | Qt::SHIFT | Qt::Key_C), K(Qt::CTRL | Qt::Key_Insert)}, [this] { copy(); });
    actions.copy->setEnabled(false);
    actions.paste = make(tr("&Paste"), u"edit-paste"_s, {K(Qt::CTRL | Qt::SHIFT | Qt::Key_V), K(Qt::SHIFT | Qt::Key_Insert)},
                         [this] { paste(QApplication::clipboard()->text()); });
    actions.selectAll = make(tr("Select &All"), u"edit-select-all"_s, {K(Qt::CTRL | Qt::SHIFT | Qt::Key_A)}, [this] { selectAll(); });
    actions.find = make(tr("&Find…"), u"edit-find"_s, {K(Qt::CTRL | Qt::SHIFT | Qt::Key_F)}, [this] { toggleSearch(terminal); });
    actions.zoomIn = make(tr("Zoom &In"), u"zoom-in"_s,
                          {K(Qt::CTRL | Qt::Key_Plus), K(Qt::CTRL | Qt::SHIFT | Qt::Key_Plus), K(Qt::CTRL | Qt::Key_Equal)},
                          [this] { changeZoom(zoom + 1); });
    actions.zoomOut = make(tr("Zoom &Out"), u"zoom-out"_s, {K(Qt::CTRL | Qt::Key_Minus)}, [this] { changeZoom(zoom - 1); });
    actions.zoomReset = make(tr("&Normal Size"), u"zoom-original"_s, {K(Qt::CTRL | Qt::Key_0)}, [this] { changeZoom(0); });
    actions.clearScrollback =
        make(tr("C&lear Scrollback"), u"edit-clear-history"_s, {K(Qt::CTRL | Qt::SHIFT | Qt::Key_K)}, [this] { clearScrollback(); });
}

void TerminalView::Private::changeZoom(int points)
{
    const int before = std::exchange(zoom, points);
    applyFont();
    if (zoom != before)
        emit q->zoomChanged(zoom);
}

void TerminalView::Private::copy()
{
    // The widget's own copyClipboard() joins lines until the mouse has been used once.
    QString text = terminal->selectedText(true);
    while (text.endsWith("\n\n"_L1))
        text.chop(1);
    if (!text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void TerminalView::Private::selectAll()
{
    terminal->setSelectionStart(0, 0);
    terminal->setSelectionEnd(terminal->historyLinesCount() + terminal->screenLinesCount() - 1, terminal->screenColumnsCount());
    actions.copy->setEnabled(true);
    display->update();
}

void TerminalView::Private::clearScrollback()
{
    // Only the history: clear() of the widget would reset modes that the program relies on.
    const int lines = terminal->historySize();
    terminal->setHistorySize(0);
    terminal->setHistorySize(lines);
}

void TerminalView::Private::showMenu(const QPoint &globalPosition)
{
    auto *menu = new QMenu(q);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (const auto links = terminal->filterActions(display->mapFromGlobal(globalPosition)); !links.isEmpty()) {
        menu->addActions(links);
        menu->addSeparator();
    }
    menu->addActions({actions.copy, actions.paste, actions.selectAll});
    menu->addSeparator();
    menu->addAction(actions.find);
    menu->addAction(actions.clearScrollback);
    menu->popup(globalPosition);
}

bool TerminalView::eventFilter(QObject *watched, QEvent *event)
{
    // The widget's parts already have events while the constructor makes them.
    return (d && watched == d->display && d->filterDisplayEvent(event)) || QWidget::eventFilter(watched, event);
}

void TerminalView::contextMenuEvent(QContextMenuEvent *event)
{
    // A program that uses the mouse gets the right button, except with Shift.
    if (event->reason() != QContextMenuEvent::Mouse || !d->programUsesMouse() || event->modifiers().testFlag(Qt::ShiftModifier))
        d->showMenu(event->globalPos());
}

void TerminalView::showEvent(QShowEvent *event)
{
    d->feeder.setBackground(false);
    QWidget::showEvent(event);
}

void TerminalView::hideEvent(QHideEvent *event)
{
    d->feeder.setBackground(true);
    QWidget::hideEvent(event);
}

void TerminalView::attach(std::unique_ptr<TerminalSource> source)
{
    d->setSource(std::move(source));
}

void TerminalView::detach()
{
    d->dropSource();
}

bool TerminalView::isAttached() const
{
    return d->source && !d->ending;
}

const TerminalActions &TerminalView::terminalActions() const
{
    return d->actions;
}

void TerminalView::setAppearance(const TerminalAppearance &appearance)
{
    d->applyAppearance(appearance);
}

int TerminalView::zoom() const
{
    return d->zoom;
}

void TerminalView::setZoom(int points)
{
    d->changeZoom(points);
}

TerminalSize TerminalView::terminalSize() const
{
    return d->size.value_or(TerminalSize{});
}

QString TerminalView::title() const
{
    return d->title;
}

QString TerminalView::screenText() const
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    d->terminal->saveHistory(&buffer);
    return QString::fromUtf8(buffer.data());
}

bool TerminalView::hasSelection() const
{
    return !d->terminal->selectedText().isEmpty();
}

void TerminalView::paste(const QString &text)
{
    d->paste(text);
}

void TerminalView::showNotice(const QString &text, const QString &action, std::function<void()> callback)
{
    d->notice->showNotice(text, action, std::move(callback));
}

void TerminalView::hideNotice()
{
    d->notice->dismiss();
}

bool TerminalView::hasNotice() const
{
    return !d->notice->isHidden();
}

void TerminalView::setAsk(Ask ask)
{
    d->ask = std::move(ask);
}

void TerminalView::setUrlOpener(std::function<void(const QUrl &)> opener)
{
    d->opener = std::move(opener);
}

} // namespace capsule
