// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>

#include <array>
#include <optional>
#include <tuple>
#include <vector>

/// How plain structs become JSON and back. A wire struct lists its members once:
///
///     struct Size { int columns = 80; int rows = 24;
///         bool operator==(const Size &) const = default;
///         static constexpr auto wireFields() { return std::tuple{wire::field("columns", &Size::columns), ...}; } };
///
/// and has wire::toJson(size) and wire::fromJson<Size>(object). Missing members keep their defaults unless
/// declared wire::required; unknown members are ignored; a member of the wrong type is an error that names
/// its path. Bytes travel as base64, times as ISO 8601 UTC with milliseconds, enums as lower-case words.
namespace capsule::wire {

enum class Presence { Optional, Required };

template<class Struct, class Member>
struct Field {
    const char *name;
    Member Struct::*member;
    Presence presence;
};

template<class Struct, class Member>
constexpr Field<Struct, Member> field(const char *name, Member Struct::*member)
{
    return {name, member, Presence::Optional};
}

template<class Struct, class Member>
constexpr Field<Struct, Member> required(const char *name, Member Struct::*member)
{
    return {name, member, Presence::Required};
}

/// Specialise `enumNames<E>` with a constexpr std::array of EnumName<E> to let E travel.
template<class E>
struct EnumName {
    E value;
    const char *name;
};
template<class E>
inline constexpr auto enumNames = nullptr;

template<class T>
concept Struct = requires { T::wireFields(); };
template<class T>
concept Enum = std::is_enum_v<T>;

template<Enum E>
QString enumToString(E value)
{
    for (const auto &entry : enumNames<E>) {
        if (entry.value == value)
            return QLatin1String(entry.name);
    }
    Q_UNREACHABLE_RETURN({});
}

template<Enum E>
std::optional<E> enumFromString(QStringView text)
{
    for (const auto &entry : enumNames<E>) {
        if (text == QLatin1String(entry.name))
            return entry.value;
    }
    return std::nullopt;
}

namespace detail {

inline QJsonValue encode(const QString &value) { return value; }
inline QJsonValue encode(bool value) { return value; }
inline QJsonValue encode(int value) { return value; }
inline QJsonValue encode(qint64 value) { return value; }
inline QJsonValue encode(double value) { return value; }
inline QJsonValue encode(const QJsonObject &value) { return value; }
inline QJsonValue encode(const QByteArray &value) { return QString::fromLatin1(value.toBase64()); }
inline QJsonValue encode(const QDateTime &value) { return value.toUTC().toString(Qt::ISODateWithMs); }
template<Enum E>
QJsonValue encode(E value) { return enumToString(value); }
template<Struct T>
QJsonValue encode(const T &value);
template<class T>
QJsonValue encode(const std::optional<T> &value) { return value ? encode(*value) : QJsonValue(QJsonValue::Null); }
template<class T>
QJsonValue encode(const std::vector<T> &values);
inline QJsonValue encode(const QStringList &values) { return QJsonArray::fromStringList(values); }

Result<void> wrongType(const QString &path, const char *expected);
Result<void> decode(const QJsonValue &json, QString &value, const QString &path);
Result<void> decode(const QJsonValue &json, bool &value, const QString &path);
Result<void> decode(const QJsonValue &json, int &value, const QString &path);
Result<void> decode(const QJsonValue &json, qint64 &value, const QString &path);
Result<void> decode(const QJsonValue &json, double &value, const QString &path);
Result<void> decode(const QJsonValue &json, QJsonObject &value, const QString &path);
Result<void> decode(const QJsonValue &json, QByteArray &value, const QString &path);
Result<void> decode(const QJsonValue &json, QDateTime &value, const QString &path);
Result<void> decode(const QJsonValue &json, QStringList &value, const QString &path);

template<Enum E>
Result<void> decode(const QJsonValue &json, E &value, const QString &path)
{
    const auto known = json.isString() ? enumFromString<E>(json.toString()) : std::nullopt;
    if (known) {
        value = *known;
        return {};
    }
    QStringList names;
    for (const auto &entry : enumNames<E>)
        names << QLatin1String(entry.name);
    return wrongType(path, qPrintable(QStringLiteral("one of ") + names.join(QStringLiteral(", "))));
}

template<Struct T>
Result<void> decode(const QJsonValue &json, T &value, const QString &path);

template<class T>
Result<void> decode(const QJsonValue &json, std::optional<T> &value, const QString &path)
{
    if (json.isNull() || json.isUndefined()) {
        value.reset();
        return {};
    }
    return decode(json, value.emplace(), path);
}

template<class T>
Result<void> decode(const QJsonValue &json, std::vector<T> &values, const QString &path)
{
    if (!json.isArray())
        return wrongType(path, "a list");
    const QJsonArray array = json.toArray();
    values.clear();
    for (qsizetype i = 0; i < array.size(); ++i) {
        if (auto element = decode(array.at(i), values.emplace_back(), QStringLiteral("%1[%2]").arg(path).arg(i)); !element)
            return element;
    }
    return {};
}

template<Struct T>
Result<void> decode(const QJsonValue &json, T &value, const QString &path)
{
    if (!json.isObject())
        return wrongType(path, "an object");
    const QJsonObject object = json.toObject();
    Result<void> outcome;
    const auto readMember = [&](const auto &field) {
        const auto name = QLatin1String(field.name);
        const QString memberPath = path.isEmpty() ? QString(name) : path + QLatin1Char('.') + name;
        const auto found = object.constFind(name);
        if (found == object.constEnd()) {
            if (field.presence == Presence::Required)
                outcome = fail(ErrorCode::InvalidArgument, QStringLiteral("\"%1\" is missing.").arg(memberPath));
            return outcome.has_value();
        }
        outcome = decode(*found, value.*field.member, memberPath);
        return outcome.has_value();
    };
    std::apply([&](const auto &...fields) { (void)(readMember(fields) && ...); }, T::wireFields());
    return outcome;
}

template<class T>
QJsonValue encode(const std::vector<T> &values)
{
    QJsonArray array;
    for (const T &value : values)
        array.append(encode(value));
    return array;
}

template<Struct T>
QJsonValue encode(const T &value)
{
    QJsonObject object;
    std::apply([&](const auto &...field) { (object.insert(QLatin1String(field.name), encode(value.*field.member)), ...); }, T::wireFields());
    return object;
}

} // namespace detail

template<Struct T>
QJsonObject toJson(const T &value)
{
    return detail::encode(value).toObject();
}

template<Struct T>
Result<T> fromJson(const QJsonObject &object)
{
    T value;
    return detail::decode(QJsonValue(object), value, QString()).transform([&] { return std::move(value); });
}

} // namespace capsule::wire
