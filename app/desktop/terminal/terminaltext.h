// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// What is done to text that crosses between a hostile program and the user's desktop. Pure functions.
namespace capsule {

/// Text of a program for one line of ours (a tab, a link in a question): no control, format (bidi, zero
/// width) or invisible filler characters, at most two combining marks on a character, single spaces, at most
/// `maxLength` UTF-16 units, the last of which is an ellipsis when something was cut.
QString plainLine(const QString &text, int maxLength = 120);

/// Clipboard text as a program may get it: line ends become carriage returns (the Enter key), and control
/// characters other than these and tabs go, with them every escape sequence that could end a bracketed
/// paste or press keys.
QString cleanPaste(const QString &text);

/// Lines that pasting cleanPaste()d text would enter: carriage returns.
qsizetype enteredLines(const QString &cleanText);

} // namespace capsule
