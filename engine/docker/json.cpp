// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/json.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

bool isTooDeep(const QByteArray &json)
{
    int depth = 0;
    bool inString = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > maxJsonDepth)
                return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

Result<QJsonDocument> parse(const QByteArray &json)
{
    const QString message = u"The container engine sent an answer that cannot be understood."_s;
    if (isTooDeep(json))
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
