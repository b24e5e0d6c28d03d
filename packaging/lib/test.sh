# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: the tests.
# shellcheck shell=bash

PASSED=0 FAILED=0 SKIPPED=0 TROUBLE=''

# attribute FILE NAME: a number from the first lines of a JUnit file.
attribute() { sed -n "s/.*[[:space:]]$2=\"\\([0-9]*\\)\".*/\\1/p" <(head -n 12 "$1") | head -n 1; }

# test_preset PRESET ARG...: builds it and runs its tests on a virtual display; counts, and goes on after failures.
test_preset() {
    local preset=$1 report=$BUILD_LOGS/ctest-$1.xml total failed skipped code=0
    shift
    build_preset "$preset"
    rm -f "$report"
    say "Running the tests of preset $preset; the log is $BUILD_LOGS/ctest-$preset.log."
    (PRESET=$preset in_repo packaging/lib/xsession -- ctest --preset "$preset" --output-on-failure \
        --output-junit "$report" "$@") </dev/null 2>&1 | tee "$BUILD_LOGS/ctest-$preset.log" || code=$?
    if [ -s "$report" ]; then
        total=$(attribute "$report" tests) failed=$(attribute "$report" failures)
        skipped=$(($(attribute "$report" skipped) + $(attribute "$report" disabled)))
        PASSED=$((PASSED + total - failed - skipped)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
    fi
    [ "$code" = 0 ] || TROUBLE="$TROUBLE $preset"
}

cmd_test() {
    local presets='' args=() preset docker=wanted
    while [ $# -gt 0 ]; do
        case $1 in
        --yes) ASSUME_YES=1 ;;
        --preset)
            [ -n "${2:-}" ] || bad_usage "--preset wants the name of a preset."
            presets=$2
            shift
            ;;
        --) shift && args+=("$@") && break ;;
        *) args+=("$1") ;;
        esac
        shift
    done
    if [ -z "$presets" ]; then
        presets=ci
        [ "${#args[@]}" != 0 ] || presets='ci asan'
    fi
    if [ "${CI:-}" = true ]; then
        export CAPSULE_REQUIRE_DOCKER=1
        docker=required
    fi
    need_environment
    need_docker "$docker"
    mkdir -p "$BUILD_LOGS"
    private_folders
    # GUI tests run alone (RUN_SERIAL), the others two at a time.
    export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-2}
    for preset in $presets; do
        test_preset "$preset" ${args[@]+"${args[@]}"}
    done
    [ -z "$TROUBLE" ] || [ "$FAILED" != 0 ] || die "ctest itself failed in preset$TROUBLE." "$BUILD_LOGS/ctest-${TROUBLE##* }.log"
    [ "$((PASSED + FAILED))" != 0 ] || die "No test ran."
    echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
    [ -z "$TROUBLE" ]
}
