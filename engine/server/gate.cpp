// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/gate.h"

#include "protocol/errorcodes.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

#include <array>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

Refusal refuse(ErrorCode code, const QString &message, int httpStatus = 0)
{
    return {httpStatus ? httpStatus : mappingOf(code).http, {code, message, {}}, false};
}

bool isOurHost(const QList<QByteArray> &hosts, quint16 port)
{
    if (hosts.size() != 1)
        return false;
    const QByteArray suffix = ':' + QByteArray::number(port);
    const QByteArray host = hosts.first().toLower();
    return host == "127.0.0.1" + suffix || host == "localhost" + suffix || host == "[::1]" + suffix;
}

QByteArray bearerToken(const QList<QByteArray> &authorizations)
{
    constexpr QByteArrayView scheme = "bearer ";
    if (authorizations.size() != 1 || !authorizations.first().toLower().startsWith(scheme))
        return {};
    return authorizations.first().sliced(scheme.size()).trimmed();
}

} // namespace

std::optional<Refusal> refusalOf(const Knock &knock, const House &house)
{
    if (!isOurHost(knock.hosts, house.port))
        return refuse(ErrorCode::Forbidden, u"The Host header must name this engine's loopback address."_s);
    if (!knock.origins.isEmpty())
        return refuse(ErrorCode::Forbidden, u"Web pages may not use this engine."_s);
    if (knock.path == QLatin1String(healthPath) && !knock.isUpgrade)
        return std::nullopt;
    if (knock.path != QLatin1String(socketPath))
        return refuse(ErrorCode::NotFound, u"There is nothing here."_s);
    if (!isSameSecret(bearerToken(knock.authorizations), house.token)) {
        Refusal refusal = refuse(ErrorCode::Unauthorized, u"The token is missing or wrong."_s);
        refusal.wrongToken = true;
        return refusal;
    }
    if (!knock.isUpgrade)
        return refuse(ErrorCode::InvalidArgument, u"This address speaks WebSocket only."_s, 426);
    if (house.isFull)
        return refuse(ErrorCode::Unavailable, u"The engine has no room for another connection; close a window or program."_s);
    return std::nullopt;
}

bool isSameSecret(const QByteArray &given, const QByteArray &expected)
{
    // Hashes have one length, and their bytes tell nothing of how much of the token was right.
    const QByteArray left = QCryptographicHash::hash(given, QCryptographicHash::Sha256);
    const QByteArray right = QCryptographicHash::hash(expected, QCryptographicHash::Sha256);
    unsigned char difference = 0;
    for (qsizetype i = 0; i < left.size(); ++i)
        difference |= static_cast<unsigned char>(left[i] ^ right[i]);
    return difference == 0 && !expected.isEmpty();
}

QByteArray makeToken()
{
    std::array<quint32, 8> words{};
    QRandomGenerator::system()->fillRange(words.data(), qsizetype(words.size()));
    return QByteArray(reinterpret_cast<const char *>(words.data()), sizeof words)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

} // namespace capsule
