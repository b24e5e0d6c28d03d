// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/widgets/foldout.h"

#include "desktop/icons.h"

#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace capsule {

Foldout::Foldout(const QString &heading, QWidget *content, QWidget *parent)
    : QWidget(parent)
    , m_heading(new QToolButton)
    , m_content(content)
{
    m_heading->setText(heading);
    m_heading->setAutoRaise(true);
    m_heading->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_heading->setFocusPolicy(Qt::StrongFocus);
    m_heading->setIconSize({12, 12});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(4);
    layout->addWidget(m_heading, 0, Qt::AlignLeft);
    layout->addWidget(content, 1);
    connect(m_heading, &QToolButton::clicked, this, [this] { setOpen(!m_open); });
    m_heading->setIcon(symbolicIcon(u"chevron-right"_s));
    m_content->hide();
}

bool Foldout::isOpen() const
{
    return m_open;
}

void Foldout::setOpen(bool open)
{
    if (std::exchange(m_open, open) == open)
        return;
    m_heading->setIcon(symbolicIcon(open ? u"chevron-down"_s : u"chevron-right"_s));
    m_content->setVisible(open);
    emit toggled(open);
}

} // namespace capsule
