// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/errors.h"

#include "docker/json.h"

#include <QFile>
#include <QRegularExpression>

#include <cerrno>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::docker {

namespace {

/// The engine's own words in an error body, at most 4,000 characters.
QString engineWords(int status, const QByteArray &body)
{
    QString text;
    if (const Result<QJsonObject> object = parseObject(body)) {
        text = object->value("message"_L1).toString();
        const QString cause = object->value("cause"_L1).toString();
        if (!cause.isEmpty() && !text.contains(cause))
            text += u" ("_s + cause + u')';
    } else {
        text = QString::fromUtf8(body.first(std::min<qsizetype>(body.size(), 4000))).trimmed();
    }
    return text.isEmpty() ? u"HTTP status %1"_s.arg(status) : text.left(4000);
}

/// What the engine means, where its status alone does not say it.
ErrorCode codeFromWords(const QString &words)
{
    // Docker says 409, Podman 500: the container name "x" is already in use by ...
    static const QRegularExpression nameTaken(u"name \"?[^\"\\s]+\"? (is )?(already in use|already exists)"_s);
    if (nameTaken.match(words).hasMatch())
        return ErrorCode::AlreadyExists;
    if (words.contains("no space left on device"_L1) || words.contains("non-overlapping IPv4 address pool"_L1))
        return ErrorCode::LimitReached;
    // Docker says 403 for a network that is in use and for a subnet that is taken.
    if (words.contains("has active endpoints"_L1) || words.contains("Pool overlaps"_L1))
        return ErrorCode::Conflict;
    return ErrorCode::ProviderFailed;
}

ErrorCode codeFromStatus(int status)
{
    switch (status) {
    case 400: return ErrorCode::InvalidArgument;
    case 401: return ErrorCode::Unauthorized;
    case 403: return ErrorCode::PermissionDenied;
    case 404: return ErrorCode::NotFound;
    case 408: return ErrorCode::Timeout;
    case 409: return ErrorCode::Conflict;
    case 413: return ErrorCode::TooLarge;
    case 501: return ErrorCode::Unsupported;
    case 502:
    case 503: return ErrorCode::Unavailable;
    default: return ErrorCode::ProviderFailed;
    }
}

QString sentence(ErrorCode code, const QString &what)
{
    switch (code) {
    case ErrorCode::NotFound: return u"Could not %1: it, or something that it needs, is not there any more."_s.arg(what);
    case ErrorCode::AlreadyExists: return u"Could not %1: the name is taken. Choose another one."_s.arg(what);
    case ErrorCode::Conflict: return u"Could not %1 in its present state. Look at its state and try again."_s.arg(what);
    case ErrorCode::LimitReached: return u"Could not %1: the machine has no room left. Remove old sessions or images and try again."_s.arg(what);
    case ErrorCode::PermissionDenied: return u"Could not %1: the container engine does not allow it."_s.arg(what);
    case ErrorCode::Unauthorized: return u"Could not %1: the registry asks for a login. Log in with the engine's own command first."_s.arg(what);
    case ErrorCode::InvalidArgument: return u"Could not %1: the container engine did not accept the request."_s.arg(what);
    case ErrorCode::Unsupported: return u"Could not %1: this container engine cannot do it."_s.arg(what);
    case ErrorCode::Unavailable: return u"Could not %1: the container engine is not ready. Try again in a moment."_s.arg(what);
    default: return u"The container engine could not %1. The details have its own words."_s.arg(what);
    }
}

} // namespace

Error statusError(int status, const QByteArray &body, const QString &what)
{
    const QString words = engineWords(status, body);
    ErrorCode code = codeFromWords(words);
    if (code == ErrorCode::ProviderFailed)
        code = codeFromStatus(status);
    return {code, sentence(code, what), words};
}

Error connectError(const Endpoint &endpoint, const QString &detail)
{
    const QString where = endpoint.toString();
    if (endpoint.kind != EndpointKind::Unix) {
        return {ErrorCode::Unavailable, u"The container engine at %1 does not answer. Check that it runs and can be reached from here."_s.arg(where), detail};
    }
    const QByteArray path = QFile::encodeName(endpoint.socketPath);
    if (::access(path.constData(), F_OK) != 0 && errno != EACCES) {
        return {ErrorCode::Unavailable, u"No container engine runs at %1. Start Docker (sudo systemctl start docker) or install it, then try again."_s.arg(where), detail};
    }
    if (::access(path.constData(), R_OK | W_OK) != 0 && errno == EACCES) {
        return {ErrorCode::PermissionDenied,
                u"You may not use the container engine at %1. Add yourself to the docker group (sudo usermod -aG docker $USER), log out and in again."_s.arg(where), detail};
    }
    return {ErrorCode::Unavailable, u"The container engine at %1 does not answer. Start it (sudo systemctl start docker) and try again."_s.arg(where), detail};
}

Error lostError(const QString &what, const QString &detail)
{
    return {ErrorCode::Unavailable, u"The container engine went away while it was asked to %1. Check that it runs and try again."_s.arg(what), detail};
}

} // namespace capsule::docker
