// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionnames.h"

#include <QRandomGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

bool isPrintable(char32_t character)
{
    return QChar::isPrint(character);
}

} // namespace

QString newId()
{
    const quint64 random = QRandomGenerator::system()->generate64() & 0xffff'ffff'ffffU;
    return u"%1"_s.arg(random, 12, 16, QChar(u'0'));
}

Result<QString> checkedName(const QString &name)
{
    const QString trimmed = name.trimmed();
    const QList<uint> characters = trimmed.toUcs4();
    if (characters.isEmpty())
        return fail(ErrorCode::InvalidArgument, u"A session needs a name; type one of 1 to 64 characters."_s);
    if (characters.size() > maxNameLength)
        return fail(ErrorCode::InvalidArgument, u"The name is too long; a session's name has at most 64 characters."_s);
    if (!trimmed.isValidUtf16() || !std::ranges::all_of(characters, isPrintable))
        return fail(ErrorCode::InvalidArgument, u"The name has characters that cannot be shown; use letters, digits and signs."_s);
    return trimmed;
}

QString unusedName(const QString &base, const std::function<bool(const QString &)> &isTaken)
{
    QList<uint> characters = base.simplified().toUcs4();
    characters.removeIf([](uint character) { return !isPrintable(character); });
    if (characters.size() > maxNameLength - 4) // room for a number
        characters.resize(maxNameLength - 4);
    const QString cleaned = QString::fromUcs4(reinterpret_cast<const char32_t *>(characters.constData()), characters.size()).trimmed();
    const QString stem = cleaned.isEmpty() ? u"session"_s : cleaned;
    QString name = stem;
    for (int number = 2; isTaken(name); ++number)
        name = u"%1-%2"_s.arg(stem).arg(number);
    return name;
}

} // namespace capsule
