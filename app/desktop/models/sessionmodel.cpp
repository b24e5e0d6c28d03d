// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/models/sessionmodel.h"

#include "desktop/models/sessiontext.h"

#include <algorithm>

namespace capsule {

namespace {

/// Newest first; the id decides between sessions of the same moment, so that rows never swap by chance.
bool comesBefore(const SessionInfo &a, const SessionInfo &b)
{
    return a.createdAt != b.createdAt ? a.createdAt > b.createdAt : a.id < b.id;
}

} // namespace

int SessionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_sessions.size());
}

QVariant SessionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SessionInfo &session = m_sessions[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return session.name;
    case Qt::ToolTipRole:
        return sessionToolTip(session);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2, %3").arg(session.name, session.agentName, stateWord(session.state));
    case IdRole:
        return session.id;
    case AgentRole:
        return session.agentName.isEmpty() ? session.agentId : session.agentName;
    case StateRole:
        return int(session.state);
    case StateTextRole:
        return stateWord(session.state);
    case AgeRole:
        return ageText(session.createdAt, QDateTime::currentDateTimeUtc());
    case MessageRole:
        return session.message;
    default:
        return {};
    }
}

void SessionModel::replaceAll(std::vector<SessionInfo> sessions)
{
    for (SessionInfo &known : m_sessions)
        known.revision = 0;
    QStringList gone;
    for (const SessionInfo &known : m_sessions) {
        if (std::ranges::find(sessions, known.id, &SessionInfo::id) == sessions.end())
            gone << known.id;
    }
    for (const QString &id : std::as_const(gone))
        remove(id);
    for (const SessionInfo &session : sessions)
        update(session);
}

void SessionModel::update(const SessionInfo &session)
{
    const int row = rowOf(session.id);
    if (row < 0)
        insert(session);
    else if (session.revision >= m_sessions[size_t(row)].revision)
        setRow(row, session);
}

void SessionModel::insert(const SessionInfo &session)
{
    const auto place = std::ranges::lower_bound(m_sessions, session, comesBefore);
    const int row = int(place - m_sessions.begin());
    beginInsertRows({}, row, row);
    m_sessions.insert(place, session);
    endInsertRows();
    emit sessionChanged(session, std::nullopt);
}

void SessionModel::setRow(int row, const SessionInfo &session)
{
    SessionInfo &known = m_sessions[size_t(row)];
    if (known == session)
        return;
    SessionInfo former = std::exchange(known, session);
    emit dataChanged(index(row), index(row));
    emit sessionChanged(session, std::move(former));
}

void SessionModel::remove(const QString &id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_sessions.erase(m_sessions.begin() + row);
    endRemoveRows();
    emit sessionRemoved(id);
}

void SessionModel::refreshAges()
{
    if (!m_sessions.empty())
        emit dataChanged(index(0), index(rowCount() - 1), {AgeRole});
}

int SessionModel::rowOf(const QString &id) const
{
    const auto found = std::ranges::find(m_sessions, id, &SessionInfo::id);
    return found == m_sessions.end() ? -1 : int(found - m_sessions.begin());
}

const SessionInfo *SessionModel::find(const QString &id) const
{
    return at(rowOf(id));
}

const SessionInfo *SessionModel::findByIdOrName(const QString &text) const
{
    if (text.isEmpty())
        return nullptr;
    const SessionInfo *prefixed = nullptr;
    bool several = false;
    for (const SessionInfo &session : m_sessions) {
        if (session.id == text || session.name == text)
            return &session;
        if (session.id.startsWith(text)) {
            several = prefixed != nullptr;
            prefixed = &session;
        }
    }
    return several ? nullptr : prefixed;
}

const SessionInfo *SessionModel::at(int row) const
{
    return row >= 0 && row < rowCount() ? &m_sessions[size_t(row)] : nullptr;
}

QModelIndex SessionModel::indexOf(const QString &id) const
{
    const int row = rowOf(id);
    return row < 0 ? QModelIndex() : index(row);
}

QStringList SessionModel::names() const
{
    QStringList names;
    for (const SessionInfo &session : m_sessions)
        names << session.name;
    return names;
}

} // namespace capsule
