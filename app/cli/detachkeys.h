// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QList>

namespace capsule::cli {

/// The keys that leave a terminal, in the ways a terminal may send each of them: a program can switch on the kitty
/// keyboard protocol or xterm's modifyOtherKeys, and Ctrl-] is then no single byte any more.
struct DetachKeys {
    QList<QList<QByteArray>> keys; ///< empty: there are none
    QString shown;                 ///< "Ctrl-] d"
};

/// "ctrl-],d": keys apart by commas, each one character or ctrl- and a letter or one of @ [ \ ] ^ _. "none".
Result<DetachKeys> parseDetachKeys(const QString &text);
inline constexpr char defaultDetachKeys[] = "ctrl-],d";

/// Looks for the detach keys in what is typed. Holds back only what may be their beginning; a first key typed
/// twice counts as typed once, so that programs can be sent it.
class DetachMatcher
{
public:
    struct Found {
        QByteArray forward;    ///< for the program
        bool detached = false; ///< nothing that follows is looked at
    };

    explicit DetachMatcher(DetachKeys keys)
        : m_keys(std::move(keys))
    {
    }
    Found feed(const QByteArray &typed);

private:
    DetachKeys m_keys;
    QByteArray m_held; ///< the keys that fit so far, as they came
    int m_matched = 0; ///< how many
};

} // namespace capsule::cli
