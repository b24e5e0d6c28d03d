// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/logging.h"
#include "base/paths.h"
#include "desktop/application.h"
#include "desktop/icons.h"
#include "desktop/prompts.h"
#include "desktop/singleinstance.h"
#include "desktop/widgets/calmstyle.h"

#include <QApplication>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

int complain(const Error &error)
{
    std::fprintf(stderr, "capsule-desktop: %s\n", qUtf8Printable(error.message));
    if (!error.detail.isEmpty())
        std::fprintf(stderr, "  %s\n", qUtf8Printable(error.detail));
    return 1;
}

QStringList argumentsOf(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    return arguments;
}

} // namespace

int main(int argc, char **argv)
{
    // What needs no display works without one: --help, --version, handing a request to the running program.
    if (const CommandLine early = parseCommandLine(argumentsOf(argc, argv), QStringLiteral(CAPSULE_VERSION)); early.exitCode.value_or(2) == 0) {
        std::fputs(qUtf8Printable(early.text), stdout);
        return 0;
    }
    QApplication qt(argc, argv);
    QApplication::setApplicationName(u"capsule-desktop"_s);
    QApplication::setApplicationDisplayName(u"Capsule"_s);
    QApplication::setApplicationVersion(QStringLiteral(CAPSULE_VERSION));
    QApplication::setDesktopFileName(u"org.capsule.Capsule"_s);
    QApplication::setQuitOnLastWindowClosed(false);

    const CommandLine commandLine = parseCommandLine(QApplication::arguments(), QStringLiteral(CAPSULE_VERSION));
    if (commandLine.exitCode) {
        std::fputs(qUtf8Printable(commandLine.text), stderr);
        return *commandLine.exitCode;
    }
    const auto directory = paths::runtimeDir();
    if (!directory)
        return complain(directory.error());
    auto instance = SingleInstance::claim(*directory, commandLine.request);
    if (!instance)
        return complain(instance.error());
    if (!*instance)
        return 0; // the running one took over

    QApplication::setWindowIcon(applicationIcon());
    QApplication::setStyle(new CalmStyle);
    Application application(dialogPrompts());
    QObject::connect(instance->get(), &SingleInstance::requested, &application, &Application::handle);
    QObject::connect(&application, &Application::quitRequested, &qt, &QCoreApplication::quit, Qt::QueuedConnection);
    QObject::connect(&qt, &QGuiApplication::commitDataRequest, &application, [&application] { application.rememberState(); });
    application.start(commandLine.request);
    return QApplication::exec();
}
