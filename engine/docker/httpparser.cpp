// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/httpparser.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qsizetype maxHead = 64 * 1024;
constexpr qsizetype maxChunkLine = 1024;
constexpr qsizetype maxTrailers = 8 * 1024;

std::unexpected<Error> malformed(const char *why)
{
    return fail(ErrorCode::ProtocolError, u"The container engine sent an answer that cannot be understood."_s, QString::fromLatin1(why));
}

/// Digits only, as the standard has it: no sign, no space, at most 18 digits.
std::optional<quint64> number(QByteArrayView text, int base)
{
    const auto isDigit = [base](char c) { return (c >= '0' && c <= '9') || (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))); };
    if (text.isEmpty() || text.size() > (base == 16 ? 15 : 18) || !std::all_of(text.begin(), text.end(), isDigit))
        return std::nullopt;
    return text.toULongLong(nullptr, base);
}

} // namespace

QByteArray ResponseHead::header(QByteArrayView lowerCaseName) const
{
    for (const auto &[name, value] : headers) {
        if (name == lowerCaseName)
            return value;
    }
    return {};
}

Result<ResponseHead> parseHead(QByteArrayView text)
{
    ResponseHead head;
    bool first = true;
    while (!text.isEmpty()) {
        const qsizetype end = text.indexOf('\n');
        QByteArrayView line = end < 0 ? text : text.first(end);
        text = end < 0 ? QByteArrayView() : text.sliced(end + 1);
        if (line.endsWith('\r'))
            line.chop(1);
        if (std::exchange(first, false)) {
            const bool known = line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 ");
            const std::optional<quint64> status = known ? number(line.sliced(9).first(std::min<qsizetype>(3, line.size() - 9)), 10) : std::nullopt;
            if (!status || *status < 100 || *status > 599 || (line.size() > 12 && line[12] != ' '))
                return malformed("no HTTP/1 status line");
            head.status = static_cast<int>(*status);
            continue;
        }
        const qsizetype colon = line.indexOf(':');
        if (colon <= 0 || line.contains('\0'))
            return malformed("malformed header line");
        head.headers.append({line.first(colon).toByteArray().toLower(), line.sliced(colon + 1).trimmed().toByteArray()});
    }
    if (first)
        return malformed("empty head");
    return head;
}

std::unexpected<Error> ResponseParser::broken(const char *why)
{
    m_state = State::Broken;
    return malformed(why);
}

Result<void> ResponseParser::takeHead()
{
    Result<ResponseHead> head = parseHead(QByteArrayView(m_line).trimmed());
    m_line.clear();
    if (!head) {
        m_state = State::Broken;
        return std::unexpected(head.error());
    }
    if (head->status < 200 && head->status != 101)
        return {}; // 100 Continue: the answer proper follows
    m_head = *std::move(head);
    return chooseBody();
}

Result<void> ResponseParser::chooseBody()
{
    const int status = m_head->status;
    if (status == 101 && m_upgrade == Upgrade::No)
        return broken("an upgrade that was not asked for");
    if (m_upgrade == Upgrade::Allowed && (status == 101 || status == 200)) {
        m_state = State::UntilClose;
        return {};
    }
    std::optional<quint64> length;
    for (const auto &[name, value] : m_head->headers) {
        if (name != "content-length")
            continue;
        const std::optional<quint64> one = number(value, 10);
        if (!one || (length && *length != *one))
            return broken("contradictory content length");
        length = one;
    }
    const QByteArray coding = m_head->header("transfer-encoding").toLower();
    if (!coding.isEmpty() && coding != "chunked" && coding != "identity")
        return broken("unknown transfer encoding");
    m_left = length.value_or(0);
    if (status == 204 || status == 304)
        m_state = State::Done;
    else if (coding == "chunked")
        m_state = State::ChunkSize;
    else if (length)
        m_state = m_left > 0 ? State::Length : State::Done;
    else
        m_state = State::UntilClose;
    return {};
}

/// `line` is the last portion of the line in m_line, with its line end.
Result<void> ResponseParser::feedLine(QByteArrayView portion)
{
    m_line.append(portion);
    const bool complete = m_line.endsWith('\n');
    if (m_state == State::Head) {
        if (m_line.size() > maxHead)
            return broken("head larger than 64 KiB");
        if (m_line.endsWith("\r\n\r\n") || m_line.endsWith("\n\n"))
            return takeHead();
        return {};
    }
    if (m_line.size() > maxChunkLine)
        return broken("chunk line too long");
    if (!complete)
        return {};
    const QByteArray line = m_line.trimmed();
    m_line.clear();
    if (m_state == State::ChunkSize) {
        const std::optional<quint64> size = number(QByteArrayView(line).first(line.contains(';') ? line.indexOf(';') : line.size()).trimmed(), 16);
        if (!size)
            return broken("malformed chunk size");
        m_left = *size;
        m_state = m_left > 0 ? State::ChunkData : State::Trailers;
    } else if (m_state == State::ChunkEnd) {
        if (!line.isEmpty())
            return broken("chunk longer than it said");
        m_state = State::ChunkSize;
    } else if (line.isEmpty()) { // the empty line after the trailers
        m_state = State::Done;
    } else if ((m_trailerBytes += line.size()) > maxTrailers) {
        return broken("trailers too long");
    }
    return {};
}

Result<QByteArray> ResponseParser::feed(const QByteArray &bytes)
{
    QByteArray body;
    QByteArrayView rest(bytes);
    while (!rest.isEmpty()) {
        switch (m_state) {
        case State::Broken:
        case State::Done:
            return broken("bytes after the end of the answer");
        case State::UntilClose:
            return rest.size() == bytes.size() ? bytes : body + rest.toByteArray();
        case State::Length:
        case State::ChunkData: {
            const qsizetype count = static_cast<qsizetype>(std::min<quint64>(m_left, static_cast<quint64>(rest.size())));
            if (count == bytes.size())
                body = bytes;
            else
                body.append(rest.first(count));
            rest = rest.sliced(count);
            m_left -= static_cast<quint64>(count);
            if (m_left == 0)
                m_state = m_state == State::Length ? State::Done : State::ChunkEnd;
            break;
        }
        case State::Head:
        case State::ChunkSize:
        case State::ChunkEnd:
        case State::Trailers: {
            const qsizetype end = rest.indexOf('\n');
            const qsizetype count = end < 0 ? rest.size() : end + 1;
            if (const Result<void> fed = feedLine(rest.first(count)); !fed)
                return std::unexpected(fed.error());
            rest = rest.sliced(count);
            break;
        }
        }
    }
    return body;
}

Result<void> ResponseParser::finish()
{
    if (m_state == State::UntilClose)
        m_state = State::Done;
    if (m_state != State::Done)
        return fail(ErrorCode::Unavailable, u"The container engine ended the connection in the middle of its answer."_s, u"answer cut off"_s);
    return {};
}

} // namespace capsule::docker
