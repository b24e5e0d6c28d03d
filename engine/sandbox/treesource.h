// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QIODevice>

namespace capsule {

/// A tree on its way into a sandbox, as a plain (never compressed) tar stream in pax format. Sequential:
/// readyRead() when there is more, atEnd() and then `outcome()` when it is over. Implementations produce
/// on a thread of their own with a bounded buffer. Destroying it cancels.
class TreeSource : public QIODevice
{
    Q_OBJECT
public:
    using QIODevice::QIODevice;

    bool isSequential() const override { return true; }
    /// Valid at the end of the stream: an error means that the stream is cut off and must not be used.
    virtual Result<void> outcome() const = 0;

signals:
    void progressed(qint64 doneBytes, qint64 totalBytes);
};

} // namespace capsule
