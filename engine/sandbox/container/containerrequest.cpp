// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containerrequest.h"

#include <QJsonArray>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qint64 sharedMemoryBytes = 256LL * 1024 * 1024; ///< headless browsers fail with the usual 64 MiB
/// Engines cannot raise a limit above their own, which may be as low as 20,000.
constexpr int maxOpenFiles = 16384;

QJsonObject labelsOf(const SandboxSpec &spec)
{
    QJsonObject labels;
    for (const auto &[key, value] : spec.labels.asKeyValueRange())
        labels.insert(key, value);
    // Ours last: nobody takes them over.
    labels.insert(managedLabel, u"true"_s);
    labels.insert(sessionLabel, spec.sessionId);
    labels.insert(nameLabel, spec.name);
    return labels;
}

QJsonObject ulimit(const QString &name, int value)
{
    return {{u"Name"_s, name}, {u"Soft"_s, value}, {u"Hard"_s, value}};
}

QJsonObject hostConfig(const SandboxSpec &spec, const EngineFacts &facts, const QString &network)
{
    // An engine refuses more CPUs than its machine has.
    const double cpus = facts.cpus > 0 ? qMin(spec.limits.cpus, double(facts.cpus)) : spec.limits.cpus;
    QJsonObject config{
        {u"CapDrop"_s, QJsonArray{u"ALL"_s}},
        {u"CapAdd"_s, QJsonArray::fromStringList(grantedCapabilities(spec.privileges))},
        {u"Privileged"_s, false},
        {u"Init"_s, true}, // reaps, and ends on TERM: without it every stop takes the whole grace
        {u"IpcMode"_s, u"private"_s},
        {u"PidMode"_s, QString()},
        {u"UTSMode"_s, QString()},
        {u"NetworkMode"_s, network},
        {u"PublishAllPorts"_s, false},
        {u"Memory"_s, spec.limits.memoryBytes},
        {u"MemorySwap"_s, spec.limits.memoryBytes}, // memory and swap together: no swap
        {u"NanoCpus"_s, qRound64(cpus * 1e9)},
        {u"PidsLimit"_s, spec.limits.pids},
        {u"ShmSize"_s, sharedMemoryBytes},
        {u"Ulimits"_s, QJsonArray{ulimit(u"core"_s, 0), ulimit(u"nofile"_s, maxOpenFiles)}},
        {u"RestartPolicy"_s, QJsonObject{{u"Name"_s, u"no"_s}}},
        {u"LogConfig"_s, QJsonObject{{u"Type"_s, u"none"_s}}},
        {u"AutoRemove"_s, false},
    };
    // Seccomp, AppArmor, masked and read-only paths, devices: the engine's defaults, which are the strict ones.
    if (spec.privileges == Privileges::Locked)
        config.insert(u"SecurityOpt"_s, QJsonArray{u"no-new-privileges"_s});
    if (facts.privateCgroupNamespace)
        config.insert(u"CgroupnsMode"_s, u"private"_s);
    return config;
}

} // namespace

EngineFacts EngineFacts::read(const QJsonObject &info, bool podman)
{
    EngineFacts facts;
    facts.podman = podman;
    for (const QJsonValue option : info.value("SecurityOptions"_L1).toArray())
        facts.rootless = facts.rootless || option.toString().contains("rootless"_L1);
    facts.cgroupVersion = info.value("CgroupVersion"_L1).toString(u"1"_s).toInt();
    facts.cpus = info.value("NCPU"_L1).toInt();
    // Absent in Podman's answer, which on cgroup v1 accepts a rootless container's limits and ignores them.
    facts.limits = info.value("MemoryLimit"_L1).toBool(true) && info.value("PidsLimit"_L1).toBool(true)
        && info.value("CpuCfsQuota"_L1).toBool(true) && !(facts.rootless && facts.cgroupVersion < 2);
    facts.privateCgroupNamespace = !(podman && facts.cgroupVersion < 2);
    return facts;
}

Result<void> checkSpec(const SandboxSpec &spec)
{
    if (spec.limits.cpus < 0.01 || spec.limits.memoryBytes < 6 * 1024 * 1024 || spec.limits.pids < 1)
        return fail(ErrorCode::InvalidArgument, u"A sandbox needs limits for CPUs, memory (6 MiB or more) and processes."_s);
    if (spec.image.isEmpty())
        return fail(ErrorCode::InvalidArgument, u"A sandbox needs an image."_s);
    static const QRegularExpression entry(u"\\A[A-Za-z_][A-Za-z0-9_]*=[^\\x{0}]*\\z"_s);
    for (const QString &variable : spec.environment) {
        if (!entry.match(variable).hasMatch()) // only its name is told: its value may be private
            return fail(ErrorCode::InvalidArgument, u"The environment variable \"%1\" is not of the form NAME=value."_s.arg(variable.section(u'=', 0, 0)));
    }
    return {};
}

QStringList grantedCapabilities(Privileges privileges)
{
    if (privileges == Privileges::Locked)
        return {};
    return {
        u"CHOWN"_s,        // packages with files of other users; sudo chown
        u"DAC_OVERRIDE"_s, // apt works as root in folders of _apt
        u"FOWNER"_s,       // sudo chmod of the user's files; dpkg on files of other users
        u"KILL"_s,         // sudo kill; restarting a service of another user
        u"SETGID"_s,       // sudo itself; apt drops to _apt
        u"SETUID"_s,
    };
}

QJsonObject containerRequest(const SandboxSpec &spec, const EngineFacts &facts, const QString &network)
{
    return {
        {u"Image"_s, spec.image},
        {u"Hostname"_s, hostName(spec.name)},
        {u"User"_s, sandboxUser},
        {u"WorkingDir"_s, workspacePath},
        {u"Env"_s, QJsonArray::fromStringList(spec.environment)},
        {u"Labels"_s, labelsOf(spec)},
        // An entry point of our own also discards the image's command.
        {u"Entrypoint"_s, QJsonArray{u"sleep"_s, u"infinity"_s}},
        {u"Healthcheck"_s, QJsonObject{{u"Test"_s, QJsonArray{u"NONE"_s}}}},
        {u"Tty"_s, false},
        {u"OpenStdin"_s, false},
        {u"HostConfig"_s, hostConfig(spec, facts, network)},
    };
}

QJsonObject networkRequest(const QString &name, const QMap<QString, QString> &labels)
{
    QJsonObject all;
    for (const auto &[key, value] : labels.asKeyValueRange())
        all.insert(key, value);
    return {
        {u"Name"_s, name},
        {u"CheckDuplicate"_s, true},
        {u"Driver"_s, u"bridge"_s},
        {u"EnableIPv6"_s, false},
        {u"Options"_s, QJsonObject{{u"com.docker.network.bridge.enable_icc"_s, u"false"_s}}},
        {u"Labels"_s, all},
    };
}

QString hostName(const QString &name)
{
    QString result;
    for (const QChar c : name.toLower()) {
        const bool plain = (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9');
        if (plain)
            result += c;
        else if (!result.isEmpty() && !result.endsWith(u'-'))
            result += u'-';
        if (result.size() == 24)
            break;
    }
    while (result.endsWith(u'-'))
        result.chop(1);
    return result.isEmpty() ? u"sandbox"_s : result;
}

QString containerName(const QString &name, quint32 random)
{
    return u"capsule-%1-%2"_s.arg(hostName(name)).arg(random, 8, 16, '0'_L1);
}

} // namespace capsule
