// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/icons.h"

#include "desktop/models/sessiontext.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

/// Draws on a transparent picture of the device's own resolution; QIconEngine's default would scale.
class DrawnIconEngine : public QIconEngine
{
public:
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override { return scaledPixmap(size, mode, state, 1.0); }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal /*scale*/) override
    {
        QPixmap picture(size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return picture;
    }
};

class SymbolicIconEngine : public DrawnIconEngine
{
public:
    explicit SymbolicIconEngine(const QString &path)
        : m_path(path)
    {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            m_svg = file.readAll();
    }

    QIconEngine *clone() const override { return new SymbolicIconEngine(m_path); }
    bool isNull() override { return m_svg.isEmpty(); }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const QPalette palette = QGuiApplication::palette();
        QColor color = palette.color(QPalette::Active, mode == QIcon::Selected ? QPalette::HighlightedText : QPalette::ButtonText);
        if (mode == QIcon::Disabled)
            color = palette.color(QPalette::Disabled, QPalette::ButtonText);
        QSvgRenderer renderer(QByteArray(m_svg).replace("currentColor", color.name().toLatin1()));
        const int side = qMin(rect.width(), rect.height());
        QRect square(0, 0, side, side);
        square.moveCenter(rect.center());
        renderer.render(painter, square);
    }

private:
    QString m_path;
    QByteArray m_svg;
};

class StateIconEngine : public DrawnIconEngine
{
public:
    explicit StateIconEngine(SessionState state)
        : m_state(state)
    {
    }

    QIconEngine *clone() const override { return new StateIconEngine(m_state); }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode, QIcon::State) override
    {
        const QColor color = stateColor(m_state, QGuiApplication::palette().color(QPalette::Window));
        painter->setRenderHint(QPainter::Antialiasing);
        const qreal radius = qMin(rect.width(), rect.height()) * 0.28;
        const QPointF center = QRectF(rect).center();
        if (m_state == SessionState::Stopped) { // a ring, so that colour is not all that tells the states apart
            painter->setPen(QPen(color, radius * 0.55));
            painter->setBrush(Qt::NoBrush);
            painter->drawEllipse(center, radius * 0.8, radius * 0.8);
        } else {
            painter->setPen(Qt::NoPen);
            painter->setBrush(color);
            painter->drawEllipse(center, radius, radius);
        }
    }

private:
    SessionState m_state;
};

} // namespace

QIcon symbolicIcon(const QString &name)
{
    return QIcon(new SymbolicIconEngine(u":/icons/symbolic/%1.svg"_s.arg(name)));
}

QIcon applicationIcon()
{
    return QIcon::fromTheme(u"org.capsule.Capsule"_s, QIcon(u":/icons/org.capsule.Capsule.svg"_s));
}

QIcon agentIcon(const QString &name)
{
    // The name comes from a profile that anybody may have written: it must not become a path.
    const bool plain = !name.isEmpty() && !name.contains(u'/') && !name.contains(u'\\') && !name.startsWith(u'.');
    if (plain && QFile::exists(u":/icons/agents/%1.svg"_s.arg(name)))
        return QIcon(new SymbolicIconEngine(u":/icons/agents/%1.svg"_s.arg(name)));
    if (plain && QIcon::hasThemeIcon(name))
        return QIcon::fromTheme(name);
    return QIcon(new SymbolicIconEngine(u":/icons/agents/agent.svg"_s));
}

QIcon stateIcon(SessionState state)
{
    return QIcon(new StateIconEngine(state));
}

} // namespace capsule
