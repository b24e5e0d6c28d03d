// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/wire.h"

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace capsule::wire::detail {

namespace {

// JSON numbers are doubles: beyond 2^53 an integer is no longer exact.
constexpr double exactIntegerLimit = 9007199254740992.0;

bool isExactInteger(const QJsonValue &json)
{
    const double number = json.toDouble(std::numeric_limits<double>::quiet_NaN());
    return json.isDouble() && std::trunc(number) == number && std::abs(number) <= exactIntegerLimit;
}

} // namespace

Result<void> wrongType(const QString &path, const char *expected)
{
    return fail(ErrorCode::InvalidArgument, u"\"%1\" must be %2."_s.arg(path.isEmpty() ? u"params"_s : path, QString::fromUtf8(expected)));
}

Result<void> decode(const QJsonValue &json, QString &value, const QString &path)
{
    if (!json.isString())
        return wrongType(path, "a string");
    value = json.toString();
    return {};
}

Result<void> decode(const QJsonValue &json, bool &value, const QString &path)
{
    if (!json.isBool())
        return wrongType(path, "true or false");
    value = json.toBool();
    return {};
}

Result<void> decode(const QJsonValue &json, int &value, const QString &path)
{
    qint64 wide = 0;
    if (auto read = decode(json, wide, path); !read)
        return read;
    if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max())
        return wrongType(path, "a number of 32 bits");
    value = int(wide);
    return {};
}

Result<void> decode(const QJsonValue &json, qint64 &value, const QString &path)
{
    if (!isExactInteger(json))
        return wrongType(path, "a whole number");
    value = json.toInteger();
    return {};
}

Result<void> decode(const QJsonValue &json, double &value, const QString &path)
{
    if (!json.isDouble())
        return wrongType(path, "a number");
    value = json.toDouble();
    return {};
}

Result<void> decode(const QJsonValue &json, QJsonObject &value, const QString &path)
{
    if (!json.isObject())
        return wrongType(path, "an object");
    value = json.toObject();
    return {};
}

Result<void> decode(const QJsonValue &json, QByteArray &value, const QString &path)
{
    const auto decoded = QByteArray::fromBase64Encoding(json.toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (!json.isString() || !decoded)
        return wrongType(path, "a base64 string");
    value = *decoded;
    return {};
}

Result<void> decode(const QJsonValue &json, QDateTime &value, const QString &path)
{
    const auto time = QDateTime::fromString(json.toString(), Qt::ISODateWithMs);
    if (!json.isString() || (!json.toString().isEmpty() && !time.isValid()))
        return wrongType(path, "a time like 2026-01-31T12:00:00.000Z");
    value = time.isValid() ? time.toUTC() : QDateTime();
    return {};
}

Result<void> decode(const QJsonValue &json, QStringList &value, const QString &path)
{
    if (!json.isArray())
        return wrongType(path, "a list of strings");
    value.clear();
    for (const auto array = json.toArray(); const QJsonValue &element : array) {
        if (!element.isString())
            return wrongType(path, "a list of strings");
        value << element.toString();
    }
    return {};
}

} // namespace capsule::wire::detail
