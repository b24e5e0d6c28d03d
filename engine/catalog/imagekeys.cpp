// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/imagekeys.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qsizetype keyLength = 12;

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

QString keyOf(const QByteArray &text)
{
    return QString::fromLatin1(sha256(text).first(keyLength));
}

} // namespace

QString baseKey(const std::vector<ContextFile> &files)
{
    std::vector<std::pair<QByteArray, QByteArray>> lines;
    for (const ContextFile &file : files) {
        if (!file.path.startsWith("ca/"_L1) || !file.path.endsWith(".crt"_L1))
            lines.emplace_back(file.path.toUtf8(), sha256(file.content));
    }
    std::ranges::sort(lines);
    QByteArray text;
    for (const auto &[path, hash] : lines)
        text += path + '\0' + hash + '\n';
    return keyOf(text);
}

QString agentKey(const QString &baseKey, const QByteArray &dockerfile, const QString &install)
{
    return keyOf(baseKey.toUtf8() + '\0' + sha256(dockerfile) + '\0' + install.toUtf8());
}

QString baseImageName(const QString &key)
{
    return "capsule/base:"_L1 + key;
}

QString agentImageName(const QString &agentId, const QString &key)
{
    return "capsule/agent-"_L1 + agentId + u':' + key;
}

QString defaultArgument(const QByteArray &dockerfile, const QString &name)
{
    const QRegularExpression line(uR"(^\s*ARG\s+%1=["']?([^\s"']+))"_s.arg(QRegularExpression::escape(name)),
                                  QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    return line.match(QString::fromUtf8(dockerfile)).captured(1);
}

} // namespace capsule
