// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QList>

#include <optional>

/// Who may come in, decided from the head of an HTTP request alone, before any upgrade and before any state
/// is made. Pure; used by HttpServer.
namespace capsule {

/// The head of a request as far as it counts. A list holds a header as often as it was sent.
struct Knock {
    QString path;
    bool isUpgrade = false; ///< to a WebSocket
    QList<QByteArray> hosts;
    QList<QByteArray> origins;
    QList<QByteArray> authorizations;
};

struct House {
    quint16 port = 0;
    QByteArray token;
    bool isFull = false; ///< no room for another WebSocket
};

inline constexpr auto healthPath = "/health";
inline constexpr auto socketPath = "/ws";

struct Refusal {
    int httpStatus = 403;
    Error error;
    bool wrongToken = false;
};

/// Nothing: it may come in. The order is Host (DNS rebinding), Origin (web pages; programs send none), path,
/// token: a stranger learns nothing of what is behind.
std::optional<Refusal> refusalOf(const Knock &knock, const House &house);

/// Takes the same time whatever the difference is.
bool isSameSecret(const QByteArray &given, const QByteArray &expected);

/// 32 bytes of the system's random generator, as base64url.
QByteArray makeToken();

} // namespace capsule
