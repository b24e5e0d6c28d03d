// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/fake/fakechannels.h"
#include "session/terminalhub.h"
#include "viewerrecorder.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;
using namespace capsule::test;
using Acknowledge = ViewerRecorder::Acknowledge;

namespace {

/// What FakePipe::generate prints.
QByteArray generated(qint64 count)
{
    QByteArray bytes;
    bytes.reserve(count);
    for (qint64 column = 0; column < count; ++column)
        bytes += column % 80 == 79 ? '\n' : char('a' + column % 26);
    return bytes;
}

/// Prints as fast as the hub takes it, in the sizes that a socket gives.
class Firehose : public TerminalChannel
{
public:
    Firehose(qint64 total, qsizetype chunk) : m_left(total), m_chunk(chunk, 'x')
    {
        for (qsizetype i = 79; i < chunk; i += 80)
            m_chunk[i] = '\n';
        m_timer.setInterval(0);
        connect(&m_timer, &QTimer::timeout, this, &Firehose::spray);
        m_timer.start();
    }
    void write(const QByteArray &bytes) override { emit written(bytes.size()); }
    qint64 bytesToWrite() const override { return 0; }
    void resize(TerminalSize) override {}
    void setReadPaused(bool paused) override
    {
        pauses += paused;
        m_paused = paused;
    }
    void hangUp() override {}
    bool isDone() const { return m_left <= 0; }
    int pauses = 0;

private:
    void spray()
    {
        for (int i = 0; i < 4 && m_left > 0 && !m_paused; ++i) {
            m_left -= m_chunk.size();
            emit output(m_chunk);
        }
        if (m_left <= 0 && !m_paused) {
            m_timer.stop();
            emit ended({.code = 0, .error = {}});
        }
    }
    qint64 m_left;
    QByteArray m_chunk;
    QTimer m_timer;
    bool m_paused = false;
};

} // namespace

class TestTerminalHub : public QObject
{
    Q_OBJECT
private slots:
    void aViewerSeesReplayThenLiveOutput();
    void theFirstByteAfterIdleGoesOutAtOnce();
    void outputOfOneTurnIsGathered();
    void nothingIsSentBeforeTheViewerBegins();
    void severalViewersSeeTheSame();
    void theReplayAsksNothing();
    void onlyTheViewerLastUsedIsAsked();
    void whatWasAskedBeforeTheFirstViewerCameIsAnswered();
    void whatWasAskedLongAgoIsNot();
    void theLastViewerDecidesTheSize();
    void withoutViewersTheProgramRunsOn();
    void aLoneSlowViewerLosesNothing();
    void aFastViewerGetsAllWhileASlowOneIsShownAnew();
    void aViewerThatHangsHoldsNobodyBack();
    void anOvertakenViewerGetsItsWholeReplayFirst();
    void viewersMayLeaveWhileItFloods();
    void inputIsAcknowledgedAsItIsWritten();
    void inputOfSeveralViewersInterleaves();
    void tooMuchInputBreaksTheProtocol();
    void wrongAcknowledgementsBreakTheProtocol_data();
    void wrongAcknowledgementsBreakTheProtocol();
    void anEndedTerminalStaysViewable();
    void theEndComesAfterTheLastByte();
    void aBrokenConnectionIsLost();
    void aTerminalThatIsForgottenTellsItsViewers();
    void aViewerMayBeDestroyedWhenItIsClosed();
    void aHundredMegabytesPass();

private:
    std::shared_ptr<FakeTerminal> fake(FakeTerminal::Program program = FakeTerminal::Program::None)
    {
        return std::make_shared<FakeTerminal>(CommandSpec{}, program);
    }
    static TerminalHub::Options small()
    {
        return {.ringBytes = 256 * 1024, .resyncBytes = 64 * 1024, .pauseBacklogBytes = 64 * 1024, .stallMs = 10'000};
    }
};

void TestTerminalHub::aViewerSeesReplayThenLiveOutput()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {.firstViewerMs = 0});
    terminal->feed("before\r\n");
    QTRY_COMPARE(hub.bufferedBytes(), 8);
    ViewerRecorder viewer;
    viewer.attach(hub.attach(viewer, {80, 24}));
    QCOMPARE(viewer.replays, 1);
    QCOMPARE(viewer.replay, QByteArray("before\r\n"));
    terminal->feed("after");
    QTRY_COMPARE(viewer.live, QByteArray("after"));
    QCOMPARE(hub.info().viewers, 1);
    viewer.channel.reset();
    QCOMPARE(hub.info().viewers, 0);
    QCOMPARE(viewer.closes, 0); // it left by itself
}

