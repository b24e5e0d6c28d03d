# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: building, private folders for runs that must not meet the user's own Capsule, cleaning.
# shellcheck shell=bash

BUILD_LOGS=$REPO/build/logs
readonly BUILD_LOGS

in_repo() { cd "$REPO" && inside "$@"; }

# build_preset PRESET: one at a time for each preset, since two builds in one folder spoil it.
build_preset() {
    local preset=$1 lock code=0
    lock_exclusive "$REPO/build/.$preset.lock" lock
    step "$BUILD_LOGS/configure-$preset" "Configuring preset $preset" in_repo cmake --preset "$preset" ||
        die "Configuring preset $preset failed." "$STEP_LOG"
    step "$BUILD_LOGS/build-$preset" "Building preset $preset" in_repo cmake --build --preset "$preset" || code=$?
    if [ "$code" != 0 ]; then
        sed -n '/^FAILED:/,$p' "$STEP_LOG" | head -n 60 >&2
        die "Building preset $preset failed." "$STEP_LOG"
    fi
    exec {lock}>&-
}

# private_folders: XDG folders of this run's own, removed at the end of the script together with an engine that runs there.
private_folders() {
    local name
    PRIVATE=$(mktemp -d "$XDG_RUNTIME_DIR/capsule-dev.XXXXXX")
    export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache}
    for name in runtime config data state cache; do
        mkdir -m 700 "$PRIVATE/$name"
    done
    export XDG_RUNTIME_DIR=$PRIVATE/runtime XDG_CONFIG_HOME=$PRIVATE/config XDG_DATA_HOME=$PRIVATE/data
    export XDG_STATE_HOME=$PRIVATE/state XDG_CACHE_HOME=$PRIVATE/cache
    trap remove_private_folders EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

remove_private_folders() {
    [ ! -e "$PRIVATE/runtime/capsule/engine.json" ] || (inside capsule engine stop) >/dev/null 2>&1 || true
    rm -rf --one-file-system -- "$PRIVATE"
}

# clean_cache: all that packaging/dev made, except what somebody still uses.
clean_cache() {
    local root lock
    for root in "$CACHE"/root-*; do
        case $root in *.lock | *.partial) continue ;; esac
        [ -d "$root" ] || continue
        exec {lock}>>"$root.lock"
        if flock --exclusive --nonblock "$lock"; then
            remove_tree "$root"
            rm -f "$root.lock"
        else
            say "$root is in use and stays."
        fi
        exec {lock}>&-
    done
    for root in "$CACHE"/root-*.partial; do
        [ ! -d "$root" ] || [ -d "${root%.partial}" ] || remove_tree "$root"
    done
    rm -rf -- "$CACHE/ccache"
    [ ! -d "$LOGS" ] || find "$LOGS" -type f ! -name dockerd.log -delete
}
