// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/opencommand.h"

#include "cli/exitcodes.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace capsule::cli {

void OpenCommand::run()
{
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) {
        return refuse({ErrorCode::Unavailable, u"There is no desktop here; \"capsule attach SESSION\" works in this terminal."_s,
                       u"neither DISPLAY nor WAYLAND_DISPLAY is set"_s});
    }
    if (m_line.operands.isEmpty())
        return open({});
    withEngine([this] {
        withSession(m_line.operands.at(0), [this](const SessionInfo &session) { open({u"--open"_s, session.id}); });
    });
}

void OpenCommand::open(const QStringList &arguments)
{
    const QString beside = QCoreApplication::applicationDirPath() + "/capsule-desktop"_L1;
    const QString program = QFileInfo(beside).isExecutable() ? beside : QStandardPaths::findExecutable(u"capsule-desktop"_s);
    if (program.isEmpty())
        return refuse({ErrorCode::NotFound, u"The desktop application is not installed; install capsule-desktop."_s, {}});
    QProcess process;
    process.setProgram(program);
    process.setArguments(arguments);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    qint64 pid = 0;
    if (!process.startDetached(&pid))
        return refuse({ErrorCode::Unavailable, u"The desktop application could not be started; try %1."_s.arg(program), process.errorString()});
    m_output.json({{u"pid"_s, pid}});
    finish(exitOk);
}

} // namespace capsule::cli
