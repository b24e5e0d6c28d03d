// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/errorcodes.h"

#include <QJsonValue>

#include <variant>

/// JSON-RPC 2.0 messages (https://www.jsonrpc.org/specification). Batches are refused: the WebSocket
/// already pipelines. Ids are whole numbers or strings of at most 64 characters.
namespace capsule::jsonrpc {

inline constexpr qsizetype maxMessageBytes = 1024 * 1024;

struct Request {
    QJsonValue id; ///< Undefined: a notification, no answer
    QString method;
    QJsonObject params;
};
struct Response {
    QJsonValue id;
    Result<QJsonObject> result;
};
using Message = std::variant<Request, Response>;

/// ProtocolError: not JSON, too large, nested deeper than 64, or not JSON-RPC 2.0.
Result<Message> parse(const QByteArray &text);

QByteArray request(qint64 id, const QString &method, const QJsonObject &params);
QByteArray notification(const QString &method, const QJsonObject &params);
QByteArray response(const QJsonValue &id, const Result<QJsonObject> &result);

/// JSON-RPC's own "method not found" (-32601).
Error methodNotFound(const QString &method);

} // namespace capsule::jsonrpc
