# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: the Debian 13 root file system for machines whose own packages are too old.
# shellcheck shell=bash

ROOT_RECIPE=1 # raise when what make_root does changes
ROOT_SUITE=trixie
readonly ROOT_RECIPE ROOT_SUITE

root_key() {
    { printf '%s\n' "$ROOT_RECIPE" "$ROOT_SUITE" "$(uname -m)" && package_list "$REPO/packaging/packages/debian.txt"; } |
        sha256sum | cut -c1-12
}

# apt_lines SUITE: where SUITE comes from, taken from the host's own apt sources; nothing where the host is not Debian.
apt_lines() {
    local label uri security=''
    have apt-get || return 0
    # shellcheck disable=SC2016 # apt-get's own placeholders
    while IFS='|' read -r label uri; do
        case $label in
        Debian) printf 'deb %s %s main\ndeb %s %s-updates main\n' "$uri" "$1" "$uri" "$1" ;;
        Debian-Security) security=$(printf 'deb %s %s-security main' "$uri" "$1") ;;
        esac
    done < <(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian|//p' | sort -u)
    [ -z "$security" ] || printf '%s\n' "$security"
}

# apt_options: the host's proxy and certificate settings as options for mmdebstrap.
apt_options() {
    have apt-config || return 0
    apt-config dump 2>/dev/null |
        grep -E '^Acquire::(https?::(.*::)?(Proxy|CaInfo|Verify-Peer)|Check-Valid-Until|Check-Date|Retries) ' |
        sed 's/;$//' || true
}

# bootstrap MODE TARGET PACKAGES [OPTION...]: runs mmdebstrap with the host's mirror and apt settings.
bootstrap() {
    local mode=$1 target=$2 packages=$3 option lines=() options=(--aptopt='Acquire::Languages "none"')
    shift 3
    mapfile -t lines < <(apt_lines "$ROOT_SUITE")
    while IFS= read -r option; do options+=(--aptopt="$option"); done < <(apt_options)
    for option in man locale info groff lintian; do
        options+=(--dpkgopt="path-exclude=/usr/share/$option/*")
    done
    options+=(--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright')
    mmdebstrap --mode="$mode" --variant=minbase --components=main --include="$packages" "${options[@]}" "$@" \
        "$ROOT_SUITE" "$target" "${lines[@]}"
}

bootstrap_mode() { if [ "$(id -u)" = 0 ]; then echo root; else echo unshare; fi; }

# remove_tree DIR: also what a user's mmdebstrap left behind under other user ids.
remove_tree() {
    if [ "$(id -u)" = 0 ]; then
        rm -rf --one-file-system -- "$1"
    else
        rm -rf --one-file-system -- "$1" 2>/dev/null || unshare --map-root-user --map-auto rm -rf --one-file-system -- "$1"
    fi
}

need_mmdebstrap() {
    have mmdebstrap && return 0
    if [ "$(id -u)" = 0 ] && have apt-get; then
        apt_refresh
        DEBIAN_FRONTEND=noninteractive step apt-mmdebstrap "Installing mmdebstrap, which makes the Debian 13 root" \
            apt-get install -y --no-install-recommends mmdebstrap && return 0
        die "mmdebstrap could not be installed, so there is no build environment." "$STEP_LOG"
    fi
    die "This system is older than Capsule needs; install 'mmdebstrap' and 'bubblewrap' and start again, and Capsule is built in a Debian 13 root."
}

# The host's package lists may be missing (fresh images) and say where the mirror is.
apt_refresh() {
    [ "${APT_REFRESHED:-0}" = 0 ] || return 0
    # A source that fails need not be one that is wanted.
    step apt-update "Refreshing the package lists" apt-get update || say "Going on with the package lists as they are."
    APT_REFRESHED=1
}

# make_root DIR
make_root() {
    local dir=$1 partial=$1.partial packages certificates=/usr/local/share/ca-certificates hook
    need_mmdebstrap
    [ "$(id -u)" != 0 ] || [ -n "$(apt_lines "$ROOT_SUITE")" ] || ! have apt-get || apt_refresh
    [ ! -e "$partial" ] || remove_tree "$partial"
    packages=$(package_list "$REPO/packaging/packages/debian.txt" | paste -sd,)
    # Runs outside the new root with its path as $1: the host's extra certificates, files that the entry mounts over.
    # shellcheck disable=SC2016
    hook='set -e; mkdir -p "$1/usr/local/share/ca-certificates" "$1/usr/local/share/fonts"
        for c in '$certificates'/*.crt; do [ ! -e "$c" ] || cp "$c" "$1/usr/local/share/ca-certificates/"; done
        chroot "$1" update-ca-certificates
        chroot "$1" dbus-uuidgen >"$1/etc/machine-id"
        rm -f "$1/etc/resolv.conf"; : >"$1/etc/resolv.conf"; : >>"$1/etc/hosts"; chmod 755 "$1"'
    step root "Making the Debian 13 root in $dir (about 90 s, 2 GB)" \
        bootstrap "$(bootstrap_mode)" "$partial" "$packages" --customize-hook="$hook" \
        --skip=cleanup/reproducible ||
        die "The Debian 13 root could not be made." "$STEP_LOG"
    mv "$partial" "$dir"
}

# need_root: makes the root unless it is there, and holds a shared lock on it as long as this process or a child of it
# lives: `clean --all` takes no root away that somebody uses. Sets ROOT.
need_root() {
    ROOT=$CACHE/root-$(root_key)
    local lock
    mkdir -p "$CACHE"
    if [ ! -d "$ROOT" ]; then
        lock_exclusive "$ROOT.lock" lock
        [ -d "$ROOT" ] || make_root "$ROOT"
    else
        exec {lock}>>"$ROOT.lock"
    fi
    flock --shared "$lock"
    [ -d "$ROOT" ] || die "The build environment $ROOT has just been removed; start again."
}
