// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/client.h"

#include <QTest>

namespace capsule::test {

/// Why the real container engine cannot be used for tests; empty when it can. Asked once.
QString dockerMissing();

/// Whether a missing engine is a failure (CAPSULE_REQUIRE_DOCKER=1, as in CI).
bool dockerRequired();

/// An image with a shell that is on the engine already: the one labelled capsule.image=base, else debian:trixie-slim.
/// Empty when there is neither.
QString shellImage(docker::Client &client);

/// A name nobody else has: "capsule-test-<what>-<pid>-<number>".
QString uniqueName(const QString &what);

/// Label of everything tests make, so that it can be told from a user's things.
inline const QString testLabel = QStringLiteral("capsule.test");

} // namespace capsule::test

/// First line of a docker test: skips without an engine, or fails where one is required.
#define DOCKER_OR_SKIP() \
    do { \
        if (const QString reason = capsule::test::dockerMissing(); !reason.isEmpty()) { \
            if (capsule::test::dockerRequired()) \
                QFAIL(qPrintable(reason)); \
            QSKIP(qPrintable(reason)); \
        } \
    } while (false)
