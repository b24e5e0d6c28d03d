# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: the benchmarks in tests/bench.
# shellcheck shell=bash

cmd_bench() {
    local args=()
    while [ $# -gt 0 ]; do
        case $1 in
        --yes) ASSUME_YES=1 ;;
        *) args+=("$1") ;;
        esac
        shift
    done
    need_environment
    need_docker required
    build_preset release
    private_folders
    (PRESET=release in_repo packaging/lib/xsession -- tests/bench/run ${args[@]+"${args[@]}"})
}