void TestTerminalHub::theFirstByteAfterIdleGoesOutAtOnce()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer;
    viewer.attach(hub.attach(viewer, {80, 24}));
    emit terminal->output("x");
    QCOMPARE(viewer.live, QByteArray("x")); // no turn of the loop in between
}

void TestTerminalHub::outputOfOneTurnIsGathered()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer;
    viewer.attach(hub.attach(viewer, {80, 24}));
    for (int i = 0; i < 1000; ++i)
        emit terminal->output("0123456789");
    QTRY_COMPARE(viewer.live.size(), 10'000);
    QCOMPARE(viewer.frames, 2);
}

void TestTerminalHub::nothingIsSentBeforeTheViewerBegins()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer;
    viewer.channel = hub.attach(viewer, {80, 24});
    emit terminal->output("early");
    terminal->finish({.code = 0, .error = {}});
    QTRY_VERIFY(!hub.isRunning());
    QCOMPARE(viewer.replays + viewer.frames + viewer.closes, 0);
    viewer.channel->begin();
    QCOMPARE(viewer.replay, QByteArray("early"));
    QCOMPARE(viewer.closes, 1);
}

void TestTerminalHub::severalViewersSeeTheSame()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder first;
    first.attach(hub.attach(first, {80, 24}));
    terminal->feed("one ");
    QTRY_COMPARE(first.live, QByteArray("one "));
    ViewerRecorder second;
    second.attach(hub.attach(second, {80, 24}));
    terminal->feed("two");
    QTRY_COMPARE(second.picture(), QByteArray("one two"));
    QTRY_COMPARE(first.picture(), QByteArray("one two"));
    QCOMPARE(hub.info().viewers, 2);
}

void TestTerminalHub::theReplayAsksNothing()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder first;
    first.attach(hub.attach(first, {80, 24}));
    terminal->feed("\x1b[6nhello\x07");
    QTRY_COMPARE(first.live, QByteArray("\x1b[6nhello\x07"));
    ViewerRecorder second;
    second.attach(hub.attach(second, {80, 24}));
    QCOMPARE(second.replay, QByteArray("hello"));
}

void TestTerminalHub::onlyTheViewerLastUsedIsAsked()
{
    const auto channel = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, channel, {}, {});
    ViewerRecorder first, second;
    first.attach(hub.attach(first, {}));
    second.attach(hub.attach(second, {}));

    channel->feed("a\x1b[");
    channel->feed("cb\x07");
    QTRY_COMPARE(second.live, QByteArray("a\x1b[cb\x07"));
    QTRY_COMPARE(first.live, QByteArray("ab"));

    first.channel->receiveData("x"); // now this one is used
    channel->feed("\x1b[6n" "c");
    QTRY_VERIFY(first.live.endsWith("\x1b[6n" "c"));
    QTRY_VERIFY(second.live.endsWith("\x07" "c"));

    first.channel->close();
    channel->feed("\x1b[5n");
    QTRY_VERIFY(second.live.endsWith("\x1b[5n"));
}

