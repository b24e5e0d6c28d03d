// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/widgets/messagebar.h"

#include "desktop/icons.h"
#include "desktop/models/sessiontext.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

QColor mixed(const QColor &a, const QColor &b, qreal share)
{
    return QColor::fromRgbF(float(a.redF() * (1 - share) + b.redF() * share), float(a.greenF() * (1 - share) + b.greenF() * share),
                            float(a.blueF() * (1 - share) + b.blueF() * share));
}

SessionState colorOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Information:
        return SessionState::Starting;
    case MessageBar::Kind::Warning:
        return SessionState::Interrupted;
    case MessageBar::Kind::Error:
        break;
    }
    return SessionState::Failed;
}

} // namespace

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel)
    , m_label(new QLabel)
    , m_buttons(new QHBoxLayout)
    , m_close(new QToolButton)
{
    setAutoFillBackground(true);
    setFrameShape(QFrame::NoFrame);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_label->setFocusPolicy(Qt::NoFocus);
    m_close->setIcon(symbolicIcon(u"close"_s));
    m_close->setAutoRaise(true);
    m_close->setToolTip(u"Close this notice"_s);
    m_close->hide();

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 8, 6);
    layout->setSpacing(10);
    layout->addWidget(m_icon);
    layout->addWidget(m_label, 1);
    layout->addLayout(m_buttons);
    layout->addWidget(m_close);
    m_buttons->setSpacing(6);
    connect(m_close, &QToolButton::clicked, this, [this] {
        clear();
        emit closed();
    });
    QFrame::hide();
}

void MessageBar::showNotice(Kind kind, const QString &text, const std::vector<Button> &buttons)
{
    m_kind = kind;
    m_label->setText(text);
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (const Button &button : buttons) {
        auto *widget = new QPushButton(button.text);
        widget->setAutoDefault(false);
        connect(widget, &QPushButton::clicked, this, [clicked = button.clicked] { clicked(); });
        m_buttons->addWidget(widget);
    }
    recolor();
    QFrame::show();
}

void MessageBar::setText(const QString &text)
{
    m_label->setText(text);
}

void MessageBar::setClosable(bool closable)
{
    m_close->setVisible(closable);
}

void MessageBar::clear()
{
    QFrame::hide();
}

QString MessageBar::text() const
{
    return m_label->text();
}

void MessageBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::ApplicationPaletteChange)
        recolor();
}

void MessageBar::recolor()
{
    QPalette colors; // the application's, not our own tinted one
    const QColor window = colors.color(QPalette::Window);
    const QColor accent = stateColor(colorOf(m_kind), window);
    colors.setColor(QPalette::Window, mixed(window, accent, 0.16));
    setPalette(colors);
    const QString name = m_kind == Kind::Information ? u"information"_s : m_kind == Kind::Warning ? u"warning"_s : u"error"_s;
    m_icon->setPixmap(symbolicIcon(name).pixmap(QSize(18, 18), devicePixelRatio()));
}

} // namespace capsule
