# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: the base image of the sandboxes. docker/README.md says what its key is.
# shellcheck shell=bash

SLIM_IMAGE=debian:trixie-slim
readonly SLIM_IMAGE

# base_key: names the content of docker/base; engine/catalog computes the same.
base_key() {
    local folder=$REPO/docker/base path
    (cd "$folder" && find . -type f ! -path './ca/*.crt' -printf '%P\n' | LC_ALL=C sort |
        while IFS= read -r path; do
            printf '%s\0%s\n' "$path" "$(sha256sum <"$path" | cut -d' ' -f1)"
        done) | sha256sum | cut -c1-12
}

have_image() { docker_cli image inspect "$1" >/dev/null 2>&1; }

# make_slim: debian:trixie-slim from the host's own Debian mirror, for where no registry can be reached.
make_slim() {
    local tar=$CACHE/trixie-slim.$$.tar
    # shellcheck disable=SC2016 # $1 is the new root, for mmdebstrap to fill in
    bootstrap "$(bootstrap_mode)" "$tar" ca-certificates --customize-hook='rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap"' &&
        docker_cli import -c 'CMD ["bash"]' -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
            -m 'made by Capsule with mmdebstrap' "$tar" "$SLIM_IMAGE"
    local code=$?
    rm -f "$tar"
    return "$code"
}

# build_base KEY CONTEXT
build_base() {
    local image
    cp -a "$REPO/docker/base/." "$2/" || return
    # Authorities that were added on this machine, so that npm and git work behind a proxy that opens TLS connections.
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$2/ca/" {} + 2>/dev/null
    docker_cli build --label capsule.key="$1" -t "capsule/base:$1" -t capsule/base:latest "$2" || return
    # The classic builder leaves the first stage behind, almost 1 GB.
    for image in $(docker_cli image ls -q --filter dangling=true --filter label=capsule.image=base-node); do
        docker_cli image rm "$image" || true
    done
}

# need_slim_image
need_slim_image() {
    ! have_image "$SLIM_IMAGE" || return 0
    ! step pull "Fetching $SLIM_IMAGE" docker_cli pull "$SLIM_IMAGE" || return 0
    say "No registry can be reached, so $SLIM_IMAGE is made here."
    need_mmdebstrap
    step slim "Making $SLIM_IMAGE with mmdebstrap" make_slim || die "$SLIM_IMAGE could not be made." "$STEP_LOG"
}

# need_base_image: capsule/base:<key> is there afterwards. Needs a Docker engine that answers.
need_base_image() {
    local key lock context code=0
    key=$(base_key)
    ! have_image "capsule/base:$key" || return 0
    lock_exclusive "$CACHE/image.lock" lock
    if ! have_image "capsule/base:$key"; then
        need_slim_image
        context=$(mktemp -d "${TMPDIR:-/tmp}/capsule-base.XXXXXX")
        step base-image "Building the base image capsule/base:$key (about 2 min)" build_base "$key" "$context" || code=$?
        rm -rf "$context"
        [ "$code" = 0 ] || die "The base image could not be built." "$STEP_LOG"
    fi
    exec {lock}>&-
}