void TestTerminalHub::whatWasAskedBeforeTheFirstViewerCameIsAnswered()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"codex"_s, terminal, {}, {});
    terminal->feed("\x1b[6nhello");
    QTRY_COMPARE(hub.bufferedBytes(), 9);
    ViewerRecorder first;
    first.attach(hub.attach(first, {80, 24}));
    QCOMPARE(first.replays, 1);
    QTRY_COMPARE(first.live, QByteArray("\x1b[6nhello"));
    ViewerRecorder second;
    second.attach(hub.attach(second, {80, 24}));
    QCOMPARE(second.replay, QByteArray("hello"));
}

void TestTerminalHub::whatWasAskedLongAgoIsNot()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"codex"_s, terminal, {}, {.firstViewerMs = 0});
    terminal->feed("\x1b[6nhello");
    QTRY_COMPARE(hub.bufferedBytes(), 9);
    ViewerRecorder first;
    first.attach(hub.attach(first, {80, 24}));
    QCOMPARE(first.picture(), QByteArray("hello"));
}

void TestTerminalHub::theLastViewerDecidesTheSize()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {80, 24}, {});
    ViewerRecorder first;
    ViewerRecorder second;
    first.attach(hub.attach(first, {100, 30}));
    second.attach(hub.attach(second, {120, 40}));
    QCOMPARE(terminal->sizes().last(), (TerminalSize{120, 40}));
    QVERIFY(first.channel->resize({90, 20}).has_value());
    QCOMPARE(terminal->sizes().last(), (TerminalSize{90, 20}));
    QCOMPARE(hub.info().size, (TerminalSize{90, 20}));
    QCOMPARE(first.channel->resize({0, 20}).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(terminal->sizes().last(), (TerminalSize{90, 20}));
}

void TestTerminalHub::withoutViewersTheProgramRunsOn()
{
    auto terminal = std::make_shared<Firehose>(4 * 1024 * 1024, 16 * 1024);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, small());
    QTRY_VERIFY(!hub.isRunning());
    QCOMPARE(terminal->pauses, 0);
    QCOMPARE(hub.bufferedBytes(), 256 * 1024);
}

void TestTerminalHub::aLoneSlowViewerLosesNothing()
{
    constexpr qint64 total = 3 * 1024 * 1024;
    const auto terminal = fake(FakeTerminal::Program::Shell);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, small());
    ViewerRecorder viewer(Acknowledge::Never);
    viewer.attach(hub.attach(viewer, {80, 24}));
    viewer.channel->receiveData("flood " + QByteArray::number(total) + "\r");
    QTRY_VERIFY(hub.isPaused());
    QTest::qWait(20);
    QVERIFY(viewer.received <= quint64(channelWindowBytes));
    QVERIFY(terminal->pendingOutput() > 0);
    while (viewer.liveBytes < quint64(total)) {
        const quint64 before = viewer.received;
        viewer.acknowledge();
        QTRY_VERIFY(viewer.received > before);
    }
    QTRY_VERIFY(viewer.picture().endsWith("\n$ ") || viewer.picture().endsWith("$ "));
    QCOMPARE(viewer.replays, 1);
    QVERIFY(viewer.live.contains(generated(total)));
    QVERIFY(!viewer.windowBroken);
}

void TestTerminalHub::aFastViewerGetsAllWhileASlowOneIsShownAnew()
{
    constexpr qint64 total = 8 * 1024 * 1024;
    const auto terminal = fake(FakeTerminal::Program::Shell);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, small());
    ViewerRecorder fast;
    ViewerRecorder slow(Acknowledge::Never);
    fast.attach(hub.attach(fast, {80, 24}));
    slow.attach(hub.attach(slow, {80, 24}));
    fast.channel->receiveData("flood " + QByteArray::number(total) + "\r");
    QTRY_VERIFY_WITH_TIMEOUT(fast.liveBytes >= quint64(total), 30'000);
    QCOMPARE(fast.replays, 1);
    QTRY_VERIFY(fast.live.endsWith("$ "));
    QVERIFY(fast.live.contains(generated(total)));
    QVERIFY(slow.received <= quint64(channelWindowBytes));
    QVERIFY(hub.bufferedBytes() <= 256 * 1024);

    while (slow.replays < 2 || slow.picture().right(100) != fast.picture().right(100)) {
        const quint64 before = slow.received;
        slow.acknowledge();
        QVERIFY(slow.received > before);
    }
    QVERIFY(slow.replay.size() <= 64 * 1024 + 512);
    QVERIFY(!slow.replayBroken && !slow.windowBroken && !fast.windowBroken);
}

