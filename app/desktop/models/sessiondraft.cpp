// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/models/sessiondraft.h"

#include <QDir>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qsizetype maxNameLength = 64;

QString folderProblem(const QString &typed)
{
    const QString path = expandedFolder(typed);
    if (path.isEmpty())
        return u"Choose the folder to copy, or start with an empty workspace."_s;
    if (QDir::isRelativePath(path))
        return u"Give the whole path of the folder, beginning with /."_s;
    const QFileInfo info(path);
    if (!info.exists())
        return u"There is no such folder."_s;
    if (!info.isDir())
        return u"This is a file; choose the folder that holds it."_s;
    if (!info.isReadable() || !info.isExecutable())
        return u"You may not read this folder; choose another or change its permissions."_s;
    if (info.canonicalFilePath() == "/"_L1)
        return u"The whole file system cannot be copied; choose a folder in it."_s;
    return {};
}

} // namespace

QString expandedFolder(const QString &typed)
{
    QString path = typed.trimmed();
    if (path == u'~' || path.startsWith("~/"_L1))
        path.replace(0, 1, QDir::homePath());
    return path.isEmpty() ? path : QDir::cleanPath(path);
}

QString suggestedName(const SessionDraft &draft, const QStringList &takenNames)
{
    QString base;
    if (draft.workspace == WorkspaceKind::Copy)
        base = QFileInfo(expandedFolder(draft.folder)).fileName().left(maxNameLength - 4).trimmed();
    if (base.isEmpty())
        base = draft.agentId.isEmpty() ? u"session"_s : draft.agentId;
    QString name = base;
    for (int number = 2; takenNames.contains(name, Qt::CaseInsensitive); ++number)
        name = u"%1-%2"_s.arg(base).arg(number);
    return name;
}

QString nameProblem(const QString &name, const QStringList &takenNames, const QString &ownName)
{
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty())
        return u"A session needs a name."_s;
    if (trimmed.size() > maxNameLength)
        return u"A name has at most %1 characters."_s.arg(maxNameLength);
    for (const QChar c : trimmed) {
        if (!c.isPrint())
            return u"A name has letters, digits, spaces and signs only."_s;
    }
    if (trimmed != ownName && takenNames.contains(trimmed))
        return u"Another session has this name."_s;
    return {};
}

DraftProblems check(const SessionDraft &draft, const QStringList &takenNames)
{
    DraftProblems problems;
    if (draft.agentId.isEmpty())
        problems.agent = u"Choose an agent."_s;
    if (!draft.name.trimmed().isEmpty())
        problems.name = nameProblem(draft.name, takenNames);
    if (draft.workspace == WorkspaceKind::Copy)
        problems.folder = folderProblem(draft.folder);
    return problems;
}

api::SessionCreateParams toRequest(const SessionDraft &draft, const QStringList &takenNames)
{
    api::SessionCreateParams params;
    params.agentId = draft.agentId;
    params.name = draft.name.trimmed().isEmpty() ? suggestedName(draft, takenNames) : draft.name.trimmed();
    params.workspace.kind = draft.workspace;
    if (draft.workspace == WorkspaceKind::Copy)
        params.workspace.path = expandedFolder(draft.folder);
    params.limits = draft.limits;
    params.privileges = draft.privileges;
    return params;
}

api::SessionCreateParams requestFrom(const SessionInfo &session)
{
    api::SessionCreateParams params;
    params.agentId = session.agentId;
    params.name = session.name;
    params.workspace = session.workspace;
    params.limits = session.limits;
    params.privileges = session.privileges;
    params.providerId = session.providerId;
    return params;
}

} // namespace capsule
