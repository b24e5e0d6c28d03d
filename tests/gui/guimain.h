// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QTest>

#include <cstdio>

/// main() of a test with real windows. Without a display all of it is skipped, or fails where CI requires
/// one (CAPSULE_REQUIRE_DISPLAY=1). QTEST_MAIN would abort in Qt's platform plugin instead.
#define CAPSULE_GUI_MAIN(TestClass) \
    int main(int argc, char **argv) \
    { \
        if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) { \
            const bool required = qEnvironmentVariableIntValue("CAPSULE_REQUIRE_DISPLAY") == 1; \
            std::puts(required ? "FAIL: no display (DISPLAY is not set)" : "SKIPPED-ALL: no display (DISPLAY is not set)"); \
            return required ? 1 : 0; \
        } \
        QApplication app(argc, argv); \
        TestClass test; \
        QTEST_SET_MAIN_SOURCE_PATH \
        return QTest::qExec(&test, argc, argv); \
    }
