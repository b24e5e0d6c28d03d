// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/jsonrpc.h"

#include "base/jsondepth.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace capsule::jsonrpc {

namespace {

constexpr int maxDepth = 64;
constexpr int methodNotFoundCode = -32601;

std::unexpected<Error> broken(const QString &what)
{
    return fail(ErrorCode::ProtocolError, u"A message was not valid JSON-RPC 2.0."_s, what);
}

bool isValidId(const QJsonValue &id)
{
    return (id.isString() && id.toString().size() <= 64) || (id.isDouble() && double(id.toInteger()) == id.toDouble());
}

Result<Message> parseRequest(const QJsonObject &object)
{
    const QJsonValue params = object.value("params"_L1);
    if (!params.isUndefined() && !params.isObject())
        return broken(u"params must be an object"_s);
    const QJsonValue id = object.value("id"_L1);
    if (!id.isUndefined() && !isValidId(id))
        return broken(u"id must be a whole number or a short string"_s);
    return Request{id, object.value("method"_L1).toString(), params.toObject()};
}

Result<Message> parseResponse(const QJsonObject &object)
{
    const QJsonValue id = object.value("id"_L1);
    if (!isValidId(id) && !id.isNull())
        return broken(u"a response without id"_s);
    if (object.contains("result"_L1))
        return Response{id, object.value("result"_L1).toObject()};
    const QJsonObject error = object.value("error"_L1).toObject();
    if (error.isEmpty())
        return broken(u"neither method, result nor error"_s);
    const QJsonObject data = error.value("data"_L1).toObject();
    const auto code = wire::enumFromString<ErrorCode>(data.value("code"_L1).toString()).value_or(ErrorCode::Internal);
    return Response{id, fail(code, error.value("message"_L1).toString(), data.value("detail"_L1).toString())};
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace

Result<Message> parse(const QByteArray &text)
{
    if (text.size() > maxMessageBytes)
        return fail(ErrorCode::TooLarge, u"A message was larger than 1 MiB."_s);
    if (isNestedDeeper(text, maxDepth))
        return broken(u"nested deeper than %1"_s.arg(maxDepth));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError)
        return broken(error.errorString());
    if (!document.isObject())
        return broken(u"a message must be one object"_s);
    const QJsonObject object = document.object();
    if (object.value("jsonrpc"_L1) != "2.0"_L1)
        return broken(u"\"jsonrpc\" must be \"2.0\""_s);
    return object.value("method"_L1).isString() ? parseRequest(object) : parseResponse(object);
}

QByteArray request(qint64 id, const QString &method, const QJsonObject &params)
{
    return compact({{u"jsonrpc"_s, u"2.0"_s}, {u"id"_s, id}, {u"method"_s, method}, {u"params"_s, params}});
}

QByteArray notification(const QString &method, const QJsonObject &params)
{
    return compact({{u"jsonrpc"_s, u"2.0"_s}, {u"method"_s, method}, {u"params"_s, params}});
}

QByteArray response(const QJsonValue &id, const Result<QJsonObject> &result)
{
    QJsonObject object{{u"jsonrpc"_s, u"2.0"_s}, {u"id"_s, id.isUndefined() ? QJsonValue(QJsonValue::Null) : id}};
    if (result) {
        object.insert("result"_L1, *result);
    } else {
        const Error &error = result.error();
        const bool unknownMethod = error == methodNotFound(error.detail);
        object.insert("error"_L1,
                      QJsonObject{{u"code"_s, unknownMethod ? methodNotFoundCode : mappingOf(error.code).jsonRpc},
                                  {u"message"_s, error.message},
                                  {u"data"_s, QJsonObject{{u"code"_s, wire::enumToString(error.code)}, {u"detail"_s, error.detail}}}});
    }
    return compact(object);
}

Error methodNotFound(const QString &method)
{
    return {ErrorCode::Unsupported, u"This engine does not know that method; update Capsule."_s, method};
}

} // namespace capsule::jsonrpc
