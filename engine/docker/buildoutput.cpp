// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/buildoutput.h"

#include "docker/json.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

constexpr qsizetype maxLine = 1024 * 1024;
constexpr qsizetype maxLayers = 1000;

bool isImageId(const QString &text)
{
    static const QRegularExpression id(u"^(sha256:)?[0-9a-f]{64}\\z"_s);
    return id.match(text).hasMatch();
}

/// Docker: "Step 3/12 : RUN ...", Podman: "STEP 3/12: RUN ...".
void readStep(BuildMessage &message)
{
    static const QRegularExpression step(u"^(?:Step|STEP) (\\d{1,5})/(\\d{1,5}) ?:"_s);
    if (const QRegularExpressionMatch match = step.match(message.output); match.hasMatch()) {
        message.step = match.capturedView(1).toInt();
        message.steps = match.capturedView(2).toInt();
    }
}

void readStatus(BuildMessage &message, const QJsonObject &json)
{
    const QString status = json.value("status"_L1).toString();
    if (isImageId(status)) { // an import's answer
        message.imageId = status.startsWith("sha256:"_L1) ? status : u"sha256:"_s + status;
        return;
    }
    const QJsonObject progress = json.value("progressDetail"_L1).toObject();
    const QString layer = json.value("id"_L1).toString();
    if (progress.contains("current"_L1) || progress.contains("total"_L1)) {
        // The same bytes come twice, down the line and out of the archive; what is downloaded is what takes time.
        if (status == "Downloading"_L1) {
            message.layer = layer;
            message.done = progress.value("current"_L1).toInteger();
            message.total = progress.value("total"_L1).toInteger();
        }
        return;
    }
    message.output = (layer.isEmpty() ? status : layer + u": "_s + status) + u'\n';
}

} // namespace

Result<BuildMessage> parseBuildMessage(const QByteArray &text)
{
    const Result<QJsonObject> json = parseObject(text);
    if (!json)
        return std::unexpected(json.error());
    BuildMessage message;
    message.output = json->value("stream"_L1).toString();
    message.imageId = json->value("aux"_L1).toObject().value("ID"_L1).toString();
    message.error = json->value("errorDetail"_L1).toObject().value("message"_L1).toString();
    if (message.error.isEmpty())
        message.error = json->value("error"_L1).toString();
    if (json->contains("status"_L1))
        readStatus(message, *json);
    readStep(message);
    return message;
}

Result<QList<BuildMessage>> BuildOutputParser::feed(const QByteArray &bytes)
{
    QList<BuildMessage> messages;
    qsizetype at = 0;
    while (at < bytes.size()) {
        const qsizetype end = bytes.indexOf('\n', at);
        const qsizetype count = (end < 0 ? bytes.size() : end) - at;
        if (m_line.size() + count > maxLine)
            return fail(ErrorCode::TooLarge, u"The container engine sent a line that is too long."_s);
        m_line.append(bytes.constData() + at, count);
        at += count + 1;
        if (end < 0)
            break;
        const Result<QList<BuildMessage>> one = finish();
        if (!one)
            return one;
        messages.append(*one);
    }
    return messages;
}

Result<QList<BuildMessage>> BuildOutputParser::finish()
{
    const QByteArray line = std::exchange(m_line, {}).trimmed();
    if (line.isEmpty())
        return QList<BuildMessage>();
    const Result<BuildMessage> message = parseBuildMessage(line);
    if (!message)
        return std::unexpected(message.error());
    return QList<BuildMessage>{*message};
}

void TransferSum::add(const QString &layer, qint64 done, qint64 total)
{
    if (m_layers.size() < maxLayers || m_layers.contains(layer))
        m_layers.insert(layer, {std::max<qint64>(0, done), std::max<qint64>(0, total)});
}

qint64 TransferSum::done() const
{
    qint64 sum = 0;
    for (const auto &[done, total] : m_layers)
        sum += done;
    return sum;
}

qint64 TransferSum::total() const
{
    qint64 sum = 0;
    for (const auto &[done, total] : m_layers)
        sum += std::max(done, total);
    return sum;
}

} // namespace capsule::docker
