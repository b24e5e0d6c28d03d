# SPDX-License-Identifier: GPL-3.0-or-later
# What every target of the project shares: language, warnings, Qt's strict macros, sanitizers, ccache.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF) # we have no modules; scanning costs a run per file, and ccache refuses its options
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_AUTOMOC ON)
set(CMAKE_AUTORCC ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

option(CAPSULE_WERROR "Treat warnings as errors" OFF)
set(CAPSULE_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them (address,undefined or thread)")

find_program(CAPSULE_CCACHE ccache)
if(CAPSULE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CAPSULE_CCACHE}")
endif()

if(CAPSULE_SANITIZE)
    add_compile_options("-fsanitize=${CAPSULE_SANITIZE}" -fno-omit-frame-pointer)
    add_link_options("-fsanitize=${CAPSULE_SANITIZE}")
endif()

# Linked by every target through capsule_room(), capsule_program() and capsule_test().
add_library(capsule_warnings INTERFACE)
target_compile_options(capsule_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
    -Wformat=2 -Wnull-dereference -Wimplicit-fallthrough -Wunused
    $<$<BOOL:${CAPSULE_WERROR}>:-Werror>)
if(CAPSULE_SANITIZE)
    # g++ 14 sees null dereferences in sanitizer-instrumented standard headers.
    target_compile_options(capsule_warnings INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized)
endif()
target_compile_definitions(capsule_warnings INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING
    QT_NO_CONTEXTLESS_CONNECT QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_FOREACH QT_STRICT_ITERATORS
    QT_DISABLE_DEPRECATED_BEFORE=0x060800)

# One room of the engine: a static library capsule_<name>. Usage:
#   capsule_room(session SOURCES a.cpp b.cpp LINKS capsule_sandbox Qt6::Sql)
function(capsule_room name)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;LINKS")
    add_library(capsule_${name} STATIC ${ARG_SOURCES})
    target_include_directories(capsule_${name} PUBLIC "${PROJECT_SOURCE_DIR}/engine")
    target_link_libraries(capsule_${name} PUBLIC ${ARG_LINKS} PRIVATE capsule_warnings)
endfunction()

# A program of the project, installed into bin.
function(capsule_program name)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;LINKS")
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_LINKS} capsule_warnings)
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endfunction()

# One Qt Test program. LABEL is one of unit, engine, docker, gui. Usage:
#   capsule_test(tst_json LABEL unit SOURCES tst_json.cpp LINKS capsule_protocol)
function(capsule_test name)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "LABEL;TIMEOUT" "SOURCES;LINKS")
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_LINKS} Qt6::Test capsule_warnings)
    target_compile_definitions(${name} PRIVATE
        CAPSULE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" CAPSULE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        CAPSULE_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT} SKIP_REGULAR_EXPRESSION "^SKIPPED-ALL") # as guimain.h prints it
    if(NOT ARG_LABEL MATCHES "unit|engine") # one window has the focus; fork bombs and floods want the machine
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
    if(NOT ARG_LABEL STREQUAL "gui")
        set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
    endif()
endfunction()
