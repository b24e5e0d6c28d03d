// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/workspaceopener.h"

#include "workspace/folderscan.h"
#include "workspace/foldersource.h"

namespace capsule {

OpenWorkspace folderWorkspaces(QObject *context)
{
    return [context](const QString &folder, std::stop_token stop) {
        return scanFolder(folder, {}, stop, context).then(context, [folder](const Result<FolderReport> &report) {
            return report.transform([&](const FolderReport &found) {
                return WorkspaceTree{std::make_shared<FolderSource>(FolderSource::Options{.path = folder, .totalBytes = found.bytes, .limits = {}}),
                                     found.summary()};
            });
        });
    };
}

} // namespace capsule
