// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <expected>

namespace capsule {

/// What kind of failure it was. Mapped to JSON-RPC and HTTP in protocol/errorcodes.h, and nowhere else.
enum class ErrorCode {
    InvalidArgument,   ///< the request itself is wrong; the same request will fail again
    NotFound,
    AlreadyExists,
    Conflict,          ///< right request, wrong state (a terminal in a stopped session)
    Unauthorized,      ///< no token or a wrong one
    Forbidden,         ///< known caller, not allowed (foreign Origin, refused by policy)
    PermissionDenied,  ///< the operating system or the container engine refused us
    Unavailable,       ///< somebody we need does not answer (container engine, capsule-engine)
    Cancelled,
    Timeout,
    LimitReached,      ///< a limit of ours or of the machine: sessions, disk full, memory
    TooLarge,
    Unsupported,       ///< this provider or engine version cannot do it
    ProviderFailed,    ///< the container engine said no; its words are in detail
    ProtocolError,     ///< the other side broke the protocol
    Internal,          ///< a defect of ours
};

/// A failure as a value. `message` is one sentence for the user that says what happened and what to do
/// next; `detail` holds the platform's own words, shown behind "Details". Neither ever holds a secret.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    QString message;
    QString detail;

    bool operator==(const Error &) const = default;
};

template<class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, QString message, QString detail = {})
{
    return std::unexpected(Error{code, std::move(message), std::move(detail)});
}

} // namespace capsule
