// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/terminalviewer.h"

#include <QTimer>

namespace capsule::test {

/// A client at the end of a channel: keeps what it is sent, checks the window, and acknowledges as told.
class ViewerRecorder : public ChannelSink
{
public:
    enum class Acknowledge { AtOnce, Never };
    explicit ViewerRecorder(Acknowledge acknowledge = Acknowledge::AtOnce)
        : m_acknowledge(acknowledge)
    {
    }

    void sendData(FrameKind kind, QByteArrayView bytes) override
    {
        windowBroken = windowBroken || bytes.size() > channelMaxFrameBytes || bytes.isEmpty();
        received += quint64(bytes.size());
        windowBroken = windowBroken || received - acknowledged > quint64(channelWindowBytes);
        ++frames;
        if (kind == FrameKind::ErrorData) {
            errorOutput += bytes;
        } else if (replayLeft > 0) {
            replayBroken = replayBroken || quint64(bytes.size()) > replayLeft;
            replayLeft -= quint64(bytes.size());
            if (keep)
                replay += bytes;
        } else {
            liveBytes += quint64(bytes.size());
            if (keep)
                live += bytes;
        }
        if (m_acknowledge == Acknowledge::AtOnce && !std::exchange(m_scheduled, true))
            QTimer::singleShot(0, &m_context, [this] { m_scheduled = false; acknowledge(); });
    }
    void sendReplay(quint64 bytes) override
    {
        ++replays;
        replayBroken = replayBroken || replayLeft > 0;
        replayLeft = bytes;
        replay.clear();
        live.clear();
    }
    void sendConsumed(quint64 total) override { consumed = total; }
    void closed(std::optional<int> code, std::optional<Error> why) override
    {
        ++closes;
        exitCode = code;
        error = std::move(why);
    }

    void attach(std::unique_ptr<ViewerChannel> given)
    {
        channel = std::move(given);
        channel->begin();
    }
    void acknowledge()
    {
        acknowledged = received;
        if (channel)
            channel->receiveConsumed(received);
    }
    QByteArray picture() const { return replay + live; }

    std::unique_ptr<ViewerChannel> channel;
    QByteArray replay; ///< the last one
    QByteArray live;   ///< since the last replay
    QByteArray errorOutput;
    quint64 liveBytes = 0;
    quint64 received = 0;
    quint64 acknowledged = 0;
    quint64 replayLeft = 0;
    quint64 consumed = 0;
    int replays = 0;
    int frames = 0;
    int closes = 0;
    bool keep = true;
    bool windowBroken = false; ///< the engine sent more than the window, or a frame of a wrong size
    bool replayBroken = false; ///< a replay was longer or shorter than announced
    std::optional<int> exitCode;
    std::optional<Error> error;

private:
    Acknowledge m_acknowledge;
    QObject m_context;
    bool m_scheduled = false;
};

} // namespace capsule::test
