// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/models/sessiondraft.h"

#include <QDialog>

class QButtonGroup;
class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QSpinBox;
class QVBoxLayout;

namespace capsule {

class AgentCard;
class FolderField;
class Foldout;
class Prompts;

/// Asks for a new session. Mistakes are told beside the fields while one types; the engine's own refusal
/// (showProblem) too, so the dialog stays open until the session is there.
class NewSessionDialog : public QDialog
{
    Q_OBJECT
public:
    struct Inputs {
        std::vector<AgentInfo> agents;
        std::vector<AgentProblem> problems;
        QStringList takenNames;
        QStringList recentFolders;
        QString agentId; ///< chosen at the start; empty: the first
        bool canSudo = true;
    };

    NewSessionDialog(Inputs inputs, Prompts &prompts, QWidget *parent = nullptr);

    SessionDraft draft() const;
    void setFolder(const QString &folder); ///< also chooses "a copy of"
    void setBusy(bool busy);               ///< while the engine is asked
    void showProblem(const Error &error);
    void setAgents(const std::vector<AgentInfo> &agents, const std::vector<AgentProblem> &problems);

signals:
    void createRequested(const capsule::api::SessionCreateParams &params);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QWidget *makeWorkspace();
    QWidget *makeMore();
    void makeAgentCards();
    void chooseAgent(const QString &id);
    void refresh();
    void submit();

    Inputs m_inputs;
    Prompts &m_prompts;
    QVBoxLayout *m_cards;
    QButtonGroup *m_cardGroup;
    QPushButton *m_agentProblems;
    QLineEdit *m_name;
    QLabel *m_nameProblem;
    QRadioButton *m_empty;
    QRadioButton *m_copy;
    FolderField *m_folder;
    QLabel *m_folderProblem;
    QDoubleSpinBox *m_cpus;
    QDoubleSpinBox *m_memory;
    QSpinBox *m_pids;
    QCheckBox *m_sudo;
    QLabel *m_problem;
    QPushButton *m_create;
    bool m_submitted = false; ///< empty fields are told only after the first try
    bool m_busy = false;
    bool m_sudoTouched = false;
};

} // namespace capsule
