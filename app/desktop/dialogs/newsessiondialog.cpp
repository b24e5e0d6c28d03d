// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/dialogs/newsessiondialog.h"

#include "desktop/icons.h"
#include "desktop/models/sessiontext.h"
#include "desktop/prompts.h"
#include "desktop/widgets/agentcard.h"
#include "desktop/widgets/folderfield.h"
#include "desktop/widgets/foldout.h"
#include "desktop/widgets/problemlabel.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDragEnterEvent>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr double gib = double(1ll << 30);
constexpr int visibleCards = 3;

QLabel *fieldLabel(const QString &text, QWidget *buddy)
{
    auto *label = new QLabel(text);
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    label->setBuddy(buddy);
    return label;
}

QString problemsText(const std::vector<AgentProblem> &problems)
{
    QStringList lines;
    for (const AgentProblem &problem : problems)
        lines << u"%1\n    %2%3"_s.arg(problem.file, problem.key.isEmpty() ? QString() : problem.key + u": "_s, problem.reason);
    return lines.join(u"\n\n"_s);
}

} // namespace

NewSessionDialog::NewSessionDialog(Inputs inputs, Prompts &prompts, QWidget *parent)
    : QDialog(parent)
    , m_inputs(std::move(inputs))
    , m_prompts(prompts)
    , m_cards(new QVBoxLayout)
    , m_cardGroup(new QButtonGroup(this))
    , m_agentProblems(new QPushButton)
    , m_name(new QLineEdit)
    , m_nameProblem(problemLabel())
    , m_problem(problemLabel())
{
    setWindowTitle(u"New Session"_s);
    setAcceptDrops(true);
    m_name->setMaxLength(128); // longer than allowed, so that the reason can be told
    m_agentProblems->setFlat(true);
    m_agentProblems->setIcon(symbolicIcon(u"warning"_s));
    m_agentProblems->setAutoDefault(false);

    auto *cardList = new QWidget;
    cardList->setLayout(m_cards);
    m_cards->setContentsMargins(0, 0, 4, 0);
    m_cards->setSpacing(6);
    auto *scroll = new QScrollArea;
    scroll->setWidget(cardList);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    AgentInfo sample;
    const int cardHeight = AgentCard(sample).sizeHint().height() + m_cards->spacing();
    scroll->setMinimumHeight(cardHeight * int(qBound<size_t>(1, m_inputs.agents.size(), visibleCards)));

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_create = buttons->addButton(u"Create &Session"_s, QDialogButtonBox::AcceptRole);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 16, 18, 14);
    layout->setSpacing(6);
    layout->addWidget(fieldLabel(u"Agent"_s, nullptr));
    layout->addWidget(scroll, 1);
    layout->addWidget(m_agentProblems, 0, Qt::AlignLeft);
    layout->addSpacing(6);
    layout->addWidget(fieldLabel(u"&Name"_s, m_name));
    layout->addWidget(m_name);
    layout->addWidget(m_nameProblem);
    layout->addWidget(makeWorkspace());
    layout->addWidget(makeMore());
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
    m_create->setDefault(true); // only now: a button finds its dialog by its parents
    setMinimumWidth(520);

    connect(m_cardGroup, &QButtonGroup::idToggled, this, &NewSessionDialog::refresh);
    connect(m_name, &QLineEdit::textChanged, this, &NewSessionDialog::refresh);
    connect(m_agentProblems, &QPushButton::clicked, this, [this] {
        m_prompts.showDetails(this, u"Agents That Cannot Be Used"_s, u"Correct these files; the other agents are not affected."_s,
                              problemsText(m_inputs.problems));
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &NewSessionDialog::submit);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    makeAgentCards();
    m_name->setFocus();
}

