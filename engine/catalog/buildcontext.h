// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "catalog/imagekeys.h"

namespace capsule {

inline constexpr qsizetype contextMaxBytes = 4 * 1024 * 1024;

/// Every regular file below `folder`, sorted by path; links are left out. NotFound when the folder is not
/// there, TooLarge beyond contextMaxBytes or 1,000 files.
Result<std::vector<ContextFile>> readContext(const QString &folder);

/// The machine's own certificate authorities below `folder`, as ca/host-<n>.crt: behind a proxy that opens TLS
/// connections npm and git in a sandbox need them. What cannot be read is left out.
std::vector<ContextFile> hostCertificates(const QString &folder);

/// A plain tar (ustar) of the files, owned by root, with a fixed time. TooLarge beyond contextMaxBytes or when
/// a path has more than 100 bytes.
Result<QByteArray> makeTar(const std::vector<ContextFile> &files);

} // namespace capsule
