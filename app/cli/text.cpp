// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

/// Cells a text takes in a terminal: two for East Asian wide characters and emoji, none for combining ones.
int widthOf(const QString &text)
{
    int width = 0;
    for (const char32_t c : text.toUcs4()) {
        const QChar::Category category = QChar::category(c);
        if (category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing || category == QChar::Other_Format)
            continue;
        const bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
        width += wide ? 2 : 1;
    }
    return width;
}

} // namespace

QString printable(const QString &text, Lines lines)
{
    QString clean;
    clean.reserve(text.size());
    for (const QChar c : text) {
        const char16_t u = c.unicode();
        const bool turns = (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
        if (c == u'\n' && lines == Lines::Keep)
            clean += c;
        else if (c.isSpace())
            clean += u' ';
        else if (c.category() != QChar::Other_Control && !turns)
            clean += c;
    }
    return clean;
}

QString age(const QDateTime &since, const QDateTime &now)
{
    if (!since.isValid())
        return u"-"_s;
    const qint64 seconds = std::max<qint64>(0, since.secsTo(now));
    if (seconds < 60)
        return u"%1s"_s.arg(seconds);
    if (seconds < 3600)
        return u"%1m"_s.arg(seconds / 60);
    if (seconds < 86400)
        return u"%1h"_s.arg(seconds / 3600);
    return u"%1d"_s.arg(seconds / 86400);
}

int shortIdLength(const std::vector<SessionInfo> &sessions)
{
    constexpr int shortest = 8;
    QStringList ids;
    for (const SessionInfo &session : sessions)
        ids << session.id;
    ids.sort();
    qsizetype length = shortest;
    for (qsizetype i = 1; i < ids.size(); ++i) {
        const qsizetype common = std::mismatch(ids.at(i).begin(), ids.at(i).end(), ids.at(i - 1).begin(), ids.at(i - 1).end()).first - ids.at(i).begin();
        length = std::max(length, common + 1);
    }
    return int(length);
}

QString table(const std::vector<std::vector<Cell>> &rows)
{
    std::vector<int> widths;
    for (const auto &row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], widthOf(row[i].text));
    }
    QString text;
    for (const auto &row : rows) {
        for (size_t i = 0; i < row.size(); ++i) {
            const Cell &cell = row[i];
            text += cell.color.isEmpty() ? cell.text : u"\u001b[%1m%2\u001b[0m"_s.arg(cell.color, cell.text);
            if (i + 1 < row.size())
                text += QString(widths[i] - widthOf(cell.text) + 2, u' ');
        }
        text += u'\n';
    }
    return text;
}

QString stateText(SessionState state)
{
    switch (state) {
    case SessionState::Creating:
        return u"still being made"_s;
    case SessionState::Starting:
        return u"still starting"_s;
    case SessionState::Stopping:
        return u"being stopped"_s;
    case SessionState::Removing:
        return u"being removed"_s;
    case SessionState::Failed:
        return u"a session that could not be started"_s;
    case SessionState::Running:
    case SessionState::Stopped:
    case SessionState::Interrupted:
        break;
    }
    return wire::enumToString(state);
}

QString stateColor(SessionState state)
{
    switch (state) {
    case SessionState::Running:
        return u"32"_s;
    case SessionState::Creating:
    case SessionState::Starting:
    case SessionState::Stopping:
    case SessionState::Removing:
        return u"33"_s;
    case SessionState::Failed:
    case SessionState::Interrupted:
        return u"31"_s;
    case SessionState::Stopped:
        return u"2"_s;
    }
    return {};
}

} // namespace capsule::cli
