// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/models/sessionmodel.h"
#include "samples.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::session;

class TestSessionModel : public QObject
{
    Q_OBJECT

    SessionModel m_model;
    QAbstractItemModelTester m_tester{&m_model, QAbstractItemModelTester::FailureReportingMode::QtTest};

    QStringList order() const
    {
        QStringList ids;
        for (int row = 0; row < m_model.rowCount(); ++row)
            ids << m_model.index(row).data(SessionModel::IdRole).toString();
        return ids;
    }

private slots:
    void init() { m_model.replaceAll({}); }

    void newestComeFirst()
    {
        m_model.replaceAll({session(u"a"_s, u"old"_s, 60), session(u"b"_s, u"new"_s, 0)});
        m_model.update(session(u"c"_s, u"between"_s, 30));
        QCOMPARE(order(), QStringList({u"b"_s, u"c"_s, u"a"_s}));
    }

    void anOlderRevisionIsDropped()
    {
        SessionInfo now = session(u"a"_s, u"now"_s);
        now.revision = 5;
        m_model.update(now);
        SessionInfo late = session(u"a"_s, u"late"_s);
        late.revision = 4;
        QSignalSpy changed(&m_model, &SessionModel::sessionChanged);
        m_model.update(late);
        QCOMPARE(m_model.find(u"a"_s)->name, u"now"_s);
        QCOMPARE(changed.size(), 0);
    }

    void aNewConnectionCountsItsOwnRevisions()
    {
        SessionInfo before = session(u"a"_s, u"before"_s);
        before.revision = 900;
        m_model.update(before);
        m_model.replaceAll({session(u"a"_s, u"after"_s)});
        QCOMPARE(m_model.find(u"a"_s)->name, u"after"_s);
    }

    void replacingKeepsWhatStaysAndRemovesWhatIsGone()
    {
        m_model.replaceAll({session(u"a"_s, u"a"_s, 1), session(u"b"_s, u"b"_s, 2), session(u"c"_s, u"c"_s, 3)});
        const QPersistentModelIndex kept = m_model.indexOf(u"c"_s);
        QSignalSpy removed(&m_model, &SessionModel::sessionRemoved);
        m_model.replaceAll({session(u"c"_s, u"c"_s, 3), session(u"d"_s, u"d"_s, 4)});
        QCOMPARE(order(), QStringList({u"c"_s, u"d"_s}));
        QVERIFY(kept.isValid());
        QCOMPARE(removed.size(), 2);
    }

    void aChangeTellsWhatWasBefore()
    {
        m_model.update(session(u"a"_s, u"a"_s));
        std::optional<SessionInfo> former;
        connect(&m_model, &SessionModel::sessionChanged, this, [&](const SessionInfo &, std::optional<SessionInfo> was) { former = was; });
        SessionInfo stopped = session(u"a"_s, u"a"_s);
        stopped.state = SessionState::Stopped;
        stopped.revision = 2;
        m_model.update(stopped);
        m_model.disconnect(this);
        QVERIFY(former);
        QCOMPARE(former->state, SessionState::Running);
        QCOMPARE(m_model.index(0).data(SessionModel::StateTextRole).toString(), u"Stopped"_s);
    }

    void findsByIdNameOrUniquePrefix()
    {
        m_model.replaceAll({session(u"abc1"_s, u"web"_s), session(u"abd2"_s, u"ab"_s), session(u"xyz3"_s, u"docs"_s)});
        QCOMPARE(m_model.findByIdOrName(u"docs"_s)->id, u"xyz3"_s);
        QCOMPARE(m_model.findByIdOrName(u"x"_s)->id, u"xyz3"_s);
        QCOMPARE(m_model.findByIdOrName(u"ab"_s)->id, u"abd2"_s); // a name wins over prefixes
        QVERIFY(!m_model.findByIdOrName(u"a"_s));
        QVERIFY(!m_model.findByIdOrName(QString()));
    }

    void removingAnUnknownSessionDoesNothing()
    {
        m_model.update(session(u"a"_s, u"a"_s));
        m_model.remove(u"zzz"_s);
        QCOMPARE(m_model.rowCount(), 1);
    }
};

QTEST_GUILESS_MAIN(TestSessionModel)
#include "tst_sessionmodel.moc"
