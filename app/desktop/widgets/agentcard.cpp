// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/widgets/agentcard.h"

#include "desktop/icons.h"

#include <QEvent>
#include <QPainter>
#include <QTextLayout>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int padding = 12;
constexpr int iconSide = 28;
constexpr int cardGap = 12;
constexpr qreal radius = 7;
constexpr int descriptionLines = 2;

/// Draws at most `lines` lines, the last one elided.
void drawWrapped(QPainter &painter, const QRect &rect, const QString &text, int lines)
{
    QTextLayout layout(text, painter.font());
    layout.beginLayout();
    const QFontMetrics metrics = painter.fontMetrics();
    for (int i = 0, y = rect.top(); i < lines; ++i, y += metrics.lineSpacing()) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(rect.width());
        const QString rest = text.mid(line.textStart());
        const QString shown = i + 1 < lines ? rest.left(line.textLength()).trimmed() : metrics.elidedText(rest, Qt::ElideRight, rect.width());
        painter.drawText(QRect(rect.left(), y, rect.width(), metrics.lineSpacing()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
    }
    layout.endLayout();
}

} // namespace

AgentCard::AgentCard(const AgentInfo &agent, QWidget *parent)
    : QAbstractButton(parent)
    , m_id(agent.id)
    , m_description(agent.description)
    , m_needsBuild(!agent.imageReady)
{
    setText(agent.name);
    setIcon(agentIcon(agent.icon.isEmpty() ? agent.id : agent.icon));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    setAccessibleDescription(agent.description);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    QString tip = agent.description;
    if (m_needsBuild)
        tip += u"\nIts image is built before the first session; that takes some minutes once."_s;
    setToolTip(u"<qt>%1</qt>"_s.arg(tip.toHtmlEscaped().replace(u'\n', "<br>"_L1)));
}

QSize AgentCard::sizeHint() const
{
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const int lines = QFontMetrics(bold).height() + 2 + descriptionLines * fontMetrics().lineSpacing();
    return {250, 2 * padding + qMax(iconSide, lines)};
}

QSize AgentCard::minimumSizeHint() const
{
    return {180, sizeHint().height()};
}

bool AgentCard::event(QEvent *event)
{
    if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave)
        update();
    return QAbstractButton::event(event);
}

void AgentCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPalette colors = palette();
    const QColor accent = colors.color(QPalette::Highlight);
    QColor border = colors.color(QPalette::WindowText);
    border.setAlphaF(underMouse() && isEnabled() ? 0.45f : 0.2f);
    QColor fill = colors.color(QPalette::Base);
    if (isChecked() || isDown()) {
        fill = accent;
        fill.setAlphaF(0.14f);
    }
    const bool marked = isChecked() || hasFocus();
    painter.setPen(QPen(marked ? accent : border, marked ? 2 : 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5), radius, radius);

    const QRect inner = rect().adjusted(padding, padding, -padding, -padding);
    const QRect iconRect(inner.left(), inner.top() + (inner.height() - iconSide) / 2, iconSide, iconSide);
    icon().paint(&painter, iconRect, Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled);

    QRect textRect = inner.adjusted(iconSide + cardGap, 0, 0, 0);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(colors.color(isEnabled() ? QPalette::Active : QPalette::Disabled, QPalette::WindowText));
    const QFontMetrics boldMetrics(bold);
    painter.drawText(QRect(textRect.topLeft(), QSize(textRect.width(), boldMetrics.height())), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     boldMetrics.elidedText(text(), Qt::ElideRight, textRect.width()));
    textRect.setTop(textRect.top() + boldMetrics.height() + 2);
    painter.setFont(font());
    QColor dim = painter.pen().color();
    dim.setAlphaF(dim.alphaF() * 0.7f);
    painter.setPen(dim);
    drawWrapped(painter, textRect, m_description, descriptionLines);
}

} // namespace capsule
