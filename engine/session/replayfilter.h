// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/vtscanner.h"

#include <limits>

namespace capsule {

/// Takes out of replayed terminal output what would act a second time: queries that a terminal answers
/// (device attributes, status and cursor reports, mode and colour queries, XTVERSION, kitty keyboard,
/// window reports, XTGETTCAP, DECRQSS), bells, notifications (OSC 9, 99, 777) and clipboard access (OSC 52).
/// Everything else passes byte for byte.
class ReplayFilter
{
public:
    /// A sequence that grows past `maxHeldBytes` passes unseen; no query is that long. For live output.
    explicit ReplayFilter(qsizetype maxHeldBytes = std::numeric_limits<qsizetype>::max()) : m_maxHeld(maxHeldBytes) {}

    void feed(QByteArrayView bytes, QByteArray &out);
    qsizetype heldBytes() const { return m_held.size(); }
    void finish(QByteArray &out); ///< a sequence that is not over yet passes: its end comes live

private:
    VtScanner m_scanner;
    QByteArray m_held; ///< the sequence being read
    qsizetype m_maxHeld;
    bool m_passing = false; ///< the rest of a sequence that grew too long
};

/// Whole output at once.
QByteArray filterReplay(QByteArrayView bytes);

/// Would this sequence make a terminal answer, ring, notify or touch the clipboard?
bool actsAgain(const VtScanner::Sequence &sequence);

} // namespace capsule