QWidget *NewSessionDialog::makeWorkspace()
{
    auto *box = new QWidget;
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(6);
    m_empty = new QRadioButton(u"&Empty"_s);
    m_copy = new QRadioButton(u"A copy of a &folder"_s);
    m_empty->setChecked(true);
    m_folder = new FolderField(m_inputs.recentFolders, m_prompts);
    m_folderProblem = problemLabel();
    layout->addWidget(fieldLabel(u"Workspace"_s, nullptr));
    layout->addWidget(m_empty);
    layout->addWidget(m_copy);
    auto *indented = new QVBoxLayout;
    indented->setContentsMargins(24, 0, 0, 0);
    indented->setSpacing(4);
    indented->addWidget(m_folder);
    indented->addWidget(m_folderProblem);
    layout->addLayout(indented);
    connect(m_copy, &QRadioButton::toggled, this, [this](bool copy) {
        refresh();
        if (copy && isVisible())
            m_folder->setFocus();
    });
    connect(m_folder, &FolderField::folderChanged, this, &NewSessionDialog::refresh);
    return box;
}

QWidget *NewSessionDialog::makeMore()
{
    auto *content = new QWidget;
    auto *form = new QFormLayout(content);
    form->setContentsMargins(24, 0, 0, 4);
    m_cpus = new QDoubleSpinBox;
    m_cpus->setRange(0, 256);
    m_cpus->setDecimals(1);
    m_cpus->setSingleStep(0.5);
    m_memory = new QDoubleSpinBox;
    m_memory->setRange(0, 4096);
    m_memory->setDecimals(1);
    m_memory->setSingleStep(0.5);
    m_memory->setSuffix(u" GiB"_s);
    m_pids = new QSpinBox;
    m_pids->setRange(0, 65536);
    m_pids->setSingleStep(128);
    m_sudo = new QCheckBox(u"Programs may become root with s&udo"_s);
    m_sudo->setToolTip(u"Needed to install packages. The sandbox is less strict then: “no new privileges” is off."_s);
    m_sudo->setEnabled(m_inputs.canSudo);
    form->addRow(u"&CPUs:"_s, m_cpus);
    form->addRow(u"&Memory:"_s, m_memory);
    form->addRow(u"&Processes:"_s, m_pids);
    form->addRow(m_sudo);
    connect(m_sudo, &QCheckBox::clicked, this, [this] { m_sudoTouched = true; });
    auto *foldout = new Foldout(u"More"_s, content);
    connect(foldout, &Foldout::toggled, this, [this](bool open) {
        if (open)
            resize(width(), qMax(height(), sizeHint().height()));
    });
    return foldout;
}

void NewSessionDialog::setAgents(const std::vector<AgentInfo> &agents, const std::vector<AgentProblem> &problems)
{
    m_inputs.agentId = draft().agentId;
    m_inputs.agents = agents;
    m_inputs.problems = problems;
    makeAgentCards();
}

void NewSessionDialog::makeAgentCards()
{
    qDeleteAll(m_cardGroup->buttons());
    while (QLayoutItem *item = m_cards->takeAt(0))
        delete item;
    QWidget *before = nullptr;
    for (const AgentInfo &agent : m_inputs.agents) {
        auto *card = new AgentCard(agent);
        card->setCheckable(true);
        m_cardGroup->addButton(card);
        m_cards->addWidget(card);
        if (before)
            setTabOrder(before, card);
        before = card;
    }
    m_cards->addStretch();
    const auto count = m_inputs.problems.size();
    m_agentProblems->setVisible(count > 0);
    m_agentProblems->setText(count == 1 ? u"1 agent cannot be used: Details…"_s : u"%1 agents cannot be used: Details…"_s.arg(count));
    chooseAgent(m_inputs.agentId);
    refresh();
}

void NewSessionDialog::chooseAgent(const QString &id)
{
    const auto cards = m_cardGroup->buttons();
    for (QAbstractButton *card : cards) {
        if (static_cast<AgentCard *>(card)->agentId() == id)
            card->setChecked(true);
    }
    if (!m_cardGroup->checkedButton() && !cards.isEmpty())
        cards.constFirst()->setChecked(true);
}

