// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminalview.h"

#include "gui/guimain.h"
#include "gui/terminal/fakesource.h"

#include <QElapsedTimer>
#include <QFile>
#include <QHBoxLayout>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::FakeSource;

class TestTerminalFlood : public QObject
{
    Q_OBJECT

    static qint64 residentKiB()
    {
        QFile status(u"/proc/self/status"_s);
        if (!status.open(QIODevice::ReadOnly))
            return 0;
        for (const QByteArray &line : status.readAll().split('\n')) {
            if (line.startsWith("VmRSS:"))
                return line.simplified().split(' ').at(1).toLongLong();
        }
        return 0;
    }
    static FakeSource *attach(TerminalView &view)
    {
        auto source = std::make_unique<FakeSource>();
        FakeSource *raw = source.get();
        view.attach(std::move(source));
        return raw;
    }

private slots:
    /// 100 MB into one terminal: the window answers within 100 ms, a second terminal echoes, memory stays bounded.
    void theWindowAnswersDuringAFlood()
    {
        QWidget window;
        auto *row = new QHBoxLayout(&window);
        auto *flooded = new TerminalView({});
        auto *usable = new TerminalView({});
        row->addWidget(flooded);
        row->addWidget(usable);
        window.resize(1200, 700);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::qWait(200);
        FakeSource *flood = attach(*flooded);
        FakeSource *echo = attach(*usable);
        const QByteArray text = test::mixedText(1'000'000);
        flood->flood(text, 12'000'000); // fills the history
        QTRY_VERIFY_WITH_TIMEOUT(!flood->isFlooding(), 20'000);
        const qint64 before = residentKiB();

        QElapsedTimer sinceBeat;
        QElapsedTimer sinceEcho;
        qint64 largestGap = 0;
        qint64 slowestEcho = 0;
        qint64 beats = 0;
        qint64 echoed = 0;
        QTimer heartbeat;
        connect(&heartbeat, &QTimer::timeout, this, [&] {
            largestGap = qMax(largestGap, sinceBeat.restart());
            ++beats;
        });
        QTimer keys;
        connect(&keys, &QTimer::timeout, this, [&] {
            if (echo->used < echo->sent)
                slowestEcho = qMax(slowestEcho, sinceEcho.elapsed());
            else {
                sinceEcho.start();
                ++echoed;
                echo->send("k");
            }
        });
        QElapsedTimer total;
        total.start();
        sinceBeat.start();
        heartbeat.start(10);
        keys.start(20);
        flood->flood(text, 100'000'000);
        QTRY_VERIFY_WITH_TIMEOUT(!flood->isFlooding(), 90'000);
        qInfo("100 MB in %lld ms, largest gap %lld ms, slowest echo %lld ms of %lld, RSS grew %lld KiB", total.elapsed(), largestGap,
              slowestEcho, echoed, residentKiB() - before);
        QVERIFY2(largestGap <= 100, qPrintable(QString::number(largestGap)));
        QVERIFY(beats > 20);
        QVERIFY(slowestEcho <= 100);
        QVERIFY(echoed > 20);
        QVERIFY(flood->mostUnderWay <= channelWindowBytes);
        QVERIFY2(residentKiB() - before < 32 * 1024, qPrintable(QString::number(residentKiB() - before)));
    }

    /// Sequences that cost far more than their length must not hold the window either.
    void costlySequencesDoNotHoldTheWindow_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("insert lines") << QByteArray("\x1b[H\x1b[4095L").repeated(20'000);
        QTest::newRow("scroll") << QByteArray("\x1b[4095S\x1b[4095T").repeated(15'000);
        QTest::newRow("repeat") << QByteArray("x\x1b[4095b").repeated(10'000);
        QTest::newRow("switch screens") << QByteArray("\x1b[?1049h\x1b[?1049l").repeated(15'000);
        QTest::newRow("titles") << QByteArray("\x1b]0;title\x07").repeated(20'000);
        QTest::newRow("bells") << QByteArray(200'000, '\a');
        QTest::newRow("device attributes") << QByteArray("\x1b[c").repeated(50'000);
    }
    void costlySequencesDoNotHoldTheWindow()
    {
        QFETCH(QByteArray, text);
        TerminalView view({});
        view.resize(900, 560);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        FakeSource *source = attach(view);
        QElapsedTimer sinceBeat;
        qint64 largestGap = 0;
        QTimer heartbeat;
        connect(&heartbeat, &QTimer::timeout, this, [&] { largestGap = qMax(largestGap, sinceBeat.restart()); });
        sinceBeat.start();
        heartbeat.start(5);
        source->flood(text, text.size());
        QTRY_VERIFY_WITH_TIMEOUT(!source->isFlooding(), 60'000);
        qInfo("%lld KB, largest gap %lld ms", text.size() / 1000, largestGap);
        QVERIFY2(largestGap <= 100, qPrintable(QString::number(largestGap)));
    }
};

CAPSULE_GUI_MAIN(TestTerminalFlood)
#include "tst_terminalflood.moc"
