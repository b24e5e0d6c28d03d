// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/commandspec.h"

#include <QStringList>

namespace capsule::cli {

struct Candidate {
    QString text;
    QString description{};

    bool operator==(const Candidate &) const = default;
};

/// What could stand where the last word is: fixed words, and things that only the engine knows. Pure.
struct CompletionPlan {
    QString prefix;
    QList<Candidate> words{};
    Operand asks = Operand::None; ///< Agent or Session: to be added
    bool folders = false;
};

/// `words`: the command line without the program's name, the last one being typed.
CompletionPlan planCompletion(const QStringList &words);

/// Those of the candidates that begin with the prefix, each once.
QList<Candidate> matching(const QList<Candidate> &candidates, const QString &prefix);

/// The completion script of bash, zsh or fish; empty for another shell.
QString completionScript(const QString &shell);

} // namespace capsule::cli
