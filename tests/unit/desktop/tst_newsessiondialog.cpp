// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/dialogs/newsessiondialog.h"
#include "desktop/dialogs/preferencesdialog.h"
#include "desktop/dialogs/textdialog.h"
#include "desktop/prompts.h"
#include "desktop/widgets/agentcard.h"
#include "desktop/widgets/folderfield.h"

#include <QCheckBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

class PickingPrompts : public Prompts
{
public:
    QString folder;
    QString details;
    void confirm(QWidget *, const Question &, QObject *, std::function<void()>) override { }
    void askText(QWidget *, const QString &, const QString &, const QString &, const QString &, Validate, QObject *,
                 std::function<void(const QString &)>) override { }
    void chooseFolder(QWidget *, const QString &, const QString &, QObject *, std::function<void(const QString &)> accepted) override { accepted(folder); }
    void showDetails(QWidget *, const QString &, const QString &, const QString &words) override { details = words; }
};

namespace {

AgentInfo agent(const QString &id, Privileges privileges)
{
    AgentInfo info;
    info.id = id;
    info.name = id.toUpper();
    info.description = u"What it does"_s;
    info.limits = {.cpus = 2, .memoryBytes = 4ll << 30, .pids = 256};
    info.privileges = privileges;
    return info;
}

QPushButton *button(QWidget &dialog, const QString &text)
{
    const auto buttons = dialog.findChildren<QPushButton *>();
    for (QPushButton *candidate : buttons) {
        if (QString(candidate->text()).remove(u'&').startsWith(text))
            return candidate;
    }
    return nullptr;
}

} // namespace

class TestNewSessionDialog : public QObject
{
    Q_OBJECT

    PickingPrompts m_prompts;

    NewSessionDialog::Inputs inputs() const
    {
        return {.agents = {agent(u"shell"_s, Privileges::Sudo), agent(u"claude"_s, Privileges::Locked)},
                .problems = {{u"/x/agent.json"_s, u"image"_s, u"must be a text"_s}},
                .takenNames = {u"shell"_s},
                .recentFolders = {u"/recent"_s},
                .agentId = {},
                .canSudo = true};
    }

private slots:
    void createsWithNothingButEnter()
    {
        NewSessionDialog dialog(inputs(), m_prompts);
        dialog.show();
        QSignalSpy requested(&dialog, &NewSessionDialog::createRequested);
        auto *name = dialog.findChild<QLineEdit *>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(name);
        QCOMPARE(name->placeholderText(), u"shell-2"_s);
        QTest::keyClick(name, Qt::Key_Return);
        QCOMPARE(requested.size(), 1);
        const auto params = requested[0][0].value<api::SessionCreateParams>();
        QCOMPARE(params.agentId, u"shell"_s);
        QCOMPARE(params.name, u"shell-2"_s);
        QCOMPARE(params.limits, Limits());
        QVERIFY(!params.privileges); // the agent's own
        QVERIFY(!button(dialog, u"Create"_s)->isEnabled()); // asked once
        dialog.showProblem({ErrorCode::AlreadyExists, u"Another session has this name."_s, {}});
        QVERIFY(button(dialog, u"Create"_s)->isEnabled());
        QVERIFY(dialog.isVisible());
    }

    void aMistakeIsToldBesideTheField()
    {
        NewSessionDialog dialog(inputs(), m_prompts);
        dialog.findChild<QLineEdit *>(QString(), Qt::FindDirectChildrenOnly)->setText(u"shell"_s);
        QVERIFY(!button(dialog, u"Create"_s)->isEnabled());
        dialog.findChild<QLineEdit *>(QString(), Qt::FindDirectChildrenOnly)->setText(u"other"_s);
        QVERIFY(button(dialog, u"Create"_s)->isEnabled());
        dialog.setFolder(u"/there/is/no/such"_s);
        QVERIFY(!button(dialog, u"Create"_s)->isEnabled());
        dialog.setFolder(QDir::tempPath());
        QVERIFY(button(dialog, u"Create"_s)->isEnabled());
    }

    void aFolderCanBePickedOrDropped()
    {
        QTemporaryDir dir;
        NewSessionDialog dialog(inputs(), m_prompts);
        dialog.findChildren<QRadioButton *>().at(1)->setChecked(true);
        m_prompts.folder = dir.path();
        button(dialog, u"Browse"_s)->click();
        QCOMPARE(dialog.draft().folder, dir.path());

        NewSessionDialog other(inputs(), m_prompts);
        QMimeData mime;
        mime.setUrls({QUrl(u"https://example.org/"_s), QUrl::fromLocalFile(dir.path())});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&other, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&other, &drop);
        QCOMPARE(other.draft().folder, dir.path());
        QCOMPARE(other.draft().workspace, WorkspaceKind::Copy);
    }

    void sudoFollowsTheAgentUntilTouched()
    {
        NewSessionDialog dialog(inputs(), m_prompts);
        auto *sudo = dialog.findChild<QCheckBox *>();
        const auto cards = dialog.findChildren<AgentCard *>();
        QCOMPARE(cards.size(), 2);
        QVERIFY(sudo->isChecked());
        cards[1]->click();
        QVERIFY(!sudo->isChecked());
        sudo->click();
        QCOMPARE(dialog.draft().privileges, std::optional(Privileges::Sudo));
        cards[0]->click();
        QCOMPARE(dialog.draft().privileges, std::optional(Privileges::Sudo));
    }

    void badProfilesAreOneLineWithDetails()
    {
        NewSessionDialog dialog(inputs(), m_prompts);
        QPushButton *details = button(dialog, u"1 agent cannot be used"_s);
        QVERIFY(details);
        QVERIFY(!details->isHidden());
        details->click();
        QVERIFY(m_prompts.details.contains(u"/x/agent.json"_s));
        QVERIFY(m_prompts.details.contains(u"image: must be a text"_s));
    }

    void withoutAgentsNothingCanBeCreated()
    {
        NewSessionDialog::Inputs none = inputs();
        none.agents.clear();
        NewSessionDialog dialog(none, m_prompts);
        QVERIFY(!button(dialog, u"Create"_s)->isEnabled());
        dialog.setAgents(inputs().agents, {});
        QVERIFY(button(dialog, u"Create"_s)->isEnabled());
    }

    void renamingRefusesWhatTheValidatorRefuses()
    {
        TextDialog dialog(u"Rename"_s, u"Name"_s, u"old"_s, u"Rename"_s, [](const QString &text) { return text == "bad"_L1 ? u"No."_s : QString(); });
        QVERIFY(!button(dialog, u"Rename"_s)->isEnabled()); // nothing changed
        dialog.findChild<QLineEdit *>()->setText(u"bad"_s);
        QVERIFY(!button(dialog, u"Rename"_s)->isEnabled());
        dialog.findChild<QLineEdit *>()->setText(u" good "_s);
        QVERIFY(button(dialog, u"Rename"_s)->isEnabled());
        QCOMPARE(dialog.text(), u"good"_s);
    }

    void preferencesAreSeenAtOnceAndCancelBringsThemBack()
    {
        TerminalAppearance before;
        before.font.setPointSize(13);
        PreferencesDialog dialog(before);
        QSignalSpy changed(&dialog, &PreferencesDialog::appearanceChanged);
        dialog.findChildren<QSpinBox *>().at(0)->setValue(20);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed[0][0].value<TerminalAppearance>().font.pointSize(), 20);
        dialog.reject();
        QCOMPARE(changed.last()[0].value<TerminalAppearance>(), before);
    }
};

QTEST_MAIN(TestNewSessionDialog)
#include "tst_newsessiondialog.moc"
