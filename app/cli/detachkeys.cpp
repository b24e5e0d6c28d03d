// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/detachkeys.h"

#include <QStringList>

#include <utility>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

std::unexpected<Error> badKeys(const QString &text)
{
    return fail(ErrorCode::InvalidArgument, u"\"%1\" is no list of keys; write \"ctrl-],d\" or \"none\"."_s.arg(text));
}

/// Kitty: CSI code;modifiers u; xterm modifyOtherKeys: CSI 27;modifiers;code ~. Modifiers: 1 + 4 for Ctrl.
QList<QByteArray> controlKey(char key)
{
    const char lower = key >= 'A' && key <= 'Z' ? char(key + 32) : key;
    const QByteArray code = QByteArray::number(int(lower));
    return {QByteArray(1, char(key & 0x1f)), "\x1b[" + code + ";5u", "\x1b[27;5;" + code + '~'};
}

QList<QByteArray> plainKey(char key)
{
    return {QByteArray(1, key), "\x1b[" + QByteArray::number(int(key)) + 'u'};
}

/// How many bytes at `at` are this key; 0: it is another one.
qsizetype lengthOf(const QList<QByteArray> &key, const QByteArray &typed, qsizetype at)
{
    for (const QByteArray &encoding : key) {
        if (typed.sliced(at).startsWith(encoding))
            return encoding.size();
    }
    return 0;
}

} // namespace

Result<DetachKeys> parseDetachKeys(const QString &text)
{
    DetachKeys keys;
    if (text == "none"_L1)
        return keys;
    QStringList shown;
    for (const QString &word : text.split(u',')) {
        const bool control = word.startsWith("ctrl-"_L1, Qt::CaseInsensitive);
        const QString name = control ? word.sliced(5) : word;
        const char key = name.size() == 1 ? char(name.front().toUpper().toLatin1()) : '\0';
        if (name.size() != 1 || name.front().unicode() <= 0x20 || name.front().unicode() > 0x7e || (control && (key < '@' || key > '_')))
            return badKeys(text);
        keys.keys << (control ? controlKey(key) : plainKey(name.front().toLatin1()));
        shown << (control ? "Ctrl-"_L1 + name.toUpper() : name);
    }
    keys.shown = shown.join(u' ');
    return keys;
}

DetachMatcher::Found DetachMatcher::feed(const QByteArray &typed)
{
    Found found;
    if (m_keys.keys.isEmpty())
        return {typed, false};
    for (qsizetype at = 0; at < typed.size();) {
        if (const qsizetype length = lengthOf(m_keys.keys.at(m_matched), typed, at); length > 0) {
            m_held += typed.sliced(at, length);
            at += length;
            if (++m_matched == m_keys.keys.size()) {
                found.detached = true;
                return found;
            }
            continue;
        }
        if (m_matched == 0) {
            found.forward += typed.at(at++);
            continue;
        }
        found.forward += std::exchange(m_held, {});
        m_matched = 0;
        at += lengthOf(m_keys.keys.front(), typed, at);
    }
    return found;
}

} // namespace capsule::cli
