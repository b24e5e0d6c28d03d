// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/widgets/calmstyle.h"

#include "desktop/icons.h"

#include <QPainter>
#include <QStyleOption>

using namespace Qt::StringLiterals;

namespace capsule {

int CalmStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 0 : QProxyStyle::styleHint(hint, option, widget, data);
}

void CalmStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    if (element != PE_IndicatorTabClose)
        return QProxyStyle::drawPrimitive(element, option, painter, widget);
    const bool hovered = option->state & (State_Raised | State_Sunken);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (hovered) {
        QColor under = option->palette.color(QPalette::WindowText);
        under.setAlphaF(option->state & State_Sunken ? 0.3f : 0.15f);
        painter->setPen(Qt::NoPen);
        painter->setBrush(under);
        painter->drawRoundedRect(option->rect, 3, 3);
    }
    painter->setOpacity(hovered || option->state & State_Selected ? 0.9 : 0.5);
    symbolicIcon(u"close"_s).paint(painter, option->rect.adjusted(1, 1, -1, -1));
    painter->restore();
}

} // namespace capsule
