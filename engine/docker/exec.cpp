// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/exec.h"

#include "docker/hijack.h"
#include "docker/json.h"

using namespace Qt::StringLiterals;

namespace capsule::docker {

Async<QString> createExec(Client &client, const QString &container, const ExecOptions &options)
{
    QJsonObject body{{u"AttachStdin"_s, options.attachInput},
                     {u"AttachStdout"_s, true},
                     {u"AttachStderr"_s, true},
                     {u"Tty"_s, options.terminal == ExecTerminal::Tty},
                     {u"DetachKeys"_s, detachKeys},
                     {u"Cmd"_s, QJsonArray::fromStringList(options.command)},
                     {u"Env"_s, QJsonArray::fromStringList(options.environment)}};
    if (!options.workingDirectory.isEmpty())
        body.insert(u"WorkingDir"_s, options.workingDirectory);
    if (!options.user.isEmpty())
        body.insert(u"User"_s, options.user);
    const Call call{.verb = "POST", .path = u"/containers/"_s + pathPart(container) + u"/exec"_s, .body = body, .what = u"prepare a command in the container"_s};
    return mapped<QString>(client.sendForObject(call), [](const QJsonObject &json) -> Result<QString> {
        const QString id = json.value("Id"_L1).toString();
        if (id.isEmpty())
            return fail(ErrorCode::ProtocolError, u"The container engine prepared a command without telling its id."_s);
        return id;
    });
}

HijackedStream *startExec(Client &client, const QString &exec, ExecTerminal terminal, QObject *parent)
{
    const bool tty = terminal == ExecTerminal::Tty;
    return new HijackedStream(client,
                              {.path = u"/exec/"_s + pathPart(exec) + u"/start"_s,
                               .query = {},
                               .body = {{u"Detach"_s, false}, {u"Tty"_s, tty}},
                               .framing = tty ? Framing::Raw : Framing::Multiplexed,
                               .what = u"run a command in the container"_s},
                              parent);
}

Async<ExecState> inspectExec(Client &client, const QString &exec)
{
    const Call call{.path = u"/exec/"_s + pathPart(exec) + u"/json"_s, .what = u"look at a command in the container"_s};
    return mapped<ExecState>(client.sendForObject(call), [](const QJsonObject &json) -> Result<ExecState> {
        const bool running = json.value("Running"_L1).toBool();
        return ExecState{running, running ? -1 : json.value("ExitCode"_L1).toInt(-1), json.value("Pid"_L1).toInt()};
    });
}

Async<void> resizeExec(Client &client, const QString &exec, int columns, int rows)
{
    return client.sendForNothing({.verb = "POST",
                                  .path = u"/exec/"_s + pathPart(exec) + u"/resize"_s,
                                  .query = query({{u"w"_s, QString::number(columns)}, {u"h"_s, QString::number(rows)}}),
                                  .what = u"change the terminal's size"_s});
}

} // namespace capsule::docker
