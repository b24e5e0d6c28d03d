// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/widgets/sessiondelegate.h"

#include "desktop/icons.h"
#include "desktop/models/sessionmodel.h"
#include "desktop/models/sessiontext.h"

#include <QApplication>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int margin = 10;
constexpr int verticalPadding = 8;
constexpr int dotSide = 16;
constexpr int gap = 8;
constexpr int lineGap = 2;

QFont nameFont(const QFont &base)
{
    QFont font = base;
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont smallFont(const QFont &base)
{
    QFont font = base;
    font.setPointSizeF(qMax(7.0, base.pointSizeF() * 0.9));
    return font;
}

} // namespace

QSize SessionDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const int lines = QFontMetrics(nameFont(option.font)).height() + QFontMetrics(smallFont(option.font)).height();
    return {160, lines + lineGap + 2 * verticalPadding};
}

void SessionDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem row = option;
    initStyleOption(&row, index);
    row.text.clear();
    const QStyle *style = row.widget ? row.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &row, painter, row.widget);

    const bool selected = row.state & QStyle::State_Selected;
    const auto group = row.state & QStyle::State_Active ? QPalette::Active : QPalette::Inactive;
    const QColor text = row.palette.color(group, selected ? QPalette::HighlightedText : QPalette::Text);
    QColor dim = text;
    dim.setAlphaF(selected ? 0.85f : 0.68f);
    const auto state = SessionState(index.data(SessionModel::StateRole).toInt());
    const QFontMetrics nameMetrics(nameFont(row.font));
    const QFontMetrics smallMetrics(smallFont(row.font));

    const QRect inner = row.rect.adjusted(margin, verticalPadding, -margin, -verticalPadding);
    const QRect firstLine(inner.left() + dotSide + gap, inner.top(), inner.width() - dotSide - gap, nameMetrics.height());
    const QRect secondLine(firstLine.left(), firstLine.bottom() + 1 + lineGap, firstLine.width(), smallMetrics.height());

    painter->save();
    QRect dot(inner.left(), 0, dotSide, dotSide);
    dot.moveTop(firstLine.center().y() - dotSide / 2 + 1);
    if (selected) { // a plate keeps the dot's colour readable on any highlight
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(row.palette.color(QPalette::Base));
        painter->drawEllipse(dot);
    }
    stateIcon(state).paint(painter, dot);

    painter->setFont(smallFont(row.font));
    painter->setPen(dim);
    const QString age = index.data(SessionModel::AgeRole).toString();
    painter->drawText(firstLine, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, age);
    const QString agent = index.data(SessionModel::AgentRole).toString();
    const QString word = index.data(SessionModel::StateTextRole).toString();
    const int wordWidth = smallMetrics.horizontalAdvance(word);
    painter->drawText(secondLine, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      smallMetrics.elidedText(agent, Qt::ElideRight, secondLine.width() - wordWidth - gap));
    painter->setPen(selected ? dim : stateColor(state, row.palette.color(QPalette::Base)));
    painter->drawText(secondLine, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, word);

    painter->setFont(nameFont(row.font));
    painter->setPen(text);
    const int nameWidth = firstLine.width() - smallMetrics.horizontalAdvance(age) - gap;
    painter->drawText(firstLine, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      nameMetrics.elidedText(index.data().toString(), Qt::ElideMiddle, nameWidth));
    painter->restore();
}

} // namespace capsule