SessionDraft NewSessionDialog::draft() const
{
    SessionDraft draft;
    if (const auto *card = static_cast<AgentCard *>(m_cardGroup->checkedButton()))
        draft.agentId = card->agentId();
    draft.name = m_name->text();
    draft.workspace = m_copy->isChecked() ? WorkspaceKind::Copy : WorkspaceKind::Empty;
    draft.folder = m_folder->folder();
    draft.limits = {m_cpus->value(), qint64(m_memory->value() * gib), m_pids->value()};
    if (m_sudoTouched)
        draft.privileges = m_sudo->isChecked() ? Privileges::Sudo : Privileges::Locked;
    return draft;
}

void NewSessionDialog::refresh()
{
    const SessionDraft current = draft();
    const auto agent = std::ranges::find(m_inputs.agents, current.agentId, &AgentInfo::id);
    const Limits limits = agent == m_inputs.agents.end() ? Limits() : agent->limits;
    const auto standard = [](const QString &value) { return value.isEmpty() ? u"Default"_s : u"Default (%1)"_s.arg(value); };
    m_cpus->setSpecialValueText(standard(limits.cpus > 0 ? QString::number(limits.cpus) : QString()));
    m_memory->setSpecialValueText(standard(limits.memoryBytes > 0 ? memoryText(limits.memoryBytes) : QString()));
    m_pids->setSpecialValueText(standard(limits.pids > 0 ? QString::number(limits.pids) : QString()));
    if (!m_sudoTouched)
        m_sudo->setChecked(m_inputs.canSudo && agent != m_inputs.agents.end() && agent->privileges == Privileges::Sudo);

    m_name->setPlaceholderText(suggestedName(current, m_inputs.takenNames));
    m_folder->setEnabled(current.workspace == WorkspaceKind::Copy);
    const DraftProblems problems = check(current, m_inputs.takenNames);
    m_nameProblem->setText(problems.name);
    const bool untouched = current.folder.isEmpty() && !m_submitted;
    m_folderProblem->setText(untouched ? QString() : problems.folder);
    if (m_inputs.agents.empty())
        m_problem->setText(u"There is no agent that can be used."_s);
    else if (!m_busy)
        m_problem->clear();
    m_create->setEnabled(!m_busy && problems.name.isEmpty() && problems.agent.isEmpty() && (problems.folder.isEmpty() || untouched));
}

void NewSessionDialog::submit()
{
    m_submitted = true;
    refresh();
    if (m_busy || check(draft(), m_inputs.takenNames).any()) {
        if (!m_folderProblem->text().isEmpty())
            m_folder->setFocus();
        return;
    }
    setBusy(true);
    emit createRequested(toRequest(draft(), m_inputs.takenNames));
}

void NewSessionDialog::setBusy(bool busy)
{
    m_busy = busy;
    refresh();
}

void NewSessionDialog::showProblem(const Error &error)
{
    setBusy(false);
    if (error.code == ErrorCode::AlreadyExists) {
        m_nameProblem->setText(error.message);
        m_name->setFocus();
    } else if (error.code == ErrorCode::PermissionDenied && m_copy->isChecked()) {
        m_folderProblem->setText(error.message);
        m_folder->setFocus();
    } else {
        m_problem->setText(error.message);
    }
}

void NewSessionDialog::setFolder(const QString &folder)
{
    m_copy->setChecked(true);
    m_folder->setFolder(folder);
}

void NewSessionDialog::dragEnterEvent(QDragEnterEvent *event)
{
    if (!FolderField::droppedFolder(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void NewSessionDialog::dropEvent(QDropEvent *event)
{
    setFolder(FolderField::droppedFolder(event->mimeData()));
    event->acceptProposedAction();
}

} // namespace capsule
