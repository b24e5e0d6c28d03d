// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/jsonfields.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

/// Control characters, line and paragraph separators, and what turns the writing direction: none belongs in a
/// text that ends up on a screen, in a command or in a variable.
bool isForbidden(QChar c)
{
    const char16_t u = c.unicode();
    return c.category() == QChar::Other_Control || u == 0x2028 || u == 0x2029 || (u >= 0x202a && u <= 0x202e)
        || (u >= 0x2066 && u <= 0x2069);
}

bool isPlain(const QString &text)
{
    return text.isValidUtf16() && std::ranges::none_of(text, isForbidden);
}

} // namespace

JsonFields::JsonFields(QJsonObject object, QString path)
    : m_object(std::move(object))
    , m_path(std::move(path))
{
}

QJsonValue JsonFields::value(const QString &key) const
{
    const QJsonValue value = isFine() ? m_object.value(key) : QJsonValue(QJsonValue::Undefined);
    return value.isNull() ? QJsonValue(QJsonValue::Undefined) : value;
}

void JsonFields::refuse(const QString &key, const QString &reason)
{
    if (!isFine())
        return;
    m_key = m_path.isEmpty() ? key : m_path + u'.' + key;
    m_reason = reason;
}

QString JsonFields::checkedText(const QString &key, const QJsonValue &value, TextRule rule)
{
    const QString text = value.toString();
    if (!value.isString())
        refuse(key, u"must be a text"_s);
    else if (text.size() > rule.maxLength)
        refuse(key, u"must have at most %1 characters"_s.arg(rule.maxLength));
    else if (!isPlain(text))
        refuse(key, u"must not contain control characters or line breaks"_s);
    else if (rule.required && text.trimmed().isEmpty())
        refuse(key, u"must not be empty"_s);
    return isFine() ? text : QString();
}

QString JsonFields::text(const QString &key, TextRule rule)
{
    const QJsonValue found = value(key);
    if (!found.isUndefined())
        return checkedText(key, found, rule);
    if (rule.required)
        refuse(key, u"is missing"_s);
    return {};
}

QString JsonFields::itemText(const QString &listKey, qsizetype index, const QJsonValue &value, qsizetype maxLength)
{
    return isFine() ? checkedText(u"%1[%2]"_s.arg(listKey).arg(index), value, {.maxLength = maxLength}) : QString();
}

bool JsonFields::flag(const QString &key)
{
    const QJsonValue found = value(key);
    if (!found.isUndefined() && !found.isBool())
        refuse(key, u"must be true or false"_s);
    return found.toBool();
}

double JsonFields::number(const QString &key, double min, double max, const QString &reason)
{
    const QJsonValue found = value(key);
    if (found.isUndefined())
        return 0;
    const double number = found.toDouble(std::nan(""));
    // Written so that NaN, which is what a text or a list reads as, is refused too.
    if (!(number >= min && number <= max)) {
        refuse(key, reason);
        return 0;
    }
    return number;
}

qint64 JsonFields::wholeNumber(const QString &key, qint64 min, qint64 max)
{
    const QString reason = u"must be a number from %1 to %2"_s.arg(min).arg(max);
    const double number = this->number(key, double(min), double(max), reason);
    if (number != std::floor(number)) {
        refuse(key, u"must be a whole number from %1 to %2"_s.arg(min).arg(max));
        return 0;
    }
    return qint64(number);
}

QJsonArray JsonFields::list(const QString &key, qsizetype maxItems)
{
    const QJsonValue found = value(key);
    if (!found.isUndefined() && !found.isArray())
        refuse(key, u"must be a list"_s);
    else if (found.toArray().size() > maxItems)
        refuse(key, u"must have at most %1 items"_s.arg(maxItems));
    return isFine() ? found.toArray() : QJsonArray();
}

QJsonObject JsonFields::object(const QString &key)
{
    const QJsonValue found = value(key);
    if (!found.isUndefined() && !found.isObject())
        refuse(key, u"must be an object"_s);
    return found.toObject();
}

JsonFields JsonFields::inside(const QString &key, const QJsonObject &object) const
{
    JsonFields inner(object, m_path.isEmpty() ? key : m_path + u'.' + key);
    inner.m_key = m_key;
    inner.m_reason = m_reason;
    return inner;
}

void JsonFields::take(const JsonFields &inner)
{
    if (isFine()) {
        m_key = inner.m_key;
        m_reason = inner.m_reason;
    }
}

} // namespace capsule
