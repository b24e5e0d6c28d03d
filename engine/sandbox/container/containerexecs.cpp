// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containerexecs.h"

#include "docker/exec.h"
#include "docker/hijack.h"

#include <QTimer>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr auto scriptTimeout = std::chrono::seconds(30);

} // namespace

Async<int> runScript(const std::shared_ptr<docker::Client> &client, const QString &container, const char *script, const QStringList &arguments)
{
    const auto answer = std::make_shared<Answer<int>>();
    const docker::ExecOptions options{.command = QStringList{u"sh"_s, u"-c"_s, QString::fromLatin1(script), u"capsule"_s} + arguments,
                                      .environment = {}, .workingDirectory = u"/"_s, .user = {}, .attachInput = false};
    docker::createExec(*client, container, options).then(client.get(), [client, answer](const Result<QString> &exec) {
        if (!exec) {
            answer->resolve(std::unexpected(exec.error()));
            return;
        }
        docker::HijackedStream *stream = docker::startExec(*client, *exec, docker::ExecTerminal::None, nullptr); // deletes itself below
        QObject::connect(stream, &docker::HijackedStream::finished, stream, [client, answer, stream, exec = *exec](const Result<void> &result) {
            stream->deleteLater();
            if (!result) {
                answer->resolve(std::unexpected(result.error()));
                return;
            }
            docker::inspectExec(*client, exec).then(client.get(), [client, answer](const Result<docker::ExecState> &state) {
                answer->resolve(state ? Result<int>(state->exitCode) : std::unexpected(state.error()));
            });
        });
        QTimer::singleShot(scriptTimeout, stream, &docker::HijackedStream::close);
    });
    return answer->future();
}

} // namespace capsule
