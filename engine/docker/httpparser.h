// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QList>

#include <optional>
#include <utility>

namespace capsule::docker {

struct ResponseHead {
    int status = 0;
    QList<std::pair<QByteArray, QByteArray>> headers{}; ///< names in lower case

    QByteArray header(QByteArrayView lowerCaseName) const; ///< the first of that name
};

/// An HTTP/1.1 response, parsed as it arrives in any portions. Bounds: 64 KiB of head, 16 hex digits of chunk
/// size, 8 KiB of trailers. Body bytes are handed on, not collected. Heads of 1xx other than 101 are skipped.
class ResponseParser
{
public:
    /// Whether there is a body by nature of the request (HEAD has none).
    enum class Upgrade { No, Allowed };
    explicit ResponseParser(Upgrade upgrade = Upgrade::No) : m_upgrade(upgrade) {}

    /// Takes all of `bytes` and returns the body bytes among them. Bytes after the end of the response are an error.
    /// With Upgrade::Allowed, all that follows a 101 or 200 head is body.
    Result<QByteArray> feed(const QByteArray &bytes);

    /// The other side closed. An error when the response was not complete.
    Result<void> finish();

    const std::optional<ResponseHead> &head() const { return m_head; }
    bool isComplete() const { return m_state == State::Done; }

private:
    enum class State { Head, Length, ChunkSize, ChunkData, ChunkEnd, Trailers, UntilClose, Done, Broken };

    Result<void> takeHead();
    Result<void> chooseBody();
    Result<void> feedLine(QByteArrayView line);
    std::unexpected<Error> broken(const char *why);

    Upgrade m_upgrade;
    State m_state = State::Head;
    QByteArray m_line; ///< head, or chunk line, so far
    std::optional<ResponseHead> m_head;
    quint64 m_left = 0;
    qsizetype m_trailerBytes = 0;
};

/// Parses a complete head without its closing empty line.
Result<ResponseHead> parseHead(QByteArrayView text);

} // namespace capsule::docker
