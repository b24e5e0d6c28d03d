// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalsearch.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QToolButton>

#include <qtermwidget.h>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

QWidget *searchBar(QTermWidget *terminal)
{
    return terminal->findChild<QWidget *>(u"SearchBar"_s);
}

/// Drawn, because icon themes are often missing on small desktops.
QIcon icon(const QPalette &palette, const QPainterPath &path)
{
    constexpr int size = 16;
    constexpr int scale = 2;
    QPixmap pixmap(QSize(size, size) * scale);
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette.color(QPalette::ButtonText), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
    return pixmap;
}

QPainterPath lines(std::initializer_list<QPolygonF> polylines)
{
    QPainterPath path;
    for (const QPolygonF &polyline : polylines)
        path.addPolygon(polyline);
    return path;
}

void polishButton(QWidget *bar, const QString &name, const QString &toolTip, const QPainterPath &path)
{
    auto *button = bar->findChild<QToolButton *>(name);
    if (!button)
        return;
    button->setAutoRaise(true);
    button->setIcon(icon(bar->palette(), path));
    button->setIconSize({16, 16});
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setStyleSheet(u"QToolButton::menu-indicator { image: none; }"_s);
}

} // namespace

void polishSearchBar(QTermWidget *terminal)
{
    QWidget *bar = searchBar(terminal);
    if (!bar)
        return;
    bar->setFont(QApplication::font());
    if (auto *row = qobject_cast<QHBoxLayout *>(bar->layout())) {
        row->setContentsMargins(10, 4, 6, 4);
        row->setSpacing(4);
        if (auto *close = bar->findChild<QToolButton *>(u"closeButton"_s)) {
            row->removeWidget(close);
            row->addWidget(close);
        }
    }
    if (auto *label = bar->findChild<QLabel *>(u"findLabel"_s))
        label->hide();
    if (auto *edit = bar->findChild<QLineEdit *>(u"searchTextEdit"_s)) {
        edit->setPlaceholderText(QObject::tr("Find in the output"));
        edit->setClearButtonEnabled(true);
    }
    polishButton(bar, u"findPreviousButton"_s, QObject::tr("Previous match (Shift+Enter)"), lines({{{4, 10}, {8, 6}, {12, 10}}}));
    polishButton(bar, u"findNextButton"_s, QObject::tr("Next match (Enter)"), lines({{{4, 6}, {8, 10}, {12, 6}}}));
    polishButton(bar, u"optionsButton"_s, QObject::tr("Search options"), lines({{{3, 5}, {13, 5}}, {{5, 8}, {11, 8}}, {{7, 11}, {9, 11}}}));
    polishButton(bar, u"closeButton"_s, QObject::tr("Close (Esc)"), lines({{{5, 5}, {11, 11}}, {{11, 5}, {5, 11}}}));
    // "Match case" is on at first, which surprises: most who search type small letters.
    if (auto *options = bar->findChild<QToolButton *>(u"optionsButton"_s);
        options && options->menu() && !options->menu()->actions().isEmpty())
        options->menu()->actions().constFirst()->setChecked(false);
}

void toggleSearch(QTermWidget *terminal)
{
    QWidget *bar = searchBar(terminal);
    auto *edit = bar ? bar->findChild<QLineEdit *>(u"searchTextEdit"_s) : nullptr;
    if (!edit)
        return;
    if (bar->isVisible() && bar->isAncestorOf(QApplication::focusWidget())) {
        terminal->toggleShowSearchBar();
        terminal->setFocus();
        return;
    }
    const QString selection = terminal->selectedText();
    if (bar->isHidden())
        terminal->toggleShowSearchBar();
    if (!selection.isEmpty() && selection.size() <= 200 && !selection.contains(u'\n'))
        edit->setText(selection);
    edit->setFocus();
    edit->selectAll();
}

} // namespace capsule
