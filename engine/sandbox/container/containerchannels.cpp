// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containerchannels.h"

#include "sandbox/container/containererrors.h"
#include "sandbox/container/containerexecs.h"
#include "sandbox/container/containerrequest.h"
#include "sandbox/container/scripts.h"

#include <QMetaMethod>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int hangUpCode = 128 + 1; // SIGHUP
constexpr int killCode = 128 + 9;   // SIGKILL

template<class Channel, class Interface>
Async<std::shared_ptr<Interface>> openChannel(const ContainerProcess::Place &base, const docker::ExecOptions &options, std::optional<TerminalSize> size)
{
    using Opened = std::shared_ptr<Interface>;
    const auto answer = std::make_shared<Answer<Opened>>();
    const std::shared_ptr<docker::Client> client = base.client;
    docker::createExec(*client, base.container, options).then(client.get(), [client, base, size, answer](const Result<QString> &exec) {
        if (!exec) {
            answer->resolve(std::unexpected(sandboxError(exec.error(), u"run a program in the sandbox"_s)));
            return;
        }
        ContainerProcess::Place place = base;
        place.exec = *exec;
        // Nobody's until one of its two signals comes, which one always does.
        auto *process = new ContainerProcess(std::move(place));
        if (size)
            process->resize(*size);
        QObject::connect(process, &ContainerProcess::failed, process, [process, answer](const Error &error) {
            process->deleteLater();
            answer->resolve(std::unexpected(error));
        });
        QObject::connect(process, &ContainerProcess::opened, process, [process, answer] {
            // The answer holds the channel, the channel the process: the process must not hold the answer.
            const auto reply = answer;
            QObject::disconnect(process, nullptr, process, nullptr);
            const auto channel = std::make_shared<Channel>(std::unique_ptr<ContainerProcess>(process));
            reply->resolve(Opened(channel));
        });
    });
    return answer->future();
}

ContainerProcess::Place placeFor(const std::shared_ptr<docker::Client> &client, const QString &container, const CommandSpec &command,
                                 docker::ExecTerminal terminal, QLatin1StringView variable, const QString &engineTag)
{
    const QString tag = variable + u'=' + engineTag + QUuid::createUuid().toString(QUuid::Id128);
    return {.client = client, .container = container, .exec = {}, .tag = tag, .argv = command.argv, .terminal = terminal};
}

docker::ExecOptions optionsFor(const ContainerProcess::Place &place, const CommandSpec &command, const QStringList &defaults)
{
    return {.command = command.argv,
            .environment = defaults + command.environment + QStringList{place.tag},
            .workingDirectory = command.workingDirectory.isEmpty() ? workspacePath : command.workingDirectory,
            .user = {},
            .terminal = place.terminal};
}

} // namespace

ContainerTerminal::ContainerTerminal(std::unique_ptr<ContainerProcess> process)
    : m_process(std::move(process))
{
    connect(m_process.get(), &ContainerProcess::output, this, &TerminalChannel::output);
    connect(m_process.get(), &ContainerProcess::errorOutput, this, &TerminalChannel::output);
    connect(m_process.get(), &ContainerProcess::written, this, &TerminalChannel::written);
    connect(m_process.get(), &ContainerProcess::ended, this, &TerminalChannel::ended);
}

void ContainerTerminal::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&TerminalChannel::output) || signal == QMetaMethod::fromSignal(&TerminalChannel::ended))
        m_process->handOut();
}

void ContainerTerminal::hangUp()
{
    m_process->endWith(scripts::hangUp, hangUpCode);
}

ContainerExec::ContainerExec(std::unique_ptr<ContainerProcess> process)
    : m_process(std::move(process))
{
    connect(m_process.get(), &ContainerProcess::output, this, &ExecChannel::output);
    connect(m_process.get(), &ContainerProcess::errorOutput, this, &ExecChannel::errorOutput);
    connect(m_process.get(), &ContainerProcess::written, this, &ExecChannel::written);
    connect(m_process.get(), &ContainerProcess::ended, this, &ExecChannel::ended);
}

void ContainerExec::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&ExecChannel::output) || signal == QMetaMethod::fromSignal(&ExecChannel::ended))
        m_process->handOut();
}

ContainerExec::~ContainerExec()
{
    if (!m_process->isEnded())
        runScript(m_process->place().client, m_process->place().container, scripts::kill, {m_process->place().tag});
}

void ContainerExec::kill()
{
    m_process->endWith(scripts::kill, killCode);
}

Async<std::shared_ptr<TerminalChannel>> openContainerTerminal(const std::shared_ptr<docker::Client> &client, const QString &container,
                                                              const CommandSpec &command, const QString &engineTag)
{
    const ContainerProcess::Place place = placeFor(client, container, command, docker::ExecTerminal::Tty, "CAPSULE_TERMINAL"_L1, engineTag);
    const QStringList defaults{u"TERM=xterm-256color"_s, u"COLORTERM=truecolor"_s, u"LANG=C.UTF-8"_s};
    docker::ExecOptions options = optionsFor(place, command, defaults);
    options.command = QStringList{u"sh"_s, u"-c"_s, QString::fromLatin1(scripts::inTerminal), u"capsule"_s, QString::number(command.size.columns),
                                  QString::number(command.size.rows)} + command.argv;
    return openChannel<ContainerTerminal, TerminalChannel>(place, options, command.size);
}

Async<std::shared_ptr<ExecChannel>> openContainerExec(const std::shared_ptr<docker::Client> &client, const QString &container,
                                                      const CommandSpec &command, const QString &engineTag)
{
    const ContainerProcess::Place place = placeFor(client, container, command, docker::ExecTerminal::None, "CAPSULE_EXEC"_L1, engineTag);
    return openChannel<ContainerExec, ExecChannel>(place, optionsFor(place, command, {}), std::nullopt);
}

} // namespace capsule
