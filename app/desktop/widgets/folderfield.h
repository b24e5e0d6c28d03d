// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QMimeData;

namespace capsule {

class Prompts;

/// A folder to be typed, picked, dropped, or chosen among recent ones.
class FolderField : public QWidget
{
    Q_OBJECT
public:
    FolderField(const QStringList &recentFolders, Prompts &prompts, QWidget *parent = nullptr);

    QString folder() const; ///< as typed
    void setFolder(const QString &folder);

    /// The local folder in what is dragged, or empty. For whole dialogs that take the drop as well.
    static QString droppedFolder(const QMimeData *data);

signals:
    void folderChanged(const QString &folder);

private:
    void browse();

    Prompts &m_prompts;
    QComboBox *m_combo;
};

} // namespace capsule