void TestTerminalHub::aViewerThatHangsHoldsNobodyBack()
{
    constexpr qint64 total = 4 * 1024 * 1024;
    auto terminal = std::make_shared<Firehose>(total, 16 * 1024);
    TerminalHub::Options options = small();
    options.stallMs = 200;
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, options);
    ViewerRecorder hung(Acknowledge::Never);
    hung.attach(hub.attach(hung, {80, 24}));
    QTRY_VERIFY(hub.isPaused());
    QTRY_VERIFY(!hub.isPaused()); // after stallMs
    QTRY_VERIFY(!hub.isRunning()); // the program came to its end
    QVERIFY(hung.received <= quint64(channelWindowBytes));
    QCOMPARE(hung.closes, 0);
    while (hung.closes == 0) { // it wakes up: a new picture, then the end
        const quint64 before = hung.received;
        hung.acknowledge();
        QVERIFY(hung.received > before || hung.closes == 1);
    }
    QVERIFY(hung.replays >= 2);
    QCOMPARE(hung.exitCode, 0);
    QVERIFY(hung.picture().endsWith(QByteArray(79, 'x') + '\n' + QByteArray(64, 'x')));
}

void TestTerminalHub::anOvertakenViewerGetsItsWholeReplayFirst()
{
    TerminalHub::Options options = small();
    options.ringBytes = 1024 * 1024; // a replay of more than one window
    options.firstViewerMs = 0;
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, options);
    emit terminal->output(generated(1024 * 1024));
    ViewerRecorder viewer(Acknowledge::Never);
    viewer.attach(hub.attach(viewer, {80, 24}));
    QVERIFY(viewer.replayLeft > 0);
    emit terminal->output(generated(2 * 1024 * 1024)); // a provider that does not heed the pause
    emit terminal->ended({.code = 0, .error = {}});
    while (viewer.closes == 0) {
        const quint64 before = viewer.received;
        viewer.acknowledge();
        QVERIFY(viewer.received > before || viewer.closes == 1);
    }
    QCOMPARE(viewer.replays, 2);
    QVERIFY(!viewer.replayBroken);
    QVERIFY(!viewer.windowBroken);
    QVERIFY(viewer.picture().endsWith(generated(2 * 1024 * 1024).last(60'000)));
}

void TestTerminalHub::viewersMayLeaveWhileItFloods()
{
    auto terminal = std::make_shared<Firehose>(8 * 1024 * 1024, 16 * 1024);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, small());
    std::vector<std::unique_ptr<ViewerRecorder>> viewers;
    int round = 0;
    while (hub.isRunning()) {
        auto viewer = std::make_unique<ViewerRecorder>(++round % 2 ? Acknowledge::Never : Acknowledge::AtOnce);
        viewer->keep = false;
        viewer->attach(hub.attach(*viewer, {80, 24}));
        viewers.push_back(std::move(viewer));
        if (viewers.size() > 5)
            viewers.erase(viewers.begin() + round % 5);
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        QVERIFY(hub.bufferedBytes() <= 256 * 1024);
        if (round > 200)
            viewers.clear(); // those that never acknowledge would hold it for the stall time
    }
    viewers.clear();
    QCOMPARE(hub.info().viewers, 0);
}

void TestTerminalHub::inputIsAcknowledgedAsItIsWritten()
{
    const auto terminal = fake();
    terminal->setInputBlocked(true);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer;
    viewer.attach(hub.attach(viewer, {80, 24}));
    viewer.channel->receiveData(QByteArray(1000, 'a'));
    viewer.channel->receiveData(QByteArray(500, 'b'));
    QTest::qWait(10);
    QCOMPARE(viewer.consumed, 0U);
    terminal->setInputBlocked(false);
    QTRY_COMPARE(viewer.consumed, 1500U);
    QCOMPARE(terminal->received(), QByteArray(1000, 'a') + QByteArray(500, 'b'));
}

void TestTerminalHub::inputOfSeveralViewersInterleaves()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder first;
    ViewerRecorder second;
    ViewerRecorder leaving;
    first.attach(hub.attach(first, {80, 24}));
    second.attach(hub.attach(second, {80, 24}));
    leaving.attach(hub.attach(leaving, {80, 24}));
    first.channel->receiveData("11");
    leaving.channel->receiveData("xxx");
    second.channel->receiveData("2");
    first.channel->receiveData("1");
    leaving.channel.reset(); // what it sent counts for nobody else
    QTRY_COMPARE(terminal->received(), QByteArray("11xxx21"));
    QTRY_COMPARE(first.consumed, 3U);
    QTRY_COMPARE(second.consumed, 1U);
}

