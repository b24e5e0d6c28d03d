// SPDX-License-Identifier: GPL-3.0-or-later
#include "flood.h"

#include "driver.h"

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace capsule::bench {

namespace {

constexpr auto doneMarker = "flood-is-done";

} // namespace

CountingSource::CountingSource(std::unique_ptr<ByteStream> stream)
    : m_inner(byteStreamSource(std::move(stream)))
{
    connect(m_inner.get(), &TerminalSource::replayStarted, this, &TerminalSource::replayStarted);
    connect(m_inner.get(), &TerminalSource::closed, this, &TerminalSource::closed);
    connect(m_inner.get(), &TerminalSource::output, this, [this](const QByteArray &bytes) {
        received += bytes.size();
        tail = (tail + bytes.last(qMin<qsizetype>(bytes.size(), 512))).last(qMin<qsizetype>(tail.size() + bytes.size(), 512));
        emit output(bytes);
    });
}

void CountingSource::consumed(qint64 bytes)
{
    parsed += bytes;
    m_inner->consumed(bytes);
    emit parsedMore();
}

Flood::Flood(const QString &terminalId, const QString &echoTerminalId, const QString &file)
    : m_terminalId(terminalId)
    , m_echoTerminalId(echoTerminalId)
    , m_file(file)
    , m_view([] {
        TerminalAppearance appearance;
        appearance.font = QFont(u"DejaVu Sans Mono"_s, 11);
        return appearance;
    }())
{
    m_view.setWindowTitle(u"capsule-bench"_s);
    m_view.resize(1000, 640);
    m_view.show();
    connect(&m_client, &EngineClient::connected, this, &Flood::attach);
    m_client.connectToEngine();
    connect(&m_heartbeat, &QTimer::timeout, this, [this] { m_largestGap = qMax(m_largestGap, m_sinceBeat.restart()); });
    connect(&m_keys, &QTimer::timeout, this, &Flood::pressKey);
    QTimer::singleShot(300'000, this, [] {
        std::fputs("capsule-bench: the flood did not end within five minutes\n", stderr);
        QCoreApplication::exit(1);
    });
}

void Flood::attach()
{
    auto source = std::make_unique<CountingSource>(m_client.attachTerminal({.terminalId = m_terminalId, .size = m_view.terminalSize()}));
    m_source = source.get();
    m_view.attach(std::move(source));
    m_echo = m_client.attachTerminal({.terminalId = m_echoTerminalId, .size = {}});
    connect(m_echo.get(), &ByteStream::output, this, [this](const QByteArray &bytes) {
        m_echo->consumed(bytes.size());
        if (m_waitingForEcho && bytes.contains('x')) {
            m_echoes.push_back(msSince(m_sinceKey));
            m_waitingForEcho = false;
        }
    });
    QTimer::singleShot(2000, this, &Flood::start); // prompt and window are there, the first size is told
}

void Flood::start()
{
    connect(m_source, &CountingSource::parsedMore, this, &Flood::finishWhenParsed);
    m_sinceBeat.start();
    m_heartbeat.start(10);
    m_keys.start(50);
    m_total.start();
    // In two parts, so that the echoed command is not taken for its output.
    m_source->write(u"cat %1; echo flood-is''-done\r"_s.arg(m_file).toUtf8());
}

void Flood::pressKey()
{
    if (m_waitingForEcho)
        return;
    m_waitingForEcho = true;
    m_sinceKey.start();
    m_echo->write("x");
}

void Flood::finishWhenParsed()
{
    if (m_source->parsed < m_source->received || !m_source->tail.contains(doneMarker))
        return;
    const double ms = msSince(m_total);
    QJsonArray echoes;
    for (const double echo : m_echoes)
        echoes.append(echo);
    const QJsonObject result{{u"ms"_s, ms},
                             {u"bytes"_s, m_source->parsed},
                             {u"largest_gap_ms"_s, m_largestGap},
                             {u"echo_ms"_s, echoes},
                             {u"columns"_s, m_view.terminalSize().columns},
                             {u"rows"_s, m_view.terminalSize().rows}};
    std::puts(QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    m_source->disconnect(this);
    // The orchestrator reads our memory before it closes our input.
    m_heartbeat.stop();
    m_keys.stop();
}

} // namespace capsule::bench
