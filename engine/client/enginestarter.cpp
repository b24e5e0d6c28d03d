// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/enginestarter.h"

#include "base/logging.h"
#include "base/paths.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QProcess>
#include <QStandardPaths>
#include <QTimer>

#include <cerrno>
#include <csignal>
#include <vector>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule {

namespace {

constexpr auto startTimeout = 10s;
constexpr auto lookInterval = 100ms; // the watcher is quicker; this is for file systems without inotify
constexpr auto healthTimeout = 3s;
constexpr qint64 logTailBytes = 2048;

QString engineProgram()
{
    const QString beside = QCoreApplication::applicationDirPath() + "/capsule-engine"_L1;
    return QFileInfo(beside).isExecutable() ? beside : QStandardPaths::findExecutable(u"capsule-engine"_s);
}

QString endOfLog()
{
    QFile log(engineLogPath());
    if (!log.open(QIODevice::ReadOnly))
        return {};
    log.seek(std::max<qint64>(0, log.size() - logTailBytes));
    return QString::fromUtf8(log.readAll());
}

bool startDetached(const QString &program)
{
    // startDetached makes the engine the leader of a session of its own.
    QProcess process;
    process.setProgram(program);
    process.setWorkingDirectory(u"/"_s);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    return process.startDetached();
}

} // namespace

/// One start at a time: Idle -> asking the engine in the file -> (started one, waiting for its file -> asking).
class EngineStarter::Private : public QObject {
public:
    Private()
    {
        network.setProxy(QNetworkProxy::NoProxy);
        lookTimer.setInterval(lookInterval);
        deadline.setSingleShot(true);
        deadline.setInterval(startTimeout);
        connect(&lookTimer, &QTimer::timeout, this, [this] { look(); });
        connect(&watcher, &QFileSystemWatcher::directoryChanged, this, [this] { look(); });
        connect(&deadline, &QTimer::timeout, this, [this] {
            const auto silent = running();
            finish(fail(ErrorCode::Unavailable,
                        silent ? u"Capsule's engine does not answer; end it with \"kill -9 %1\" and try again."_s.arg(silent->pid)
                               : u"Capsule's engine did not start; see its log with \"capsule engine logs\"."_s,
                        endOfLog()));
        });
    }

    Async<EngineFile> ensureRunning()
    {
        auto &answer = answers.emplace_back();
        const auto future = answer.future();
        if (answers.size() == 1) {
            started = false;
            deadline.start();
            if (!ask())
                start();
        }
        return future;
    }

private:
    /// Asks the engine of the file, if there is a likely one, whether it answers.
    bool ask()
    {
        const auto file = running();
        if (!file)
            return false;
        asking = true;
        QNetworkRequest request(QUrl(file->address + "/health"_L1));
        request.setTransferTimeout(healthTimeout);
        QNetworkReply *reply = network.get(request);
        // Queued: whoever is answered may delete us, and the reply with us.
        connect(
            reply, &QNetworkReply::finished, this,
            [this, reply, file = *file] {
                reply->deleteLater();
                asking = false;
                if (answers.empty())
                    return;
                if (QJsonDocument::fromJson(reply->readAll())["status"_L1].toString() == "ok"_L1)
                    finish(file);
                else if (!started)
                    start();
            },
            Qt::QueuedConnection);
        return true;
    }

    void start()
    {
        started = true;
        const QString program = engineProgram();
        if (program.isEmpty())
            return finish(fail(ErrorCode::Unavailable, u"The program capsule-engine was not found; install Capsule again."_s));
        if (const auto dir = paths::runtimeDir(); !dir)
            return finish(std::unexpected(dir.error()));
        else
            watcher.addPath(*dir);
        qCInfo(lcClient) << "starting" << program;
        if (!startDetached(program))
            return finish(fail(ErrorCode::Unavailable, u"Capsule's engine could not be started."_s, program));
        lookTimer.start();
    }

    void look()
    {
        if (!answers.empty() && started && !asking)
            ask();
    }

    void finish(const Result<EngineFile> &outcome)
    {
        deadline.stop();
        lookTimer.stop();
        if (const QStringList dirs = watcher.directories(); !dirs.isEmpty())
            watcher.removePaths(dirs);
        auto waiting = std::exchange(answers, {});
        for (auto &answer : waiting) // whoever is answered may delete us: locals only
            answer.resolve(outcome);
    }

    QNetworkAccessManager network;
    QFileSystemWatcher watcher;
    QTimer lookTimer;
    QTimer deadline;
    std::vector<Answer<EngineFile>> answers;
    bool started = false;
    bool asking = false;
};

EngineStarter::EngineStarter(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
}

EngineStarter::~EngineStarter() = default;

Async<EngineFile> EngineStarter::ensureRunning()
{
    return d->ensureRunning();
}

Result<EngineFile> EngineStarter::running()
{
    return EngineFile::read().and_then([](const EngineFile &file) -> Result<EngineFile> {
        const bool alive = file.pid > 0 && (::kill(pid_t(file.pid), 0) == 0 || errno == EPERM);
        if (!alive)
            return fail(ErrorCode::NotFound, u"No engine runs; start one with \"capsule engine start\"."_s,
                        u"process %1 of the engine's file is gone"_s.arg(file.pid));
        return file;
    });
}

} // namespace capsule