void TestTerminalHub::tooMuchInputBreaksTheProtocol()
{
    const auto terminal = fake();
    terminal->setInputBlocked(true);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer;
    viewer.attach(hub.attach(viewer, {80, 24}));
    viewer.channel->receiveData(QByteArray(channelWindowBytes, 'a'));
    QCOMPARE(viewer.closes, 0);
    viewer.channel->receiveData("b");
    QCOMPARE(viewer.closes, 1);
    QCOMPARE(viewer.error->code, ErrorCode::ProtocolError);
    QCOMPARE(hub.info().viewers, 0);
    QVERIFY(hub.isRunning());

    ViewerRecorder other;
    other.attach(hub.attach(other, {80, 24}));
    other.channel->receiveEndOfInput();
    QCOMPARE(other.error->code, ErrorCode::ProtocolError);
}

void TestTerminalHub::wrongAcknowledgementsBreakTheProtocol_data()
{
    QTest::addColumn<quint64>("total");
    QTest::newRow("more than was sent") << quint64(11);
    QTest::newRow("less than before") << quint64(4);
}

void TestTerminalHub::wrongAcknowledgementsBreakTheProtocol()
{
    QFETCH(const quint64, total);
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer(Acknowledge::Never);
    viewer.attach(hub.attach(viewer, {80, 24}));
    emit terminal->output("0123456789");
    viewer.channel->receiveConsumed(5);
    QCOMPARE(viewer.closes, 0);
    viewer.channel->receiveConsumed(total);
    QCOMPARE(viewer.closes, 1);
    QCOMPARE(viewer.error->code, ErrorCode::ProtocolError);
}

void TestTerminalHub::anEndedTerminalStaysViewable()
{
    const auto terminal = fake(FakeTerminal::Program::Shell);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    QSignalSpy ended(&hub, &TerminalHub::ended);
    ViewerRecorder first;
    first.attach(hub.attach(first, {80, 24}));
    first.channel->receiveData("exit 7\r");
    QTRY_COMPARE(first.closes, 1);
    QCOMPARE(first.exitCode, 7);
    QVERIFY(!first.error);
    QCOMPARE(ended.size(), 1);
    QCOMPARE(hub.info().state, TerminalState::Exited);
    QCOMPARE(hub.info().exitCode, 7);

    ViewerRecorder second;
    second.attach(hub.attach(second, {80, 24}));
    QCOMPARE(second.picture(), QByteArray("$ exit 7\r\n"));
    QCOMPARE(second.closes, 1);
    QCOMPARE(second.exitCode, 7);
    second.channel->receiveData("late"); // nobody is hurt
}

