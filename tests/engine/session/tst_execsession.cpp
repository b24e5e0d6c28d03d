// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/fake/fakechannels.h"
#include "session/execsession.h"
#include "viewerrecorder.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;
using Acknowledge = ViewerRecorder::Acknowledge;

class TestExecSession : public QObject
{
    Q_OBJECT
private slots:
    void outputAndExitCodeCome();
    void standardErrorComesApart();
    void inputReachesTheCommandAndEnds();
    void aFullWindowHoldsTheCommandBack();
    void nothingIsSentBeforeItBegins();
    void leavingKillsTheCommand();
    void brokenProtocolKillsTheCommand();
    void aCommandHasNoSize();

private:
    static std::shared_ptr<FakeExec> exec(const QStringList &argv)
    {
        CommandSpec command;
        command.argv = argv;
        return std::make_shared<FakeExec>(command);
    }
};

void TestExecSession::outputAndExitCodeCome()
{
    ViewerRecorder client;
    client.attach(std::make_unique<ExecSession>(exec({u"echo"_s, u"hello"_s}), client));
    QTRY_COMPARE(client.closes, 1);
    QCOMPARE(client.live, QByteArray("hello\n"));
    QCOMPARE(client.exitCode, 0);
    QCOMPARE(client.replays, 0);

    ViewerRecorder failing;
    failing.attach(std::make_unique<ExecSession>(exec({u"exit"_s, u"9"_s}), failing));
    QTRY_COMPARE(failing.exitCode, 9);
}

void TestExecSession::standardErrorComesApart()
{
    const auto command = exec({u"sleep"_s, u"100"_s});
    ViewerRecorder client;
    client.attach(std::make_unique<ExecSession>(command, client));
    emit command->output("out");
    emit command->errorOutput("err");
    emit command->output("out");
    QCOMPARE(client.live, QByteArray("outout"));
    QCOMPARE(client.errorOutput, QByteArray("err"));
}

void TestExecSession::inputReachesTheCommandAndEnds()
{
    const auto command = exec({u"cat"_s});
    ViewerRecorder client;
    client.attach(std::make_unique<ExecSession>(command, client));
    client.channel->receiveData("some ");
    client.channel->receiveData("input");
    client.channel->receiveEndOfInput();
    QTRY_COMPARE(client.closes, 1);
    QCOMPARE(client.live, QByteArray("some input"));
    QCOMPARE(client.exitCode, 0);
    QCOMPARE(client.consumed, 10U);
}

void TestExecSession::aFullWindowHoldsTheCommandBack()
{
    constexpr qint64 total = 3 * 1024 * 1024;
    const auto command = exec({u"flood"_s, QString::number(total)});
    ViewerRecorder client(Acknowledge::Never);
    client.attach(std::make_unique<ExecSession>(command, client));
    QTRY_COMPARE(client.received, quint64(channelWindowBytes));
    QTest::qWait(20);
    QCOMPARE(client.received, quint64(channelWindowBytes));
    while (client.closes == 0) {
        const quint64 before = client.received;
        client.acknowledge();
        QTRY_VERIFY(client.received > before || client.closes == 1);
    }
    QCOMPARE(client.received, quint64(total));
    QVERIFY(!client.windowBroken);
    QCOMPARE(client.exitCode, 0);
}

void TestExecSession::nothingIsSentBeforeItBegins()
{
    ViewerRecorder client;
    client.channel = std::make_unique<ExecSession>(exec({u"echo"_s, u"early"_s}), client);
    QTest::qWait(20);
    QCOMPARE(client.frames + client.closes, 0);
    client.channel->begin();
    QTRY_COMPARE(client.closes, 1);
    QCOMPARE(client.live, QByteArray("early\n"));
}

void TestExecSession::leavingKillsTheCommand()
{
    const auto command = exec({u"sleep"_s, u"100"_s});
    ViewerRecorder client;
    client.attach(std::make_unique<ExecSession>(command, client));
    client.channel.reset();
    QTRY_VERIFY(command->isEnded());
    QCOMPARE(client.closes, 0);
}

void TestExecSession::brokenProtocolKillsTheCommand()
{
    const auto command = exec({u"sleep"_s, u"100"_s});
    ViewerRecorder client;
    client.attach(std::make_unique<ExecSession>(command, client));
    client.channel->receiveConsumed(1);
    QCOMPARE(client.closes, 1);
    QCOMPARE(client.error->code, ErrorCode::ProtocolError);
    QTRY_VERIFY(command->isEnded());

    const auto other = exec({u"cat"_s});
    ViewerRecorder late;
    late.attach(std::make_unique<ExecSession>(other, late));
    late.channel->receiveEndOfInput();
    late.channel->receiveData("x");
    QCOMPARE(late.closes, 1);
    QCOMPARE(late.error->code, ErrorCode::ProtocolError);
}

void TestExecSession::aCommandHasNoSize()
{
    ViewerRecorder client;
    client.attach(std::make_unique<ExecSession>(exec({u"sleep"_s, u"100"_s}), client));
    QCOMPARE(client.channel->resize({80, 24}).error().code, ErrorCode::Unsupported);
}

QTEST_GUILESS_MAIN(TestExecSession)
#include "tst_execsession.moc"
