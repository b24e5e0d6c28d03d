// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace capsule::test {

/// JSON written with apostrophes. Not a raw string literal, since moc loses its way in those.
inline QByteArray quoted(QByteArray text)
{
    return text.replace('\'', '"');
}

} // namespace capsule::test