void TestTerminalHub::theEndComesAfterTheLastByte()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer(Acknowledge::Never);
    viewer.attach(hub.attach(viewer, {80, 24}));
    emit terminal->output(QByteArray(channelWindowBytes + 100, 'x'));
    emit terminal->ended({.code = 1, .error = {}});
    QCOMPARE(viewer.received, quint64(channelWindowBytes));
    QCOMPARE(viewer.closes, 0);
    viewer.acknowledge();
    QCOMPARE(viewer.received, quint64(channelWindowBytes) + 100);
    QCOMPARE(viewer.closes, 1);
}

void TestTerminalHub::aBrokenConnectionIsLost()
{
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer;
    viewer.attach(hub.attach(viewer, {80, 24}));
    emit terminal->output("x");
    terminal->finish({.code = {}, .error = Error{ErrorCode::Unavailable, u"The connection broke."_s, {}}});
    QTRY_COMPARE(viewer.closes, 1);
    QCOMPARE(viewer.error->message, u"The connection broke."_s);
    QCOMPARE(hub.info().state, TerminalState::Lost);
    hub.lose({ErrorCode::LimitReached, u"The sandbox ran out of memory."_s, {}}); // the provider's word comes later
    QCOMPARE(hub.info().message, u"The sandbox ran out of memory."_s);
}

void TestTerminalHub::aTerminalThatIsForgottenTellsItsViewers()
{
    auto hub = std::make_unique<TerminalHub>(u"t"_s, u"bash"_s, fake(), TerminalSize{}, TerminalHub::Options{});
    ViewerRecorder viewer;
    viewer.attach(hub->attach(viewer, {80, 24}));
    hub.reset();
    QCOMPARE(viewer.closes, 1);
    QVERIFY(viewer.error);
    viewer.channel->receiveData("late");
    viewer.channel->receiveConsumed(0);
    QVERIFY(viewer.channel->resize({80, 25}).has_value());
}

void TestTerminalHub::aViewerMayBeDestroyedWhenItIsClosed()
{
    struct Closing : ViewerRecorder {
        std::vector<std::unique_ptr<ViewerChannel>> *all = nullptr;
        void closed(std::optional<int> code, std::optional<Error> why) override
        {
            ViewerRecorder::closed(code, std::move(why));
            all->clear(); // a connection that ends drops all its channels
        }
    };
    const auto terminal = fake();
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    std::vector<std::unique_ptr<ViewerChannel>> channels;
    Closing sinks[3];
    for (Closing &sink : sinks) {
        sink.all = &channels;
        channels.push_back(hub.attach(sink, {80, 24}));
        channels.back()->begin();
    }
    emit terminal->ended({.code = 0, .error = {}});
    QVERIFY(channels.empty());
    QCOMPARE(sinks[0].closes + sinks[1].closes + sinks[2].closes, 1);
    QCOMPARE(hub.info().viewers, 0);
}

void TestTerminalHub::aHundredMegabytesPass()
{
    constexpr qint64 total = 100 * 1024 * 1024;
    auto terminal = std::make_shared<Firehose>(total, 64 * 1024);
    TerminalHub hub(u"t"_s, u"bash"_s, terminal, {}, {});
    ViewerRecorder viewer;
    viewer.keep = false;
    viewer.attach(hub.attach(viewer, {80, 24}));
    QElapsedTimer time;
    time.start();
    QTRY_COMPARE_WITH_TIMEOUT(viewer.closes, 1, 60'000);
    qInfo("%.0f MB/s", double(total) / (1024 * 1024) / (double(time.nsecsElapsed()) / 1e9));
    QCOMPARE(viewer.received, quint64(total)); // a lone viewer loses nothing
    QCOMPARE(viewer.replays, 1);
    QVERIFY(!viewer.windowBroken);
}

QTEST_GUILESS_MAIN(TestTerminalHub)
#include "tst_terminalhub.moc"
