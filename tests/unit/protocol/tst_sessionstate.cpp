// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/sessionstate.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

constexpr SessionState states[] = {SessionState::Creating, SessionState::Running,     SessionState::Starting, SessionState::Stopping,
                                   SessionState::Stopped,  SessionState::Interrupted, SessionState::Failed,   SessionState::Removing};

struct Row {
    const char *name;
    SessionEvent event;
};
constexpr Row events[] = {{"Launched", SessionEvent::Launched},
                          {"LaunchFailed", SessionEvent::LaunchFailed},
                          {"StartRequested", SessionEvent::StartRequested},
                          {"Started", SessionEvent::Started},
                          {"StopRequested", SessionEvent::StopRequested},
                          {"Stopped", SessionEvent::Stopped},
                          {"SandboxDied", SessionEvent::SandboxDied},
                          {"SandboxGone", SessionEvent::SandboxGone},
                          {"SandboxUp", SessionEvent::SandboxUp},
                          {"ActionFailed", SessionEvent::ActionFailed},
                          {"RemoveRequested", SessionEvent::RemoveRequested}};

// One letter a state, as the columns are: C creating, R running, S starting, T stopping, O stopped,
// I interrupted, F failed, X removing; a dot where the event cannot happen.
constexpr auto letters = "CRSTOIFX"_L1;
constexpr auto matrix = "                 C R S T O I F X\n"
                        "Launched         R . . . . . . .\n"
                        "LaunchFailed     F . . . . . . .\n"
                        "StartRequested   . . . . S S . .\n"
                        "Started          . . R . . . . .\n"
                        "StopRequested    . T . . . . . .\n"
                        "Stopped          . . . O . . . .\n"
                        "SandboxDied      . I I O . . . .\n"
                        "SandboxGone      . I I I I . . .\n"
                        "SandboxUp        . . . . R R . .\n"
                        "ActionFailed     . . I R . . . I\n"
                        "RemoveRequested  X X X X X X X .\n"_L1;

} // namespace

class TestSessionState : public QObject {
    Q_OBJECT
private slots:
    void theTableIsAsDrawn()
    {
        QString drawn = u"                 C R S T O I F X\n"_s;
        for (const Row &row : events) {
            drawn += QString::fromLatin1(row.name).leftJustified(16);
            for (const SessionState state : states) {
                const auto after = next(state, row.event);
                drawn += u' ';
                drawn += after ? QChar(letters[qsizetype(*after)]) : u'.';
            }
            drawn += u'\n';
        }
        QCOMPARE(drawn, QString(matrix));
    }

    void everySessionCanBeRemovedAndEndsThere()
    {
        for (const SessionState state : states)
            QCOMPARE(canHappen(state, SessionEvent::RemoveRequested), state != SessionState::Removing);
    }

    void everyStateHasAWord()
    {
        QCOMPARE(wire::enumNames<SessionState>.size(), std::size(states));
        for (const SessionState state : states)
            QCOMPARE(wire::enumFromString<SessionState>(wire::enumToString(state)), std::optional(state));
    }
};

QTEST_GUILESS_MAIN(TestSessionState)
#include "tst_sessionstate.moc"
