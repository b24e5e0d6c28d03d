// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/widgets/folderfield.h"

#include "desktop/models/sessiondraft.h"
#include "desktop/prompts.h"

#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace capsule {

FolderField::FolderField(const QStringList &recentFolders, Prompts &prompts, QWidget *parent)
    : QWidget(parent)
    , m_prompts(prompts)
    , m_combo(new QComboBox)
{
    m_combo->setEditable(true);
    m_combo->setInsertPolicy(QComboBox::NoInsert);
    m_combo->addItems(recentFolders);
    m_combo->setCurrentIndex(-1);
    m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_combo->setMinimumContentsLength(28);
    m_combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_combo->setAccessibleName(u"Folder"_s);
    m_combo->lineEdit()->setPlaceholderText(u"Folder, or drop one here"_s);
    m_combo->lineEdit()->setAcceptDrops(false); // the dialog takes the drop; a line edit would insert file:///...
    auto *pick = new QPushButton(u"&Browse…"_s);
    pick->setAutoDefault(false);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_combo, 1);
    layout->addWidget(pick);
    setFocusProxy(m_combo);
    connect(m_combo, &QComboBox::editTextChanged, this, &FolderField::folderChanged);
    connect(pick, &QPushButton::clicked, this, &FolderField::browse);
}

QString FolderField::folder() const
{
    return m_combo->currentText();
}

void FolderField::setFolder(const QString &folder)
{
    m_combo->setEditText(folder);
}

void FolderField::browse()
{
    const QString typed = expandedFolder(folder());
    m_prompts.chooseFolder(window(), u"Choose a Folder to Copy"_s, QFileInfo(typed).isDir() ? typed : QDir::homePath(), this,
                           [this](const QString &path) { setFolder(path); });
}

QString FolderField::droppedFolder(const QMimeData *data)
{
    for (const QUrl &url : data->urls()) {
        if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isDir())
            return QDir::cleanPath(url.toLocalFile());
    }
    return {};
}

} // namespace capsule
