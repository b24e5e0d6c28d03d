// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytesize.h"

#include <QLocale>
#include <QRegularExpression>

#include <cmath>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr QLatin1StringView unitLetters("kmgt");

} // namespace

std::optional<qint64> parseByteSize(QStringView text)
{
    static const QRegularExpression pattern(uR"(\A(\d{1,16}(?:\.\d{1,6})?)\s?(?:([kmgt])(?:i?b)?|b)?\z)"_s,
                                            QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = pattern.matchView(text);
    if (!match.hasMatch())
        return std::nullopt;
    double bytes = QLocale::c().toDouble(match.captured(1));
    if (const QString unit = match.captured(2).toLower(); !unit.isEmpty())
        bytes *= std::pow(1024.0, double(unitLetters.indexOf(unit.front()) + 1));
    constexpr double limit = 9007199254740992.0; // 2^53: what a JSON number holds exactly
    return bytes <= limit ? std::optional(qint64(bytes)) : std::nullopt;
}

QString formatByteSize(qint64 bytes)
{
    int power = 0;
    double value = double(bytes);
    while (value >= 1024 && power < unitLetters.size()) {
        value /= 1024;
        ++power;
    }
    if (power == 0)
        return u"%1 B"_s.arg(bytes);
    const double rounded = std::round(value * 10) / 10;
    return u"%1 %2iB"_s.arg(rounded == std::floor(rounded) ? QString::number(qint64(rounded)) : QString::number(rounded, 'f', 1),
                            QChar(unitLetters[power - 1]).toUpper());
}

} // namespace capsule
