// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace capsule {

/// Bytes as people write them: "512m", "4g", "1.5 GiB", "65536". Units are powers of 1024, whatever their
/// case and whether they end in "b" or "ib". Nothing for anything else, and beyond 2^53 bytes.
std::optional<qint64> parseByteSize(QStringView text);

/// "4 GiB", "1.5 GiB", "700 B": at most one decimal.
QString formatByteSize(qint64 bytes);

} // namespace capsule
