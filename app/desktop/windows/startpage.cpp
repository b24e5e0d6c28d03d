// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/windows/startpage.h"

#include "desktop/icons.h"
#include "desktop/widgets/agentcard.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int startColumnWidth = 600;
constexpr int cardColumns = 2;

} // namespace

StartPage::StartPage(QWidget *parent)
    : QWidget(parent)
    , m_text(new QLabel)
    , m_problem(new QLabel)
    , m_new(new QPushButton(symbolicIcon(u"session-new"_s), u"New Session…"_s))
    , m_cards(new QGridLayout)
    , m_agentsHeading(new QLabel(u"Or start right away with"_s))
{
    auto *picture = new QLabel;
    picture->setPixmap(applicationIcon().pixmap(QSize(88, 88), devicePixelRatio()));
    auto *title = new QLabel(u"Capsule"_s);
    QFont big = title->font();
    big.setPointSizeF(big.pointSizeF() * 2);
    big.setWeight(QFont::DemiBold);
    title->setFont(big);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setAlignment(Qt::AlignHCenter);
    m_problem->hide();
    m_new->setDefault(true);
    m_new->setAutoDefault(true);
    m_new->setMinimumSize(200, 40);
    m_agentsHeading->setForegroundRole(QPalette::PlaceholderText);
    m_cards->setSpacing(10);

    auto *column = new QWidget;
    column->setMaximumWidth(startColumnWidth);
    auto *layout = new QVBoxLayout(column);
    layout->setSpacing(12);
    layout->addStretch(2);
    layout->addWidget(picture, 0, Qt::AlignHCenter);
    layout->addWidget(title, 0, Qt::AlignHCenter);
    layout->addWidget(m_text);
    layout->addWidget(m_problem);
    layout->addSpacing(4);
    layout->addWidget(m_new, 0, Qt::AlignHCenter);
    layout->addSpacing(16);
    layout->addWidget(m_agentsHeading, 0, Qt::AlignHCenter);
    layout->addLayout(m_cards);
    layout->addStretch(3);
    auto *page = new QWidget;
    auto *row = new QHBoxLayout(page);
    row->setContentsMargins(24, 16, 24, 16);
    row->addStretch(1);
    row->addWidget(column, 20);
    row->addStretch(1);
    auto *scroll = new QScrollArea;
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(scroll);
    setFocusProxy(m_new);
    connect(m_new, &QPushButton::clicked, this, [this] { emit newSessionRequested({}); });
    setHasSessions(false);
    setAgents({});
}

void StartPage::setAgents(const std::vector<AgentInfo> &agents)
{
    while (QLayoutItem *item = m_cards->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    int place = 0;
    for (const AgentInfo &agent : agents) {
        auto *card = new AgentCard(agent);
        connect(card, &AgentCard::clicked, this, [this, id = agent.id] { emit newSessionRequested(id); });
        m_cards->addWidget(card, place / cardColumns, place % cardColumns);
        ++place;
    }
    m_agentsHeading->setVisible(!agents.empty());
}

void StartPage::setProblem(const QString &sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void StartPage::setCanCreate(bool can)
{
    m_new->setEnabled(can);
    for (int i = 0; i < m_cards->count(); ++i)
        m_cards->itemAt(i)->widget()->setEnabled(can);
}

void StartPage::setHasSessions(bool any)
{
    m_text->setText(any ? u"Choose a session at the left to open its terminals, or make a new one."_s
                        : u"Pick an agent and a folder, and work in a sandbox of its own.\nClose the window whenever you like: the agent goes on."_s);
}

} // namespace capsule
