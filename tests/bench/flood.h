// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/bytestream.h"
#include "client/engineclient.h"
#include "desktop/terminal/terminalsource.h"
#include "desktop/terminal/terminalview.h"

#include <QElapsedTimer>
#include <QTimer>

namespace capsule::bench {

/// Counts what passes between the engine's stream and the view.
class CountingSource : public TerminalSource
{
    Q_OBJECT
public:
    explicit CountingSource(std::unique_ptr<ByteStream> stream);

    void write(const QByteArray &bytes) override { m_inner->write(bytes); }
    qint64 bytesToWrite() const override { return m_inner->bytesToWrite(); }
    void resize(TerminalSize size) override { m_inner->resize(size); }
    void consumed(qint64 bytes) override;

    qint64 received = 0;
    qint64 parsed = 0;
    QByteArray tail; ///< of the output

signals:
    void parsedMore();

private:
    std::unique_ptr<TerminalSource> m_inner;
};

/// Shows a terminal in a window, prints a file in it, and measures until the widget has parsed the last
/// byte; meanwhile the largest gap of a 10 ms heartbeat, and key to echo of a second terminal whose stream
/// lives on the same (GUI) thread. Prints one JSON object and quits.
class Flood : public QObject
{
    Q_OBJECT
public:
    Flood(const QString &terminalId, const QString &echoTerminalId, const QString &file);

private:
    void attach();
    void start();
    void finishWhenParsed();
    void pressKey();

    const QString m_terminalId;
    const QString m_echoTerminalId;
    const QString m_file;
    EngineClient m_client;
    TerminalView m_view;
    CountingSource *m_source = nullptr;
    std::unique_ptr<ByteStream> m_echo;
    QTimer m_heartbeat;
    QTimer m_keys;
    QElapsedTimer m_total;
    QElapsedTimer m_sinceBeat;
    QElapsedTimer m_sinceKey;
    qint64 m_largestGap = 0;
    bool m_waitingForEcho = false;
    std::vector<double> m_echoes;
};

} // namespace capsule::bench
