// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containererrors.h"

#include "sandbox/container/scripts.h"

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

QString wordsOf(const Error &error)
{
    return error.detail.isEmpty() ? error.message : error.detail;
}

bool meansPaused(const Error &error)
{
    return error.detail.contains("is paused"_L1);
}

} // namespace

Error sandboxError(const Error &error, const QString &what)
{
    switch (error.code) {
    case ErrorCode::NotFound:
        return {ErrorCode::NotFound, u"The sandbox does not exist any more; delete the session or make a new one."_s, wordsOf(error)};
    case ErrorCode::Conflict:
        if (meansPaused(error))
            return {ErrorCode::Conflict, u"The sandbox is paused; resume it first."_s, wordsOf(error)};
        return {ErrorCode::Conflict, u"The sandbox does not run; start it first."_s, wordsOf(error)};
    case ErrorCode::LimitReached:
        return {ErrorCode::LimitReached, u"The disk of the container engine is full; remove old sessions or images and try again."_s, wordsOf(error)};
    case ErrorCode::Unavailable:
    case ErrorCode::PermissionDenied:
    case ErrorCode::Cancelled:
    case ErrorCode::Timeout:
        return error;
    default:
        return {error.code, u"The container engine could not %1; its words are in the details."_s.arg(what), wordsOf(error)};
    }
}

Error creationError(const Error &error, const QString &image)
{
    const QString words = wordsOf(error);
    if (error.code == ErrorCode::NotFound && words.contains("network"_L1))
        return {ErrorCode::ProviderFailed, u"The network for sandboxes is missing; try again."_s, words};
    if (error.code == ErrorCode::NotFound)
        return {ErrorCode::NotFound, u"The image %1 is not there; build or pull it first."_s.arg(image), words};
    if (words.contains("IPv4 address pool"_L1))
        return {ErrorCode::LimitReached, u"The container engine has no addresses left for another network; remove networks that are not used (docker network prune)."_s, words};
    if (error.code == ErrorCode::Conflict || error.code == ErrorCode::InvalidArgument)
        return {error.code, u"The container engine refused to make the sandbox; its words are in the details."_s, words};
    return sandboxError(error, u"make the sandbox"_s);
}

Error lostChannelError(const Error &error)
{
    if (error.code == ErrorCode::NotFound)
        return {ErrorCode::NotFound, u"The sandbox was removed while this was open."_s, wordsOf(error)};
    return {ErrorCode::Unavailable, u"The connection to the sandbox was lost; what ran here may still run. Check that the container engine works, then open a new terminal."_s,
            wordsOf(error)};
}

std::optional<QString> startFailure(const QByteArray &output, const QStringList &argv)
{
    if (output.startsWith(scripts::notFoundMark))
        return u"\"%1\" was not found in the sandbox."_s.arg(argv.value(0));
    // runc under Docker; Podman says "crun: executable file ...: OCI runtime attempted to invoke a command ...".
    const bool failed = output.startsWith("OCI runtime exec failed:") || output.startsWith("OCI runtime attempted to invoke")
        || (output.startsWith("crun: ") && output.contains("OCI"));
    if (!failed)
        return std::nullopt;
    if (output.contains("executable file not found") || output.contains("no such file or directory"))
        return u"\"%1\" was not found in the sandbox."_s.arg(argv.value(0));
    if (output.contains("permission denied"))
        return u"\"%1\" may not be run in the sandbox."_s.arg(argv.value(0));
    if (output.contains("chdir to cwd"))
        return u"The folder in which \"%1\" shall run does not exist in the sandbox."_s.arg(argv.value(0));
    return u"\"%1\" could not be started in the sandbox."_s.arg(argv.value(0));
}

} // namespace capsule
