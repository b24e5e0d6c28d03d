// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/json.h"

#include "base/jsondepth.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

Result<QJsonDocument> parse(const QByteArray &json)
{
    const QString message = u"The container engine sent an answer that cannot be understood."_s;
    if (isNestedDeeper(json, maxJsonDepth))
        return fail(ErrorCode::ProtocolError, message, u"JSON nested deeper than %1 levels"_s.arg(maxJsonDepth));
    QJsonParseError error;
    QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError) {
        return fail(ErrorCode::ProtocolError, message,
                    u"%1 at %2: %3"_s.arg(error.errorString()).arg(error.offset).arg(QString::fromUtf8(json.first(std::min<qsizetype>(json.size(), 200)))));
    }
    return document;
}

} // namespace

Result<QJsonObject> parseObject(const QByteArray &json)
{
    const Result<QJsonDocument> document = parse(json);
    if (!document)
        return std::unexpected(document.error());
    if (!document->isObject())
        return fail(ErrorCode::ProtocolError, u"The container engine sent an answer that cannot be understood."_s, u"not an object"_s);
    return document->object();
}

Result<QJsonArray> parseArray(const QByteArray &json)
{
    if (json.trimmed() == "null") // how Podman says that a list is empty
        return QJsonArray();
    const Result<QJsonDocument> document = parse(json);
    if (!document)
        return std::unexpected(document.error());
    if (!document->isArray())
        return fail(ErrorCode::ProtocolError, u"The container engine sent an answer that cannot be understood."_s, u"not a list"_s);
    return document->array();
}

} // namespace capsule::docker
