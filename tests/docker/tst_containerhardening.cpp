// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/containerfixture.h"
#include "docker/containers.h"
#include "docker/exec.h"
#include "docker/hijack.h"

#include <QFile>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace capsule;
using test::await;
using test::ContainerFixture;

namespace {

/// CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID as a capability mask (linux/capability.h).
constexpr char sudoMask[] = "00000000000000eb";
constexpr char noMask[] = "0000000000000000";

} // namespace

/// The container that results from a default spec, seen from inside. The ids are those of the project's list of
/// security checks.
class TestContainerHardening : public QObject
{
    Q_OBJECT

    std::unique_ptr<ContainerFixture> m_fixture;
    QString m_locked;
    QString m_sudo;

    QString make(Privileges privileges, int pids = 256, qint64 memoryBytes = 1LL << 30)
    {
        SandboxSpec spec = m_fixture->spec();
        spec.privileges = privileges;
        spec.limits.pids = pids;
        spec.limits.memoryBytes = memoryBytes;
        const auto id = await(m_fixture->provider().create(spec));
        return id && await(m_fixture->provider().start(*id)) ? *id : QString();
    }
    QByteArray inside(const QString &id, const QString &script)
    {
        const auto output = m_fixture->shell(id, script);
        return output ? (output->out + output->err).trimmed() : "failed: " + test::why(output);
    }
    /// As root, the way a careless or hostile user of the engine would.
    QByteArray insideAsRoot(const QString &id, const QString &script)
    {
        const docker::ExecOptions options{.command = {u"sh"_s, u"-c"_s, script}, .environment = {}, .workingDirectory = u"/"_s, .user = u"0:0"_s};
        const auto exec = await(docker::createExec(m_fixture->client(), id, options));
        if (!exec)
            return "failed";
        docker::HijackedStream *stream = docker::startExec(m_fixture->client(), *exec, docker::ExecTerminal::None, this);
        QByteArray output;
        bool over = false;
        connect(stream, &docker::HijackedStream::output, this, [&output](const QByteArray &bytes) { output += bytes; });
        connect(stream, &docker::HijackedStream::errorOutput, this, [&output](const QByteArray &bytes) { output += bytes; });
        connect(stream, &docker::HijackedStream::finished, this, [&over] { over = true; });
        const bool ended = QTest::qWaitFor([&over] { return over; }, 30'000);
        delete stream;
        return ended ? output.trimmed() : "failed";
    }

private slots:
    void initTestCase()
    {
        DOCKER_OR_SKIP();
        m_fixture = std::make_unique<ContainerFixture>();
        QVERIFY2(!m_fixture->image().isEmpty(), "no image with a shell is on the engine");
        m_locked = make(Privileges::Locked);
        m_sudo = make(Privileges::Sudo);
        QVERIFY(!m_locked.isEmpty());
        QVERIFY(!m_sudo.isEmpty());
    }

    void cleanupTestCase()
    {
        for (const QString &id : {m_locked, m_sudo}) {
            if (!id.isEmpty())
                await(m_fixture->provider().remove(id));
        }
        m_fixture.reset();
    }

    void H01_capabilities()
    {
        const QString script = u"sed -n 's/^\\(Cap[EPB][a-z]*\\):\\t/\\1 /p' /proc/self/status"_s;
        const QByteArray none = QByteArray("CapPrm ") + noMask + "\nCapEff " + noMask + "\nCapBnd ";
        QCOMPARE(inside(m_locked, script), none + noMask);
        QCOMPARE(insideAsRoot(m_locked, script), none + noMask);
        QCOMPARE(inside(m_sudo, script), none + sudoMask);
        QCOMPARE(insideAsRoot(m_sudo, script), QByteArray("CapPrm ") + sudoMask + "\nCapEff " + sudoMask + "\nCapBnd " + sudoMask);
    }

    void H02_noNewPrivileges()
    {
        QCOMPARE(inside(m_locked, u"grep NoNewPrivs /proc/self/status"_s), "NoNewPrivs:\t1");
        const QByteArray sudo = inside(m_locked, u"command -v sudo >/dev/null && sudo -n id -u"_s);
        QVERIFY2(sudo.isEmpty() || !sudo.endsWith("\n0"), sudo.constData());
        QVERIFY(sudo != "0");
        if (inside(m_sudo, u"command -v sudo"_s).isEmpty())
            QSKIP("the image has no sudo");
        QCOMPARE(inside(m_sudo, u"sudo -n id -u 2>/dev/null"_s), "0");
    }

    void H03_seccomp()
    {
        for (const QString &id : {m_locked, m_sudo}) {
            QCOMPARE(inside(id, u"grep ^Seccomp: /proc/self/status"_s), "Seccomp:\t2");
            for (const QString &script : {u"mount -t tmpfs none /mnt"_s, u"unshare -U true"_s, u"unshare -m true"_s, u"nsenter -t 1 -m true"_s}) {
                QCOMPARE(inside(id, script + u" >/dev/null 2>&1; [ $? -ne 0 ] && echo refused"_s), "refused");
                QCOMPARE(insideAsRoot(id, script + u" >/dev/null 2>&1; [ $? -ne 0 ] && echo refused"_s), "refused");
            }
        }
    }

    void H05_maskedAndReadOnlyPaths()
    {
        for (const QString &id : {m_locked, m_sudo}) {
            for (const QString &path : {u"/proc/kcore"_s, u"/proc/keys"_s, u"/proc/timer_list"_s, u"/proc/sched_debug"_s, u"/sys/firmware"_s}) {
                const QByteArray size = insideAsRoot(id, u"[ -e %1 ] || exit 0; [ -d %1 ] && ls -A %1 || head -c 100 %1"_s.arg(path));
                QVERIFY2(size.isEmpty() || size.contains("denied"), qPrintable(path + u": "_s + QString::fromUtf8(size)));
            }
            for (const QString &path : {u"/proc/sys/kernel/core_pattern"_s, u"/proc/sysrq-trigger"_s, u"/proc/sys/kernel/hostname"_s})
                QCOMPARE(insideAsRoot(id, u"(echo x > %1) 2>/dev/null; [ $? -ne 0 ] && echo refused"_s.arg(path)), "refused");
            QCOMPARE(insideAsRoot(id, u"for d in /sys/fs/cgroup /sys/fs/cgroup/*; do [ -e $d/cgroup.procs ] || continue; mkdir $d/new 2>/dev/null && echo made $d;"_s
                                          + u" (echo x > $d/release_agent) 2>/dev/null && echo written $d; done; true"_s), "");
        }
    }

    void H07_noHostSockets()
    {
        for (const QString &id : {m_locked, m_sudo}) {
            QCOMPARE(insideAsRoot(id, u"ls -d /var/run/docker.sock /run/docker.sock /run/containerd /run/podman /run/dbus/system_bus_socket /tmp/.X11-unix /run/user/* 2>/dev/null; true"_s), "");
            QCOMPARE(inside(id, u"env | grep -E 'SSH_AUTH_SOCK|DISPLAY|DBUS|DOCKER_HOST'; true"_s), "");
            const auto inspected = await(docker::inspectContainer(m_fixture->client(), id));
            VERIFY_RESULT(inspected);
            QCOMPARE((*inspected)["Mounts"_L1].toArray().size(), 0);
        }
    }

    void H08_devices()
    {
        for (const QString &id : {m_locked, m_sudo}) {
            QCOMPARE(inside(id, u"find /dev -type b; find /dev -maxdepth 1 -type c | sort | tr '\\n' ' '"_s),
                     "/dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero");
            QCOMPARE(insideAsRoot(id, u"mknod /tmp/disk b 8 0 2>/dev/null; [ $? -ne 0 ] && echo refused"_s), "refused");
        }
    }

    void H09_namespaces()
    {
        for (const QString &id : {m_locked, m_sudo}) {
            QVERIFY(inside(id, u"ls -d /proc/[0-9]* | wc -l"_s).toInt() < 12);
            const auto inspected = await(docker::inspectContainer(m_fixture->client(), id));
            VERIFY_RESULT(inspected);
            const QJsonObject host = (*inspected)["HostConfig"_L1].toObject();
            QCOMPARE(host["Privileged"_L1].toBool(true), false);
            QCOMPARE(host["PidMode"_L1].toString(), QString());
            QCOMPARE(host["IpcMode"_L1].toString(), u"private"_s);
            QCOMPARE(host["UTSMode"_L1].toString(), QString());
            QVERIFY(host["NetworkMode"_L1].toString() != "host"_L1);
            QCOMPARE((*inspected)["Config"_L1]["User"_L1].toString(), u"1000:1000"_s);
            for (const QString &name : {u"pid"_s, u"mnt"_s, u"net"_s, u"ipc"_s, u"uts"_s, u"cgroup"_s}) {
                const QByteArray ours = QFile::symLinkTarget(u"/proc/self/ns/"_s + name).section(u'/', -1).toUtf8();
                QVERIFY2(inside(id, u"readlink /proc/self/ns/"_s + name) != ours, qPrintable(name));
            }
        }
    }

    void H12_sharedMemoryIsBounded()
    {
        QCOMPARE(inside(m_locked, u"df -k --output=size /dev/shm | tail -1"_s).trimmed(), "262144");
        const QByteArray options = inside(m_locked, u"grep ' /dev/shm ' /proc/mounts"_s);
        QVERIFY2(options.contains("nosuid") && options.contains("nodev"), options.constData());
    }

    void H13_processesAreBounded()
    {
        const QString id = make(Privileges::Locked, 64);
        QVERIFY(!id.isEmpty());
        const QByteArray started = inside(id, u"i=0; while [ $i -lt 200 ] && sleep 30 & do i=$((i+1)); done 2>/dev/null; ls -d /proc/[0-9]* | wc -l"_s);
        const auto top = await(docker::containerTop(m_fixture->client(), id));
        const qsizetype running = top ? (*top)["Processes"_L1].toArray().size() : -1;
        VERIFY_RESULT(await(m_fixture->provider().remove(id)));
        QVERIFY2(running > 30 && running <= 64, (started + " then " + QByteArray::number(running)).constData());
    }

    void H13_memoryIsBounded()
    {
        const QString id = make(Privileges::Locked, 64, 128LL << 20);
        QVERIFY(!id.isEmpty());
        // The shell's variable doubles until the limit; without one it would be 4 GiB.
        const auto hog = m_fixture->run(id, {u"sh"_s, u"-c"_s, u"head -c 4294967296 /dev/zero | tail -c 4294967295 | wc -c"_s});
        const QByteArray alive = inside(id, u"echo alive"_s);
        VERIFY_RESULT(await(m_fixture->provider().remove(id)));
        VERIFY_RESULT(hog);
        QVERIFY2(hog->out.trimmed() != "4294967295", hog->out.constData());
        QCOMPARE(alive, "alive"); // only the hog was ended
    }

    void H14_limitsOfProcesses()
    {
        QCOMPARE(inside(m_locked, u"ulimit -c; ulimit -n"_s), "0\n16384");
    }

    void N15_sandboxesCannotReachEachOther()
    {
        if (inside(m_locked, u"command -v python3"_s).isEmpty())
            QSKIP("the image has no python3 to connect with");
        const auto inspected = await(docker::inspectContainer(m_fixture->client(), m_sudo));
        VERIFY_RESULT(inspected);
        const QJsonObject networks = (*inspected)["NetworkSettings"_L1]["Networks"_L1].toObject();
        QCOMPARE(networks.size(), 1);
        const QString address = networks.begin()->toObject()["IPAddress"_L1].toString();
        QVERIFY(!address.isEmpty());
        const auto server = await(m_fixture->provider().openExec(m_sudo, {.argv = {u"python3"_s, u"-m"_s, u"http.server"_s, u"8099"_s}, .environment = {}, .workingDirectory = {}, .size = {}}));
        VERIFY_RESULT(server);
        test::ChannelRecorder record(server->get());
        const QString connectTo = u"python3 -c 'import socket,sys; socket.create_connection((sys.argv[1], 8099), 2)' %1 2>/dev/null && echo open || echo closed"_s;
        QTRY_COMPARE_WITH_TIMEOUT(inside(m_sudo, connectTo.arg(u"127.0.0.1"_s)), "open", 20s); // it does listen
        QCOMPARE(inside(m_sudo, connectTo.arg(address)), "open");
        QCOMPARE(inside(m_locked, connectTo.arg(address)), "closed");
        QCOMPARE(inside(m_locked, connectTo.arg((*inspected)["Config"_L1]["Hostname"_L1].toString())), "closed");
    }

    void N16_nothingIsPublished()
    {
        for (const QString &id : {m_locked, m_sudo}) {
            const auto inspected = await(docker::inspectContainer(m_fixture->client(), id));
            VERIFY_RESULT(inspected);
            QCOMPARE((*inspected)["HostConfig"_L1]["PortBindings"_L1].toObject().size(), 0);
            QCOMPARE((*inspected)["HostConfig"_L1]["PublishAllPorts"_L1].toBool(true), false);
            for (const QJsonValue bindings : (*inspected)["NetworkSettings"_L1]["Ports"_L1].toObject())
                QVERIFY(bindings.isNull());
        }
    }
};

QTEST_GUILESS_MAIN(TestContainerHardening)
#include "tst_containerhardening.moc"
