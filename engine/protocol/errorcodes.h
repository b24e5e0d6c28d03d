// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/wire.h"

/// The one table that maps error codes to the outside: their wire word, JSON-RPC code and HTTP status.
/// JSON-RPC keeps -32768..-32000 for itself (https://www.jsonrpc.org/specification#error_object); ours start at 1000.
namespace capsule {

template<>
inline constexpr auto wire::enumNames<ErrorCode> = std::to_array<wire::EnumName<ErrorCode>>({
    {ErrorCode::InvalidArgument, "invalidArgument"},
    {ErrorCode::NotFound, "notFound"},
    {ErrorCode::AlreadyExists, "alreadyExists"},
    {ErrorCode::Conflict, "conflict"},
    {ErrorCode::Unauthorized, "unauthorized"},
    {ErrorCode::Forbidden, "forbidden"},
    {ErrorCode::PermissionDenied, "permissionDenied"},
    {ErrorCode::Unavailable, "unavailable"},
    {ErrorCode::Cancelled, "cancelled"},
    {ErrorCode::Timeout, "timeout"},
    {ErrorCode::LimitReached, "limitReached"},
    {ErrorCode::TooLarge, "tooLarge"},
    {ErrorCode::Unsupported, "unsupported"},
    {ErrorCode::ProviderFailed, "providerFailed"},
    {ErrorCode::ProtocolError, "protocolError"},
    {ErrorCode::Internal, "internal"},
});

struct ErrorMapping {
    ErrorCode code;
    int jsonRpc;
    int http;
};

inline constexpr std::array errorMappings = std::to_array<ErrorMapping>({
    {ErrorCode::InvalidArgument, -32602, 400},
    {ErrorCode::NotFound, 1001, 404},
    {ErrorCode::AlreadyExists, 1002, 409},
    {ErrorCode::Conflict, 1003, 409},
    {ErrorCode::Unauthorized, 1004, 401},
    {ErrorCode::Forbidden, 1005, 403},
    {ErrorCode::PermissionDenied, 1006, 403},
    {ErrorCode::Unavailable, 1007, 503},
    {ErrorCode::Cancelled, 1008, 499},
    {ErrorCode::Timeout, 1009, 504},
    {ErrorCode::LimitReached, 1010, 429},
    {ErrorCode::TooLarge, 1011, 413},
    {ErrorCode::Unsupported, 1012, 501},
    {ErrorCode::ProviderFailed, 1013, 502},
    {ErrorCode::ProtocolError, -32600, 400},
    {ErrorCode::Internal, -32603, 500},
});

constexpr const ErrorMapping &mappingOf(ErrorCode code)
{
    for (const ErrorMapping &mapping : errorMappings) {
        if (mapping.code == code)
            return mapping;
    }
    return errorMappings.back();
}

/// A failure as it travels inside other messages (a job's end, a provider's state).
struct ErrorInfo {
    ErrorCode code = ErrorCode::Internal;
    QString message;
    QString detail;

    bool operator==(const ErrorInfo &) const = default;
    static constexpr auto wireFields()
    {
        return std::tuple{wire::required("code", &ErrorInfo::code), wire::required("message", &ErrorInfo::message),
                          wire::field("detail", &ErrorInfo::detail)};
    }
    static ErrorInfo of(const Error &error) { return {error.code, error.message, error.detail}; }
    Error toError() const { return {code, message, detail}; }
};

} // namespace capsule
