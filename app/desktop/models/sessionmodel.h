// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/types.h"

#include <QAbstractListModel>

namespace capsule {

/// The sessions as the engine last told them, newest first. Rows are replaced as a whole; what is older than
/// the row already here (by revision) is dropped. Fed by EngineLink, read by every list and menu.
class SessionModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole + 1,
        AgentRole,
        StateRole,     ///< int(SessionState)
        StateTextRole, ///< one word
        AgeRole,       ///< since it was made: "5 min"
        MessageRole,
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

    /// The engine's whole list after a (re)connection. Rows that are not in it go away. Revisions of the
    /// former connection are forgotten first, since another engine may have counted them.
    void replaceAll(std::vector<SessionInfo> sessions);
    void update(const SessionInfo &session);
    void remove(const QString &id);
    void refreshAges(); ///< call now and then: time passes without the engine saying so

    const SessionInfo *find(const QString &id) const;
    const SessionInfo *findByIdOrName(const QString &text) const; ///< id, name, or a prefix that fits one id only
    const SessionInfo *at(int row) const;
    QModelIndex indexOf(const QString &id) const;
    const std::vector<SessionInfo> &sessions() const { return m_sessions; }
    QStringList names() const;

signals:
    /// After the row has changed or appeared. `former` is what it was, for what depends on the transition.
    void sessionChanged(const capsule::SessionInfo &session, std::optional<capsule::SessionInfo> former);
    void sessionRemoved(const QString &id);

private:
    int rowOf(const QString &id) const;
    void insert(const SessionInfo &session);
    void setRow(int row, const SessionInfo &session);

    std::vector<SessionInfo> m_sessions;
};

} // namespace capsule
