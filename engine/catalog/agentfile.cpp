// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/agentfile.h"

#include "base/bytesize.h"
#include "catalog/jsonfields.h"

#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qint64 smallestMemory = 64 * 1024 * 1024;
constexpr qint64 largestMemory = qint64(16) * 1024 * 1024 * 1024 * 1024;

void readIdentity(JsonFields &fields, const QString &folder, AgentProfile &profile)
{
    profile.id = fields.text(u"id"_s, {.maxLength = 32, .required = true});
    if (!isAgentId(profile.id))
        fields.refuse(u"id"_s, u"must be 1 to 32 lower-case letters, digits or hyphens, and not start with a hyphen"_s);
    else if (profile.id != folder)
        fields.refuse(u"id"_s, u"must equal the name of its folder"_s);
    profile.name = fields.text(u"name"_s, {.maxLength = 64, .required = true});
    profile.description = fields.text(u"description"_s, {.maxLength = 256});

    static const QRegularExpression bareName(uR"(\A[A-Za-z0-9][A-Za-z0-9._-]*\z)"_s);
    profile.icon = fields.text(u"icon"_s, {.maxLength = 64});
    if (!profile.icon.isEmpty() && !bareName.match(profile.icon).hasMatch())
        fields.refuse(u"icon"_s, u"must be the name of an icon: letters, digits, dots, hyphens and underscores, no path"_s);
}

void readCommand(JsonFields &fields, AgentProfile &profile)
{
    constexpr int maxArguments = 64;
    const auto list = fields.list(u"command"_s, maxArguments);
    for (qsizetype i = 0; i < list.size(); ++i)
        profile.command << fields.itemText(u"command"_s, i, list.at(i), 4096);
    if (!profile.command.isEmpty() && profile.command.front().isEmpty())
        fields.refuse(u"command[0]"_s, u"must name a program"_s);
}

void readEnvironment(JsonFields &fields, AgentProfile &profile)
{
    static const QRegularExpression variable(uR"(\A[A-Za-z_][A-Za-z0-9_]{0,127}\z)"_s);
    constexpr qsizetype maxVariables = 64;
    const QJsonObject environment = fields.object(u"environment"_s);
    if (environment.size() > maxVariables)
        fields.refuse(u"environment"_s, u"must have at most %1 variables"_s.arg(maxVariables));
    for (auto it = environment.begin(); it != environment.end() && fields.isFine(); ++it) {
        if (!variable.match(it.key()).hasMatch()) {
            fields.refuse(u"environment"_s, u"must have names of letters, digits and underscores that do not start with a digit"_s);
            return;
        }
        JsonFields inner = fields.inside(u"environment"_s, environment);
        profile.environment << it.key() + u'=' + inner.text(it.key(), {.maxLength = 4096});
        fields.take(inner);
    }
}

void readLimits(JsonFields &fields, AgentProfile &profile)
{
    JsonFields limits = fields.inside(u"limits"_s, fields.object(u"limits"_s));
    profile.limits.cpus = limits.number(u"cpus"_s, 0.1, 1024, u"must be a number from 0.1 to 1024"_s);
    profile.limits.pids = int(limits.wholeNumber(u"pids"_s, 16, 1'000'000));

    const QString range = u"must be from 64 MiB to 16 TiB"_s;
    profile.limits.memoryBytes = qint64(limits.number(u"memoryBytes"_s, double(smallestMemory), double(largestMemory), range));
    if (const QString memory = limits.text(u"memory"_s, {.maxLength = 32}); !memory.isEmpty()) {
        const qint64 bytes = parseByteSize(memory).value_or(0);
        if (bytes < smallestMemory || bytes > largestMemory)
            limits.refuse(u"memory"_s, u"must be a size such as \"4g\" or \"512m\", from 64 MiB to 16 TiB"_s);
        else if (profile.limits.memoryBytes != 0)
            limits.refuse(u"memory"_s, u"must not stand beside memoryBytes"_s);
        profile.limits.memoryBytes = bytes;
    }
    fields.take(limits);
}

void readPorts(JsonFields &fields, AgentProfile &profile)
{
    constexpr int maxPorts = 16;
    const auto list = fields.list(u"ports"_s, maxPorts);
    for (qsizetype i = 0; i < list.size() && fields.isFine(); ++i) {
        const QString path = u"ports[%1]"_s.arg(i);
        if (!list.at(i).isObject()) {
            fields.refuse(path, u"must be an object with port and label"_s);
            return;
        }
        JsonFields item = fields.inside(path, list.at(i).toObject());
        AgentPort port{.port = int(item.wholeNumber(u"port"_s, 1, 65535)), .label = item.text(u"label"_s, {.maxLength = 64})};
        if (port.port == 0)
            item.refuse(u"port"_s, u"must be a number from 1 to 65535"_s);
        if (std::ranges::contains(profile.ports, port.port, &AgentPort::port))
            item.refuse(u"port"_s, u"must not be the same as an earlier one"_s);
        fields.take(item);
        profile.ports.push_back(port);
    }
}

} // namespace

bool isAgentId(QStringView id)
{
    static const QRegularExpression pattern(uR"(\A[a-z0-9][a-z0-9-]{0,31}\z)"_s);
    return pattern.matchView(id).hasMatch();
}

std::expected<AgentProfile, AgentProblem> parseAgentFile(const QByteArray &bytes, const QString &folder, const QString &file)
{
    const auto refuseFile = [&](const QString &reason) { return std::unexpected(AgentProblem{file, {}, reason}); };
    if (bytes.size() > agentFileMaxBytes)
        return refuseFile(u"must not be larger than %1"_s.arg(formatByteSize(agentFileMaxBytes)));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
    if (error.error != QJsonParseError::NoError)
        return refuseFile(u"must be JSON: %1 at byte %2"_s.arg(error.errorString()).arg(error.offset));
    if (!document.isObject())
        return refuseFile(u"must hold one JSON object"_s);

    AgentProfile profile;
    profile.origin = file;
    JsonFields fields(document.object());
    readIdentity(fields, folder, profile);
    profile.install = fields.text(u"install"_s, {.maxLength = 8192});
    profile.setup = fields.text(u"setup"_s, {.maxLength = 8192});
    readCommand(fields, profile);
    readEnvironment(fields, profile);
    readLimits(fields, profile);
    profile.privileges = fields.flag(u"sudo"_s) ? Privileges::Sudo : Privileges::Locked;
    readPorts(fields, profile);
    profile.warmPool = fields.flag(u"warm_pool"_s);
    if (!fields.isFine())
        return std::unexpected(AgentProblem{file, fields.problemKey(), fields.problemReason()});
    return profile;
}

QString describe(const AgentProblem &problem)
{
    return problem.file + u": "_s + (problem.key.isEmpty() ? QString() : problem.key + u' ') + problem.reason;
}

} // namespace capsule
