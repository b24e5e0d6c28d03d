// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

namespace capsule {

/// Reads the members of a JSON object that a person wrote, and keeps the first thing that is wrong with it: the
/// path of the key and why. After that every read answers with an empty value. A member that is missing or
/// null reads as empty too.
class JsonFields
{
public:
    struct TextRule {
        qsizetype maxLength = 256; ///< UTF-16 units
        bool required = false;     ///< and not empty
    };

    explicit JsonFields(QJsonObject object, QString path = {});

    QString text(const QString &key, TextRule rule);
    QString itemText(const QString &listKey, qsizetype index, const QJsonValue &value, qsizetype maxLength);
    bool flag(const QString &key);
    /// Zero when missing.
    double number(const QString &key, double min, double max, const QString &reason);
    qint64 wholeNumber(const QString &key, qint64 min, qint64 max);
    QJsonArray list(const QString &key, qsizetype maxItems);
    QJsonObject object(const QString &key);

    JsonFields inside(const QString &key, const QJsonObject &object) const; ///< for the members of a member
    void take(const JsonFields &inner);                                     ///< its problem becomes ours

    void refuse(const QString &key, const QString &reason);
    bool isFine() const { return m_reason.isEmpty(); }
    QString problemKey() const { return m_key; }
    QString problemReason() const { return m_reason; }

private:
    QJsonValue value(const QString &key) const;
    QString checkedText(const QString &key, const QJsonValue &value, TextRule rule);

    QJsonObject m_object;
    QString m_path;
    QString m_key;
    QString m_reason;
};

} // namespace capsule
