// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/windows/noticearea.h"

#include "desktop/enginelink.h"
#include "desktop/prompts.h"
#include "desktop/widgets/messagebar.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace capsule {

NoticeArea::NoticeArea(EngineLink &link, Prompts &prompts, QWidget *parent)
    : QWidget(parent)
    , m_link(link)
    , m_prompts(prompts)
    , m_connection(new MessageBar)
    , m_provider(new MessageBar)
    , m_failure(new MessageBar)
{
    m_failure->setClosable(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    for (MessageBar *bar : {m_connection, m_provider, m_failure})
        layout->addWidget(bar);
    connect(&m_link, &EngineLink::stateChanged, this, [this] {
        showConnection();
        showProviderProblem();
    });
    connect(&m_link, &EngineLink::sentenceChanged, this, [this] { m_connection->setText(m_link.sentence()); });
    connect(&m_link, &EngineLink::providersChanged, this, &NoticeArea::showProviderProblem);
    showConnection();
}

void NoticeArea::showDetails(const QString &sentence, const QString &detail)
{
    m_prompts.showDetails(window(), u"Details"_s, sentence, detail);
}

void NoticeArea::showConnection()
{
    switch (m_link.state()) {
    case EngineLink::State::Connected:
        m_connection->clear();
        break;
    case EngineLink::State::Starting:
        m_connection->showNotice(MessageBar::Kind::Information, m_link.sentence());
        break;
    case EngineLink::State::Waiting:
    case EngineLink::State::Stopped: {
        const bool waiting = m_link.state() == EngineLink::State::Waiting;
        std::vector<MessageBar::Button> buttons;
        if (!m_link.detail().isEmpty())
            buttons.push_back({u"Details…"_s, [this] { showDetails(m_link.sentence(), m_link.detail()); }});
        buttons.push_back({waiting ? u"Reconnect"_s : u"Start Engine"_s, [this] { m_link.reconnect(); }});
        m_connection->showNotice(MessageBar::Kind::Warning, m_link.sentence(), buttons);
        break;
    }
    }
}

void NoticeArea::showProviderProblem()
{
    const auto &problem = m_link.providerProblem();
    if (!problem || !m_link.isConnected()) {
        m_provider->clear();
        return;
    }
    std::vector<MessageBar::Button> buttons;
    if (!problem->detail.isEmpty())
        buttons.push_back({u"Details…"_s, [this, error = *problem] { showDetails(error.message, error.detail); }});
    buttons.push_back({u"Try Again"_s, [this] { m_link.refreshProviders(); }});
    m_provider->showNotice(MessageBar::Kind::Warning, problem->message, buttons);
}

void NoticeArea::showFailure(const Error &error)
{
    std::vector<MessageBar::Button> buttons;
    if (!error.detail.isEmpty())
        buttons.push_back({u"Details…"_s, [this, error] { showDetails(error.message, error.detail); }});
    m_failure->showNotice(MessageBar::Kind::Error, error.message, buttons);
}

void NoticeArea::showStopping(int sessions)
{
    m_connection->showNotice(MessageBar::Kind::Information, sessions == 1 ? u"Stopping 1 session, then quitting…"_s
                                                                          : u"Stopping %1 sessions, then quitting…"_s.arg(sessions));
}

} // namespace capsule
