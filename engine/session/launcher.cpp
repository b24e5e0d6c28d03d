// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launcher.h"

#include "base/logging.h"
#include "catalog/imagestore.h"

#include <QCoroFuture>
#include <QCoroTask>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

/// What one launch has made so far. Shared by its steps.
struct Launch {
    LaunchPlan plan;
    std::shared_ptr<Job> job;
    WorkspaceTree workspace;
    QString sandboxId;

    /// After every wait: may we go on?
    Result<void> goOn() const
    {
        if (job->isStopRequested())
            return fail(ErrorCode::Cancelled, u"The launch was cancelled."_s);
        if (!plan.provider || !plan.images)
            return fail(ErrorCode::Unavailable, u"The engine ends."_s);
        return {};
    }
    template<class T>
    Result<void> goOn(const Result<T> &answer) const
    {
        if (const Result<void> can = goOn(); !can)
            return can;
        return answer ? Result<void>() : std::unexpected(answer.error());
    }
};
using LaunchPtr = std::shared_ptr<Launch>;

QCoro::Task<Result<void>> prepare(LaunchPtr launch)
{
    if (launch->plan.workspace.kind == WorkspaceKind::Copy) {
        launch->job->setPhase(u"Looking through the folder"_s);
        const Result<WorkspaceTree> tree = co_await launch->plan.openWorkspace(launch->plan.workspace.path, launch->job->stopToken());
        if (const Result<void> can = launch->goOn(tree); !can)
            co_return can;
        launch->workspace = *tree;
    }
    launch->job->setPhase(u"Preparing the image"_s);
    const Result<QString> image = co_await launch->plan.images->ensureImage(launch->plan.profile, *launch->job);
    if (image)
        launch->plan.spec.image = *image;
    co_return launch->goOn(image);
}

QCoro::Task<Result<void>> create(LaunchPtr launch)
{
    launch->job->setPhase(u"Creating the sandbox"_s);
    const Result<QString> sandboxId = co_await launch->plan.provider->create(launch->plan.spec);
    if (sandboxId) {
        launch->sandboxId = *sandboxId;
        launch->plan.created(*sandboxId, launch->plan.spec.image);
    }
    co_return launch->goOn(sandboxId);
}

QCoro::Task<Result<void>> copyWorkspace(LaunchPtr launch)
{
    const std::shared_ptr<TreeSource> tree = std::exchange(launch->workspace.tree, {});
    if (!tree)
        co_return Result<void>();
    launch->job->setPhase(u"Copying the folder"_s);
    Job *job = launch->job.get();
    QObject::connect(tree.get(), &TreeSource::progressed, job,
                     [job](qint64 done, qint64 total) { job->setProgress(done, total, u"bytes"_s); });
    const std::stop_callback stopCopy(job->stopToken(), [source = tree.get()] { source->close(); });
    const Result<void> copied = co_await launch->plan.provider->copyIn(launch->sandboxId, tree);
    co_return launch->goOn(copied);
}

/// The profile's own preparation of a new sandbox, as its user.
QCoro::Task<Result<void>> setUp(LaunchPtr launch)
{
    if (launch->plan.profile.setup.isEmpty())
        co_return Result<void>();
    launch->job->setPhase(u"Setting up the agent"_s);
    CommandSpec command;
    command.argv = {u"sh"_s, u"-c"_s, launch->plan.profile.setup};
    auto answer = std::make_shared<Answer<void>>();
    auto output = std::make_shared<QByteArray>();
    const QPointer<Job> job = launch->job.get();
    // Connected right in the continuation, before the command's first output.
    auto running = launch->plan.provider->openExec(launch->sandboxId, command)
        .then(job.data(), [job, answer, output](const Result<std::shared_ptr<ExecChannel>> &opened) -> Result<std::shared_ptr<ExecChannel>> {
            if (!opened)
                return opened;
            ExecChannel *channel = opened->get();
            const auto print = [job, output](const QByteArray &bytes) {
                job->appendOutput(QString::fromUtf8(bytes));
                *output = (*output + bytes).last(std::min<qsizetype>(output->size() + bytes.size(), 4096));
            };
            QObject::connect(channel, &ExecChannel::output, job, print);
            QObject::connect(channel, &ExecChannel::errorOutput, job, print);
            QObject::connect(channel, &ExecChannel::ended, job, [answer, output](const ExitStatus &status) {
                if (status.code == 0)
                    answer->resolve({});
                else if (status.error)
                    answer->resolve(std::unexpected(*status.error));
                else
                    answer->resolve(fail(ErrorCode::ProviderFailed, u"The agent's setup command failed; see Details."_s, QString::fromUtf8(*output)));
            });
            channel->closeInput();
            return opened;
        });
    const Result<std::shared_ptr<ExecChannel>> channel = co_await running;
    if (const Result<void> can = launch->goOn(channel); !can)
        co_return can;
    const std::stop_callback stopCommand(launch->job->stopToken(), [command = channel->get()] { command->kill(); });
    const Result<void> done = co_await answer->future();
    co_return launch->goOn(done);
}

QCoro::Task<Result<void>> start(LaunchPtr launch)
{
    launch->job->setPhase(u"Starting the sandbox"_s);
    const Result<void> started = co_await launch->plan.provider->start(launch->sandboxId);
    if (const Result<void> can = launch->goOn(started); !can)
        co_return can;
    if (const Result<void> done = co_await setUp(launch); !done)
        co_return done;
    launch->job->setPhase(u"Opening the terminal"_s);
    const Result<void> opened = co_await launch->plan.openFirstTerminal(launch->sandboxId);
    co_return launch->goOn(opened);
}

QCoro::Task<Result<void>> runSteps(LaunchPtr launch)
{
    using Step = QCoro::Task<Result<void>> (*)(LaunchPtr);
    for (const Step step : {&prepare, &create, &copyWorkspace, &start}) {
        if (const Result<void> done = co_await step(launch); !done)
            co_return done;
    }
    co_return Result<void>();
}

QCoro::Task<void> run(LaunchPtr launch, std::shared_ptr<QPromise<LaunchOutcome>> promise)
{
    LaunchOutcome outcome;
    const Result<void> done = co_await runSteps(launch);
    outcome.notice = launch->workspace.notice;
    if (!done) {
        outcome.error = done.error();
        launch->workspace = {};
        if (!launch->sandboxId.isEmpty() && launch->plan.provider) {
            launch->job->setPhase(u"Cleaning up"_s);
            const Result<void> removed = co_await launch->plan.provider->remove(launch->sandboxId);
            if (!removed && removed.error().code != ErrorCode::NotFound) {
                qCWarning(lcSession).noquote() << "a half-made sandbox is left:" << removed.error().message << removed.error().detail;
                outcome.leftoverSandboxId = launch->sandboxId;
            }
        }
    }
    promise->addResult(outcome);
    promise->finish();
}

} // namespace

QFuture<LaunchOutcome> launch(LaunchPlan plan, std::shared_ptr<Job> job)
{
    auto promise = std::make_shared<QPromise<LaunchOutcome>>();
    promise->start();
    run(std::make_shared<Launch>(Launch{.plan = std::move(plan), .job = std::move(job), .workspace = {}, .sandboxId = {}}), promise);
    return promise->future();
}

} // namespace capsule
