// SPDX-License-Identifier: GPL-3.0-or-later
#include "driver.h"
#include "flood.h"

#include <QApplication>

#include <cstdio>
#include <cstring>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace capsule::bench;

int main(int argc, char **argv)
{
    if (argc == 2 && std::strcmp(argv[1], "driver") == 0) {
        QCoreApplication app(argc, argv);
        Driver driver;
        return QCoreApplication::exec();
    }
    if (argc == 5 && std::strcmp(argv[1], "flood") == 0) {
        QApplication app(argc, argv);
        Flood flood(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]), QString::fromLocal8Bit(argv[4]));
        QSocketNotifier inputClosed(STDIN_FILENO, QSocketNotifier::Read);
        QObject::connect(&inputClosed, &QSocketNotifier::activated, &app, &QCoreApplication::quit);
        return QApplication::exec();
    }
    std::fputs("usage: capsule-bench driver | capsule-bench flood TERMINAL ECHO-TERMINAL FILE\n", stderr);
    return 2;
}
