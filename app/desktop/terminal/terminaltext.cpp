// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/terminal/terminaltext.h"

#include <QRegularExpression>
#include <QStringView>

#include <utility>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

bool isControl(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/// Letters and marks by category that are drawn as nothing or as a blank.
bool isInvisibleFiller(char32_t c)
{
    return c == 0x034f || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || (c >= 0x180b && c <= 0x180f) || c == 0x2800
        || c == 0x3164 || c == 0xffa0 || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0000 && c <= 0xe0fff);
}

bool isMark(QChar::Category category)
{
    return category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing;
}

bool isPlain(char32_t c, QChar::Category category)
{
    switch (category) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_NotAssigned:
    case QChar::Other_PrivateUse:
        return false;
    default:
        return !isInvisibleFiller(c);
    }
}

} // namespace

QString plainLine(const QString &text, int maxLength)
{
    QString line;
    int marks = 0;
    bool space = false;
    // What is removed must not make us read a hostile text of any length to its end.
    const QList<uint> codePoints = QStringView(text).first(qMin<qsizetype>(text.size(), 16 * maxLength)).toUcs4();
    for (const char32_t c : codePoints) {
        if (line.size() > maxLength)
            break;
        const QChar::Category category = QChar::category(c);
        if (QChar::isSpace(c)) {
            space = !line.isEmpty();
            continue;
        }
        if (!isPlain(c, category))
            continue;
        marks = isMark(category) ? marks + 1 : 0;
        if (marks > 2)
            continue;
        if (std::exchange(space, false))
            line += u' ';
        line += QChar::fromUcs4(c);
    }
    if (line.size() > maxLength) {
        line.truncate(maxLength - 1);
        if (!line.isEmpty() && line.back().isHighSurrogate())
            line.chop(1);
        line += u'…';
    }
    return line;
}

QString cleanPaste(const QString &text)
{
    static const QRegularExpression pasteMarker(u"(\u001b\\[|\u009b)20[01]~"_s);
    QString unmarked = text;
    unmarked.remove(pasteMarker);
    unmarked.replace("\r\n"_L1, "\r"_L1);
    QString clean;
    clean.reserve(unmarked.size());
    for (const QChar c : std::as_const(unmarked)) {
        if (c == u'\n' || c == QChar::LineSeparator || c == QChar::ParagraphSeparator)
            clean += u'\r';
        else if (c == u'\r' || c == u'\t' || !isControl(c.unicode()))
            clean += c;
    }
    return clean;
}

qsizetype enteredLines(const QString &cleanText)
{
    return cleanText.count(u'\r');
}

} // namespace capsule
