// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/events.h"

#include "docker/errors.h"
#include "docker/httpstream.h"
#include "docker/json.h"

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qsizetype maxLine = 1024 * 1024;

QString dockersName(const QString &action)
{
    static const QHash<QString, QString> podmans{
        {u"died"_s, u"die"_s}, {u"exec_died"_s, u"exec_die"_s}, {u"remove"_s, u"destroy"_s}, {u"removed"_s, u"destroy"_s}, {u"unpaused"_s, u"unpause"_s}};
    return podmans.value(action, action);
}

} // namespace

Result<Event> parseEvent(const QByteArray &text)
{
    const Result<QJsonObject> json = parseObject(text);
    if (!json)
        return std::unexpected(json.error());
    const QJsonObject actor = json->value("Actor"_L1).toObject();
    Event event{.type = json->value("Type"_L1).toString(),
                .action = json->value("Action"_L1).toString(json->value("status"_L1).toString()),
                .id = actor.value("ID"_L1).toString(json->value("id"_L1).toString()),
                .timeNano = json->value("timeNano"_L1).toInteger()};
    if (event.type.isEmpty() || event.action.isEmpty())
        return fail(ErrorCode::ProtocolError, u"The container engine sent an event that cannot be understood."_s, QString::fromUtf8(text.first(std::min<qsizetype>(text.size(), 200))));
    if (event.type == "container"_L1)
        event.action = dockersName(event.action);
    const QJsonObject attributes = actor.value("Attributes"_L1).toObject();
    for (auto it = attributes.begin(); it != attributes.end(); ++it)
        event.attributes.insert(it.key(), it.value().toString());
    // Podman's own name for it.
    if (event.attributes.contains(u"containerExitCode"_s) && !event.attributes.contains(u"exitCode"_s))
        event.attributes.insert(u"exitCode"_s, event.attributes.value(u"containerExitCode"_s));
    return event;
}

EventStream::EventStream(Client &client, const QStringList &labels, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_labels(labels)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &EventStream::connectNow);
    m_retry.start(0);
}

EventStream::~EventStream() = default;

void EventStream::setBackOff(std::chrono::milliseconds first, std::chrono::milliseconds last)
{
    m_firstDelay = m_delay = first;
    m_lastDelay = last;
}

void EventStream::connectNow()
{
    m_line.clear();
    StreamRequest request{.path = u"/events"_s, .what = u"report events"_s};
    if (!m_labels.isEmpty())
        request.query = query({{u"filters"_s, labelFilter(m_labels)}});
    m_stream = new HttpStream(m_client, std::move(request), this);
    connect(m_stream, &HttpStream::answered, this, [this] {
        m_connected = true;
        m_delay = m_firstDelay;
        emit connected();
    });
    connect(m_stream, &HttpStream::data, this, &EventStream::take);
    connect(m_stream, &HttpStream::finished, this, &EventStream::lost);
}

void EventStream::take(const QByteArray &bytes)
{
    const QPointer<EventStream> alive(this);
    const QPointer<HttpStream> stream(m_stream);
    m_line += bytes;
    for (qsizetype end = m_line.indexOf('\n'); end >= 0; end = m_line.indexOf('\n')) {
        const QByteArray line = m_line.first(end).trimmed();
        m_line.remove(0, end + 1);
        if (line.isEmpty())
            continue;
        if (const Result<Event> parsed = parseEvent(line))
            emit event(*parsed);
        if (!alive)
            return;
    }
    if (m_line.size() > maxLine && stream)
        stream->cancel();
}

void EventStream::lost(const Result<void> &result)
{
    m_stream->deleteLater();
    m_connected = false;
    m_client.forgetVersion();
    m_retry.start(m_delay);
    m_delay = std::min(m_delay * 2, m_lastDelay);
    emit disconnected(result ? lostError(u"report events"_s, u"the stream ended"_s) : result.error());
}

} // namespace capsule::docker
