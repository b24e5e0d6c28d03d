# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: finds the Docker engine that the user means, or starts one where that is our job.
# shellcheck shell=bash

FAILED_START=''

# docker_cli ARG...: the docker client, the host's or the environment's.
docker_cli() {
    if have docker; then docker "$@"; else (inside docker "$@"); fi
}

# engine_answers ADDRESS
engine_answers() {
    case $1 in
    unix://*)
        [ -S "${1#unix://}" ] || return 1
        if have curl; then
            curl --silent --max-time 5 --output /dev/null --fail --unix-socket "${1#unix://}" http://docker/_ping
        else
            docker_cli --host "$1" version >/dev/null 2>&1
        fi
        ;;
    *) docker_cli --host "$1" version >/dev/null 2>&1 ;;
    esac
}

# context_address: the engine of the user's current docker context, nothing for the default one.
context_address() {
    [ -n "${DOCKER_CONTEXT:-}" ] || grep -q '"currentContext"' "${DOCKER_CONFIG:-$HOME/.docker}/config.json" 2>/dev/null || return 0
    docker_cli context inspect --format '{{.Name}} {{.Endpoints.docker.Host}}' 2>/dev/null | sed -n '/^default /d; s/^[^ ]* //p'
}

# find_engine: sets ENGINE to the address of an engine that answers; else ENGINE is empty, NAMED_ENGINE what the user chose.
find_engine() {
    local address
    ENGINE=''
    NAMED_ENGINE=${DOCKER_HOST:-}
    [ -n "$NAMED_ENGINE" ] || NAMED_ENGINE=$(context_address)
    if [ -n "$NAMED_ENGINE" ]; then
        ! engine_answers "$NAMED_ENGINE" || ENGINE=$NAMED_ENGINE
        return 0
    fi
    for address in /var/run/docker.sock "$XDG_RUNTIME_DIR/docker.sock" /run/podman/podman.sock "$XDG_RUNTIME_DIR/podman/podman.sock"; do
        if engine_answers "unix://$address"; then
            ENGINE=unix://$address
            # The default socket needs no name; with one, a later change of the docker context would be ignored.
            [ "$address" = /var/run/docker.sock ] || export DOCKER_HOST=$ENGINE
            return 0
        fi
    done
}

# why_no_engine: one sentence with the next step.
why_no_engine() {
    local socket=/var/run/docker.sock
    if [ -n "$FAILED_START" ]; then
        echo "$FAILED_START"
    elif [ -n "$NAMED_ENGINE" ]; then
        echo "No Docker engine answers at $NAMED_ENGINE; start it, or choose another with DOCKER_HOST or 'docker context use'."
    elif [ -S "$socket" ] && ! [ -w "$socket" ]; then
        echo "You may not use Docker's socket $socket; run 'sudo usermod -aG docker $(id -un)' and log in again."
    elif have dockerd; then
        echo "Docker is installed but does not run; start it with 'sudo systemctl start docker'."
    else
        echo "No Docker engine answers; install Docker (or Podman with its socket) and start it."
    fi
}

may_start_engine() {
    [ -z "$NAMED_ENGINE" ] && [ "$(id -u)" = 0 ] && have apt-get &&
        grep -qE '^ID(_LIKE)?=.*debian' /etc/os-release && [ "$KIND" != inside ]
}

# without_locks CMD...: becomes CMD without the file descriptors of this script, for what outlives it.
without_locks() {
    local fd
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        [ "$fd" -le 2 ] || eval "exec $fd>&-" 2>/dev/null || true
    done
    exec "$@"
}

wait_for_engine() {
    local tries
    for ((tries = 0; tries < 150; tries++)); do
        find_engine
        [ -z "$ENGINE" ] || return 0
        [ -z "${1:-}" ] || kill -0 "$1" 2>/dev/null || return 1
        sleep 0.2
    done
    return 1
}

dockerd_runs() { grep --silent --line-regexp --no-messages dockerd /proc/[0-9]*/comm; }

# launch_dockerd: where no init system does it. It outlives this script.
launch_dockerd() {
    local pid
    mkdir -p "$LOGS"
    say "Starting dockerd; its log is $LOGS/dockerd.log and it goes on running (pid file $CACHE/dockerd.pid)."
    rm -f "$CACHE/dockerd.pid"
    (without_locks setsid dockerd --pidfile "$CACHE/dockerd.pid" >"$LOGS/dockerd.log" 2>&1 </dev/null) &
    pid=$!
    disown "$pid"
    wait_for_engine "$pid" && return 0
    tail -n 4 "$LOGS/dockerd.log" | sed 's/^/    /' >&2
    FAILED_START="dockerd did not start; the log is $LOGS/dockerd.log."
}

# start_engine: installs docker.io where it is missing and starts dockerd. Sets ENGINE, or FAILED_START to what went wrong.
start_engine() {
    local lock
    lock_exclusive "$CACHE/docker.lock" lock
    find_engine
    if [ -z "$ENGINE" ] && ! have dockerd; then
        apt_refresh
        DEBIAN_FRONTEND=noninteractive step apt-docker "Installing docker.io, because no Docker engine answers" \
            apt-get install -y --no-install-recommends docker.io ||
            FAILED_START="docker.io could not be installed; the log is $STEP_LOG."
    fi
    if [ -n "$ENGINE" ] || [ -n "$FAILED_START" ]; then
        :
    elif dockerd_runs; then
        say "Waiting for dockerd, which runs but does not answer yet."
        wait_for_engine || FAILED_START="dockerd runs but does not answer; look at its log or start it again."
    elif [ -d /run/systemd/system ]; then
        say "Starting the docker service."
        systemctl start docker && wait_for_engine || FAILED_START="The docker service did not start; see 'journalctl -u docker'."
    else
        launch_dockerd
    fi
    exec {lock}>&-
    [ -n "$ENGINE" ]
}

# need_docker required|wanted: an engine and the base image. Where that is impossible: the end, or a sentence.
need_docker() {
    find_engine
    if [ -n "$ENGINE" ] || { may_start_engine && start_engine; }; then
        if [ "$1" = required ]; then need_base_image; else (need_base_image) || true; fi
    elif [ "$1" = required ]; then
        die "$(why_no_engine)"
    else
        say "$(why_no_engine)"
    fi
}
