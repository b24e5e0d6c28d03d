// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QtClassHelperMacros>

namespace capsule {

/// Held by the one engine of this user as long as it lives; the kernel lets go of it, even after kill -9.
/// <runtimeDir>/engine.lock.
class EngineLock {
public:
    /// AlreadyExists: another engine runs; the message says which, since when and where.
    static Result<EngineLock> take();

    EngineLock(EngineLock &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    {
    }
    EngineLock &operator=(EngineLock &&) = delete;
    Q_DISABLE_COPY(EngineLock)
    ~EngineLock();

private:
    explicit EngineLock(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor = -1;
};

} // namespace capsule
