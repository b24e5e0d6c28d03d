// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/launchrequest.h"

#include <QCommandLineParser>

using namespace Qt::StringLiterals;

namespace capsule {

CommandLine parseCommandLine(const QStringList &arguments, const QString &version)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Sandboxes for AI coding agents on your own machine."_s);
    const QCommandLineOption open(u"open"_s, u"Show the terminals of SESSION (name or id)."_s, u"SESSION"_s);
    const QCommandLineOption newSession(u"new"_s, u"Ask for a new session."_s);
    const QCommandLineOption background(u"background"_s, u"Start in the tray, without a window."_s);
    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Show this help."_s);
    const QCommandLineOption showVersion({u"v"_s, u"version"_s}, u"Show the version."_s);
    parser.addOptions({open, newSession, background, help, showVersion});

    CommandLine result;
    if (!parser.parse(arguments) || !parser.positionalArguments().isEmpty()) {
        const QString problem = parser.positionalArguments().isEmpty()
            ? parser.errorText()
            : u"Unexpected argument '%1'."_s.arg(parser.positionalArguments().constFirst());
        return {{}, 2, u"%1\nTry capsule-desktop --help.\n"_s.arg(problem)};
    }
    if (parser.isSet(help))
        return {{}, 0, parser.helpText()};
    if (parser.isSet(showVersion))
        return {{}, 0, u"capsule-desktop %1\n"_s.arg(version)};
    result.request.openSession = parser.value(open);
    result.request.newSession = parser.isSet(newSession);
    result.request.background = parser.isSet(background);
    result.request.startedBy = version;
    result.request.activationToken = qEnvironmentVariable("XDG_ACTIVATION_TOKEN", qEnvironmentVariable("DESKTOP_STARTUP_ID"));
    return result;
}

} // namespace capsule
