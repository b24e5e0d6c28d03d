// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QJsonObject>
#include <QString>

namespace capsule::cli {

/// What the program prints: results on standard output, everything else on standard error. With --json standard
/// output holds one JSON value and errors are JSON too; nothing else is printed then.
class Output
{
public:
    explicit Output(bool json);

    bool isJson() const { return m_json; }
    bool hasColors() const { return m_colors; } ///< standard output is a terminal, and neither NO_COLOR nor TERM=dumb

    void text(const QString &text) const;          ///< standard output, as it is; nothing with --json
    void json(const QJsonObject &object) const;    ///< standard output; nothing without --json
    void note(const QString &sentence) const;      ///< standard error; nothing with --json
    void error(const Error &error) const;          ///< standard error: message, then the detail indented
    void usage(const QString &message, const QString &hint) const;

private:
    bool m_json;
    bool m_colors;
};

void writeOut(const QByteArray &bytes);
void writeErr(const QByteArray &bytes);

} // namespace capsule::cli
