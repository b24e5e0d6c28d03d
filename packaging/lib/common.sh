# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: messages, timing, folders.
# shellcheck shell=bash

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/capsule-dev
LOGS=$CACHE/logs
ASSUME_YES=${ASSUME_YES:-0}
readonly REPO CACHE LOGS

say() { printf '%s\n' "capsule-dev: $*" >&2; }

# die SENTENCE [LOG]: the last words of a failure.
die() {
    say "$1"
    [ -z "${2:-}" ] || say "The log is $2."
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# ask QUESTION: true for yes; yes without asking where nobody can answer or --yes was given.
ask() {
    local answer
    { [ "$ASSUME_YES" = 0 ] && [ -t 0 ] && [ -t 2 ]; } || return 0
    printf '%s' "capsule-dev: $1 [Y/n] " >&2
    read -r answer
    case $answer in '' | [Yy]*) return 0 ;; *) return 1 ;; esac
}

# step LOG-NAME SENTENCE CMD...: runs CMD with its output in a log, says the sentence and the time it took.
# On a terminal the last line of the log is shown while it runs. Returns CMD's exit code; STEP_LOG is the log's path.
# A LOG-NAME with a folder is taken as it is, another one is a file in LOGS.
step() {
    local name=$1 sentence=$2 started=$SECONDS pid code=0 line
    shift 2
    case $name in /*) STEP_LOG=$name.log ;; *) STEP_LOG=$LOGS/$name.log ;; esac
    mkdir -p "$(dirname "$STEP_LOG")"
    say "$sentence ..."
    "$@" >"$STEP_LOG" 2>&1 </dev/null &
    pid=$!
    if [ -t 2 ]; then
        while kill -0 "$pid" 2>/dev/null; do
            line=$(tail -n 1 "$STEP_LOG" 2>/dev/null | tr -cd '[:print:]' | cut -c1-70)
            printf '\r\033[K  %3d s  %s' "$((SECONDS - started))" "$line" >&2
            sleep 0.5
        done
        printf '\r\033[K' >&2
    fi
    wait "$pid" || code=$?
    if [ "$code" = 0 ]; then
        say "  done in $((SECONDS - started)) s"
    else
        say "  failed after $((SECONDS - started)) s (exit code $code); the last lines:"
        tail -n 8 "$STEP_LOG" | sed 's/^/    /' >&2
    fi
    return "$code"
}

# lock_exclusive FILE FD-NAME: takes the lock, saying so when another process has it. The lock goes with the process.
lock_exclusive() {
    local -n lock_fd=$2
    mkdir -p "$(dirname "$1")"
    exec {lock_fd}>>"$1"
    flock --exclusive --nonblock "$lock_fd" && return 0
    say "Waiting for another packaging/dev that is preparing the same thing."
    flock --exclusive "$lock_fd"
}
