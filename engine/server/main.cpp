// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/logging.h"
#include "server/endsignals.h"
#include "server/enginelock.h"
#include "server/engineparts.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <cstdio>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

enum ExitCode { Ok = 0, CannotRun = 1, WrongUse = 2, RunsAlready = 3 };

int giveUp(const Error &error, ExitCode code)
{
    std::fprintf(stderr, "capsule-engine: %s\n", qPrintable(error.message));
    if (!error.detail.isEmpty())
        std::fprintf(stderr, "  %s\n", qPrintable(error.detail));
    return code;
}

/// The API's token is in our memory: nobody else may read it, and it must not be written into a core file.
void protectProcess()
{
    ::umask(0077);
    ::prctl(PR_SET_DUMPABLE, 0);
    constexpr rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
}

struct Arguments {
    quint16 port = 0;
    QString provider;
    EndSignals::Hangup hangup = EndSignals::Hangup::Ignored;
};

Result<Arguments> readArguments(const QCoreApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"The engine of Capsule: holds the sandboxes, their terminals and the API. Clients start it when none runs."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption port(u"port"_s, u"Listen on this port of the loopback interface instead of any free one."_s, u"N"_s, u"0"_s);
    const QCommandLineOption foreground(u"foreground"_s, u"End when the terminal is closed, instead of living on."_s);
    QCommandLineOption provider(u"provider"_s, u"container or fake"_s, u"ID"_s, u"container"_s);
    provider.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOptions({port, foreground, provider});
    parser.process(app);

    bool isNumber = false;
    Arguments arguments;
    arguments.port = parser.value(port).toUShort(&isNumber);
    if (!isNumber)
        return fail(ErrorCode::InvalidArgument, u"--port takes a number up to 65535."_s);
    arguments.provider = parser.value(provider);
    if (arguments.provider != "container"_L1 && arguments.provider != "fake"_L1)
        return fail(ErrorCode::InvalidArgument, u"--provider takes container or fake."_s);
    if (parser.isSet(foreground))
        arguments.hangup = EndSignals::Hangup::Ends;
    return arguments;
}

} // namespace

int main(int argc, char *argv[])
{
    protectProcess();
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"capsule-engine"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(CAPSULE_VERSION));
    const auto arguments = readArguments(app);
    if (!arguments)
        return giveUp(arguments.error(), WrongUse);
    const auto lock = EngineLock::take();
    if (!lock)
        return giveUp(lock.error(), lock.error().code == ErrorCode::AlreadyExists ? RunsAlready : CannotRun);
    if (const auto logging = logToFile(engineLogPath()); !logging)
        return giveUp(logging.error(), CannotRun);

    EndSignals endSignals(arguments->hangup);
    EngineApp engine({.port = arguments->port, .storePath = paths::dataDir() + "/sessions.db"_L1, .terminals = {}, .server = {}},
                     arguments->provider == "fake"_L1 ? fakeParts() : containerParts());
    QObject::connect(&endSignals, &EndSignals::received, &engine, &EngineApp::stop);
    QObject::connect(&engine, &EngineApp::stopped, &app, &QCoreApplication::quit);
    if (const auto started = engine.start(); !started) {
        qCCritical(lcEngine).noquote() << started.error().message << started.error().detail;
        return CannotRun;
    }
    return QCoreApplication::exec();
}
