// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/windows/launchpage.h"

#include "desktop/enginelink.h"
#include "desktop/icons.h"
#include "desktop/models/sessiontext.h"
#include "desktop/sessionactions.h"
#include "desktop/widgets/foldout.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int launchColumnWidth = 560;
constexpr int barSteps = 1000;
constexpr int maxOutputLines = 5000;

/// Tools colour what they print and redraw lines; a plain text shows neither.
QString plainOutput(QString text)
{
    static const QRegularExpression escapes(u"\\x1b\\[[0-9;?]*[ -/]*[@-~]|\\x1b[@-Z\\\\-_]|[\\x00-\\x08\\x0b-\\x1f]"_s);
    return text.replace("\r\n"_L1, "\n"_L1).replace(u'\r', u'\n').remove(escapes);
}

} // namespace

LaunchPage::LaunchPage(const SessionInfo &session, EngineLink &link, SessionActions &actions, QWidget *parent)
    : SessionPage(session.id, {}, parent)
    , m_link(link)
    , m_actions(actions)
    , m_icon(new QLabel)
    , m_title(new QLabel)
    , m_phase(new QLabel)
    , m_bar(new QProgressBar)
    , m_amount(new QLabel)
    , m_cancel(new QPushButton(u"&Cancel"_s))
    , m_retry(new QPushButton(u"&Try Again"_s))
    , m_remove(new QPushButton(u"&Remove"_s))
    , m_output(new QPlainTextEdit)
    , m_details(new Foldout(u"Details"_s, m_output))
{
    QFont big = m_title->font();
    big.setPointSizeF(big.pointSizeF() * 1.4);
    big.setWeight(QFont::DemiBold);
    m_title->setFont(big);
    for (QLabel *label : {m_title, m_phase, m_amount})
        label->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_phase->setWordWrap(true);
    m_phase->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_amount->setForegroundRole(QPalette::PlaceholderText);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(8);
    m_output->setReadOnly(true);
    m_output->setMaximumBlockCount(maxOutputLines);
    m_output->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_output->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_output->setTabChangesFocus(true);
    m_output->setMinimumHeight(200);

    auto *heading = new QHBoxLayout;
    heading->setSpacing(12);
    heading->addWidget(m_icon, 0, Qt::AlignTop);
    heading->addWidget(m_title, 1);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_amount);
    buttons->addStretch();
    for (QPushButton *button : {m_remove, m_retry, m_cancel})
        buttons->addWidget(button);
    auto *column = new QWidget;
    column->setMaximumWidth(launchColumnWidth);
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addLayout(heading);
    layout->addWidget(m_phase);
    layout->addWidget(m_bar);
    layout->addLayout(buttons);
    layout->addWidget(m_details);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(24, 24, 24, 24);
    outer->addStretch(2);
    auto *row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(column, 20);
    row->addStretch(1);
    outer->addLayout(row);
    outer->addStretch(3);

    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        m_actions.cancelJob(m_jobId);
    });
    connect(m_retry, &QPushButton::clicked, this, [this] { m_actions.retry(m_sessionId); });
    connect(m_remove, &QPushButton::clicked, this, [this] { m_actions.remove(m_sessionId); });
    connect(&m_link.client(), &EngineClient::jobChanged, this, [this](const JobInfo &job) {
        if (job.id == m_jobId)
            setJob(job);
    });
    connect(&m_link.client(), &EngineClient::jobOutput, this, [this](const QString &jobId, const QString &text) {
        if (jobId == m_jobId && m_outputLoaded)
            appendOutput(text);
    });
    connect(&m_link, &EngineLink::sessionsLoaded, this, &LaunchPage::loadJob);
    setSession(session);
}

void LaunchPage::setSession(const SessionInfo &session)
{
    m_session = session;
    if (!session.jobId.isEmpty() && session.jobId != m_jobId) {
        m_jobId = session.jobId;
        m_job = {};
        m_output->clear();
        loadJob();
    }
    if (session.state == SessionState::Failed)
        showFailed();
    else
        showRunning();
}

void LaunchPage::loadJob()
{
    if (m_jobId.isEmpty())
        return;
    m_outputLoaded = false;
    m_link.client().call<api::JobGet>({m_jobId}).then(this, [this, asked = m_jobId](const Result<api::JobGetResult> &result) {
        if (asked != m_jobId)
            return;
        m_outputLoaded = true;
        if (!result)
            return;
        m_output->clear();
        appendOutput(result->output);
        setJob(result->job);
    });
}

void LaunchPage::setJob(const JobInfo &job)
{
    m_job = job;
    if (m_session.state == SessionState::Failed)
        showFailed();
    else
        showRunning();
}

void LaunchPage::appendOutput(const QString &text)
{
    m_output->moveCursor(QTextCursor::End);
    m_output->insertPlainText(plainOutput(text));
    m_details->setVisible(true);
}

void LaunchPage::showRunning()
{
    const AgentInfo *agent = m_link.findAgent(m_session.agentId);
    m_icon->setPixmap(agentIcon(agent && !agent->icon.isEmpty() ? agent->icon : m_session.agentId).pixmap(QSize(28, 28), devicePixelRatio()));
    m_title->setText(m_session.state == SessionState::Removing ? u"Cancelling “%1”"_s.arg(m_session.name) : u"Starting “%1”"_s.arg(m_session.name));
    m_phase->setText(m_job.phase.isEmpty() ? u"Asking the engine…"_s : m_job.phase);
    m_amount->setText(progressText(m_job));
    m_bar->setVisible(true);
    if (m_job.total > 0) {
        m_bar->setRange(0, barSteps);
        m_bar->setValue(int(double(barSteps) * double(qBound<qint64>(0, m_job.done, m_job.total)) / double(m_job.total)));
    } else {
        m_bar->setRange(0, 0);
    }
    m_cancel->setVisible(true);
    m_cancel->setEnabled(m_session.state == SessionState::Creating && !m_jobId.isEmpty() && m_job.state == JobState::Running);
    m_retry->setVisible(false);
    m_remove->setVisible(false);
    m_details->setVisible(!m_output->document()->isEmpty());
}

void LaunchPage::showFailed()
{
    m_icon->setPixmap(symbolicIcon(u"error"_s).pixmap(QSize(28, 28), devicePixelRatio()));
    m_title->setText(u"“%1” could not be started"_s.arg(m_session.name));
    QString sentence = m_session.message;
    QString detail = m_session.detail;
    if (sentence.isEmpty() && m_job.error) {
        sentence = m_job.error->message;
        detail = m_job.error->detail;
    }
    m_phase->setText(sentence.isEmpty() ? u"The engine did not say why; see its log."_s : sentence);
    m_amount->clear();
    m_bar->setVisible(false);
    m_cancel->setVisible(false);
    m_retry->setVisible(true);
    m_remove->setVisible(true);
    if (!detail.isEmpty() && !m_output->toPlainText().contains(plainOutput(detail).trimmed()))
        appendOutput((m_output->document()->isEmpty() ? QString() : u"\n\n"_s) + detail);
    m_details->setVisible(!m_output->document()->isEmpty());
}

} // namespace capsule
