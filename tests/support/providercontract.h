// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/sandboxprovider.h"

#include <QTest>

namespace capsule::test {

/// What every SandboxProvider does. A provider's test derives from it, says how to make one, and may add slots.
class ProviderContract : public QObject
{
    Q_OBJECT

protected:
    virtual SandboxProvider &provider() = 0;
    virtual SandboxSpec spec() = 0;
    virtual QString missingSandbox() const = 0;                 ///< an id that no sandbox has
    virtual CommandSpec shell() const = 0;                      ///< interactive, prompts with "$ "
    virtual QByteArray floodLine(int bytes) const = 0;          ///< makes that shell print about so much
    virtual void removeBehindItsBack(const QString &sandboxId) = 0;

    Result<QString> created();
    Result<QString> running(); ///< created and started
    QList<SandboxEvent> events() const { return m_events; }

private slots:
    void init();
    void cleanup();

    void probeSaysThatItIsThere();
    void createdSandboxIsListedAndDoesNotRun();
    void missingImageIsNotFound();
    void missingLimitsAreRefused();
    void lifeGoesFromStartToStopToStartToRemoval();
    void askingForWhatIsAlreadySoSucceeds();
    void missingSandboxIsNotFound();
    void callsAboutOneSandboxKeepTheirOrder();
    void eventsTellStartDeathAndRemoval();
    void commandPrintsAndTellsItsCode_data();
    void commandPrintsAndTellsItsCode();
    void missingProgramSaysSoOnErrorOutput();
    void commandGetsItsEnvironmentAndFolder();
    void commandReadsInputToItsEnd();
    void killEndsACommand();
    void terminalEchoesAndTellsItsCode();
    void pausedTerminalSaysNothingAndLosesNothing();
    void hangUpEndsATerminal();
    void hangUpEndsATerminalThatNobodyReads();
    void nothingOpensInASandboxThatDoesNotRun();
    void pausedSandboxOpensNothingUntilItIsResumed();
    void stopEndsTerminals();
    void sandboxRemovedBehindOurBackEndsItsTerminals();
    void treeIsCopiedInBeforeTheStartOnly();
    void brokenTreeFailsTheCopy();
    void removalEndsARunningCopy();
    void snapshotIsAnImage();

private:
    QList<SandboxEvent> m_events;
    QStringList m_sandboxes;
};

} // namespace capsule::test
