// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/fake/fakeprovider.h"

#include "support/await.h"
#include "support/channelrecorder.h"
#include "support/providercontract.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace capsule;
using test::await;

/// The fake provider keeps the contract, and its knobs do what they say.
class TestFakeProvider : public test::ProviderContract
{
    Q_OBJECT

    SandboxProvider &provider() override { return *m_provider; }
    SandboxSpec spec() override
    {
        return {.sessionId = u"s1"_s, .name = u"First"_s, .image = u"base"_s, .environment = {},
                .limits = {.cpus = 1, .memoryBytes = 1 << 30, .pids = 64}, .labels = {}};
    }
    QString missingSandbox() const override { return u"fake-999"_s; }
    CommandSpec shell() const override { return {.argv = {u"sh"_s}, .environment = {}, .workingDirectory = {}, .size = {}}; }
    QByteArray floodLine(int bytes) const override { return "flood " + QByteArray::number(bytes); }
    void removeBehindItsBack(const QString &sandboxId) override { m_provider->vanish(sandboxId); }

    std::unique_ptr<FakeProvider> m_provider;

public:
    TestFakeProvider()
        : m_provider(std::make_unique<FakeProvider>())
    {
        m_provider->knobs.images = {u"base"_s};
    }

private slots:
    void delayedAnswerComesLater()
    {
        FakeProvider slow;
        slow.knobs.delays.insert(FakeOperation::Create, 50ms);
        QElapsedTimer timer;
        timer.start();
        VERIFY_RESULT(await(slow.create(spec())));
        QVERIFY(timer.elapsed() >= 50);
    }

    void failNextFailsOnce()
    {
        FakeProvider fake;
        fake.failNext(FakeOperation::Create, {ErrorCode::LimitReached, u"no room"_s, {}});
        QCOMPARE(await(fake.create(spec())).error_or({}).message, u"no room"_s);
        VERIFY_RESULT(await(fake.create(spec())));
        QCOMPARE(fake.calls(FakeOperation::Create), 2);
    }

    void unavailableProviderBreaksWhatIsOpen()
    {
        FakeProvider fake;
        const auto id = await(fake.create(spec()));
        VERIFY_RESULT(id);
        VERIFY_RESULT(await(fake.start(*id)));
        const auto terminal = await(fake.openTerminal(*id, shell()));
        VERIFY_RESULT(terminal);
        test::ChannelRecorder record(terminal->get());
        QSignalSpy availability(&fake, &SandboxProvider::availabilityChanged);
        fake.setAvailable(false);
        QTRY_VERIFY(record.isEnded());
        QVERIFY(record.status.error);
        QCOMPARE(await(fake.list()).error_or({}).code, ErrorCode::Unavailable);
        fake.setAvailable(true);
        QCOMPARE(availability.size(), 2);
        QCOMPARE(await(fake.list())->size(), 1);
    }

    void deathIsToldWithItsReason()
    {
        FakeProvider fake;
        const auto id = await(fake.create(spec()));
        VERIFY_RESULT(await(fake.start(*id)));
        QSignalSpy changes(&fake, &SandboxProvider::sandboxChanged);
        fake.die(*id, 137, true);
        QCOMPARE(changes.size(), 1);
        const auto event = changes[0][0].value<SandboxEvent>();
        QCOMPARE(event.kind, SandboxEvent::Kind::Died);
        QCOMPARE(event.exitCode, 137);
        QVERIFY(event.outOfMemory);
        QCOMPARE(fake.sandbox(*id)->state, FakeSandbox::State::Stopped);
    }

    void blockedProgramLeavesInputWaiting()
    {
        FakeTerminal terminal(shell(), FakeTerminal::Program::None);
        qint64 written = 0;
        connect(&terminal, &TerminalChannel::written, this, [&written](qint64 bytes) { written += bytes; });
        terminal.setInputBlocked(true);
        terminal.write("abc");
        QCoreApplication::processEvents();
        QCOMPARE(terminal.bytesToWrite(), 3);
        QCOMPARE(written, 0);
        terminal.setInputBlocked(false);
        QTRY_COMPARE(written, 3);
        QCOMPARE(terminal.received(), "abc");
        QCOMPARE(terminal.bytesToWrite(), 0);
    }

    void floodHoldsAtMostAPipeful()
    {
        FakeTerminal terminal(shell(), FakeTerminal::Program::Shell);
        terminal.setReadPaused(true);
        terminal.write("flood 10000000\r");
        QTRY_VERIFY(terminal.pendingOutput() >= FakePipe::capacity);
        QVERIFY(terminal.pendingOutput() < FakePipe::capacity + 1024);
    }

    void interruptEndsAFlood()
    {
        FakeTerminal terminal(shell(), FakeTerminal::Program::Shell);
        test::ChannelRecorder record(&terminal);
        terminal.write("flood 1000000000\r");
        QTRY_VERIFY(record.output.size() > 100'000);
        terminal.write("\x03");
        QTRY_VERIFY(record.output.endsWith("^C\r\n$ "));
    }
};

QTEST_GUILESS_MAIN(TestFakeProvider)
#include "tst_fakeprovider.moc"
