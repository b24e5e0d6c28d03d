// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/events.h"
#include "support/await.h"
#include "support/quoted.h"
#include "support/scriptedserver.h"

#include <QLocalSocket>
#include <QSignalSpy>
#include <QTest>

using namespace capsule;
using namespace capsule::docker;
using namespace capsule::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray eventLine(const QByteArray &action)
{
    return quoted("{'Type':'container','Action':'") + action + quoted("','Actor':{'ID':'c1','Attributes':{'name':'n'}},'timeNano':7}\n");
}

} // namespace

class TestDockerEvents : public QObject
{
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<Client> m_client;

private slots:
    void init()
    {
        m_server = std::make_unique<ScriptedServer>();
        QVERIFY(m_server->listen());
        m_client = std::make_unique<Client>(Endpoint{.socketPath = m_server->path()});
    }

    void cleanup()
    {
        m_client.reset();
        m_server.reset();
    }

    void eventsArriveHoweverTheyAreSplit_data()
    {
        QTest::addColumn<int>("portion");
        for (const int portion : {0, 1, 20})
            QTest::addRow("portions of %d", portion) << portion;
    }

    void eventsArriveHoweverTheyAreSplit()
    {
        QFETCH(int, portion);
        ScriptedReply reply = ScriptedReply::chunked({eventLine("create"), "nonsense\n", eventLine("start") + eventLine("die")}, false);
        reply.portion = portion;
        m_server->on("GET /events", reply);
        EventStream events(*m_client, {u"capsule.managed=true"_s}, nullptr);
        QStringList actions;
        connect(&events, &EventStream::event, this, [&](const Event &event) { actions += event.action; });
        QTRY_COMPARE(actions, (QStringList{u"create"_s, u"start"_s, u"die"_s}));
        QVERIFY(events.isConnected());
        QCOMPARE(QByteArray::fromPercentEncoding(m_server->seen().last().target), quoted("/v1.41/events?filters={'label':['capsule.managed=true']}"));
    }

    void lostConnectionIsMadeAgain()
    {
        m_server->on("GET /events", ScriptedReply::chunked({eventLine("start")}, false));
        EventStream events(*m_client, {}, nullptr);
        events.setBackOff(1ms, 10ms);
        QSignalSpy connected(&events, &EventStream::connected);
        QSignalSpy disconnected(&events, &EventStream::disconnected);
        QSignalSpy happened(&events, &EventStream::event);
        QTRY_COMPARE(happened.count(), 1);
        m_server->dropConnections();
        QTRY_COMPARE(happened.count(), 2);
        QCOMPARE(connected.count(), 2);
        QCOMPARE(disconnected.count(), 1);
        QCOMPARE(disconnected.first().first().value<Error>().code, ErrorCode::Unavailable);
    }

    void engineThatStaysAwayIsTriedAgain()
    {
        m_server->on("GET /events", ScriptedReply::chunked({}, false));
        EventStream events(*m_client, {}, nullptr);
        events.setBackOff(1ms, 5ms);
        QSignalSpy connected(&events, &EventStream::connected);
        QSignalSpy disconnected(&events, &EventStream::disconnected);
        QTRY_COMPARE(connected.count(), 1);
        m_server->stop();
        QTRY_VERIFY(disconnected.count() > 3);
        QVERIFY(!events.isConnected());
        QVERIFY(m_server->listen());
        QTRY_COMPARE(connected.count(), 2);
    }

    void streamMayBeDeletedByItsListener()
    {
        m_server->on("GET /events", ScriptedReply::chunked({eventLine("start") + eventLine("die")}, false));
        auto events = std::make_unique<EventStream>(*m_client, QStringList(), nullptr);
        int count = 0;
        connect(events.get(), &EventStream::event, this, [&] {
            ++count;
            events.reset();
        });
        QTRY_COMPARE(count, 1);
        QVERIFY(!events);
    }
};

QTEST_GUILESS_MAIN(TestDockerEvents)
#include "tst_dockerevents.moc"
