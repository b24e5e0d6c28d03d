# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: building with this system's own packages, installed where they are missing.
# shellcheck shell=bash

# package_list FILE: the names, one a line. A line is "NAME" or "NAME ?COMMAND", which is wanted only where COMMAND is
# missing (Docker's client comes in packages that exclude each other).
package_list() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e 's/[[:space:]].*//' "$1"; }

wanted_packages() {
    local name condition
    while read -r name condition; do
        case $name in '' | '#'*) continue ;; esac
        case $condition in '?'*) ! have "${condition#\?}" || continue ;; esac
        printf '%s\n' "$name"
    done <"$REPO/packaging/packages/$1.txt"
}

# missing_packages KIND NAME...
missing_packages() {
    local name
    case $1 in
    debian)
        for name in "${@:2}"; do
            [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
        done
        ;;
    fedora) for name in "${@:2}"; do rpm --query --quiet --whatprovides "$name" || echo "$name"; done ;;
    arch) pacman --deptest "${@:2}" || true ;;
    esac
}

# known_packages KIND NAME...: those that the package manager can install.
known_packages() {
    local name
    case $1 in
    debian) for name in "${@:2}"; do [ -z "$(apt-cache madison "$name" 2>/dev/null)" ] || echo "$name"; done ;;
    fedora) dnf repoquery --quiet --queryformat '%{name}\n' "${@:2}" | sort -u ;;
    arch) for name in "${@:2}"; do ! pacman --sync --info "$name" >/dev/null 2>&1 || echo "$name"; done ;;
    esac
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
    case $1 in
    debian) as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${@:2}" ;;
    fedora) as_root dnf install -y --setopt=install_weak_deps=False "${@:2}" ;;
    arch) as_root pacman --sync --noconfirm --needed "${@:2}" ;;
    esac
}

# need_packages KIND: what packages/KIND.txt lists is installed afterwards.
need_packages() {
    local kind=$1 wanted missing known unknown
    mapfile -t wanted < <(wanted_packages "$kind")
    mapfile -t missing < <(missing_packages "$kind" "${wanted[@]}")
    [ "${#missing[@]}" != 0 ] || return 0
    say "These packages are missing: ${missing[*]}"
    ask "Install them with the system's package manager?" ||
        die "Capsule cannot be built without them; CAPSULE_DEV_ROOT=1 builds it in a Debian 13 root instead."
    [ "$(id -u)" = 0 ] || have sudo || die "Installing packages needs root; install 'sudo' or run this once as root."
    [ "$(id -u)" = 0 ] || sudo --validate || die "sudo did not let you in, so nothing was installed."
    if [ "$kind" = debian ]; then
        step apt-update "Refreshing the package lists" as_root apt-get update || die "apt-get update failed." "$STEP_LOG"
    fi
    mapfile -t known < <(known_packages "$kind" "${missing[@]}")
    mapfile -t unknown < <(comm -23 <(printf '%s\n' "${missing[@]}" | sort) <(printf '%s\n' "${known[@]}" | sort))
    [ "${#unknown[@]}" = 0 ] || say "This system does not have: ${unknown[*]} (going on without)"
    [ "${#known[@]}" != 0 ] || return 0
    step packages "Installing ${#known[@]} packages" install_packages "$kind" "${known[@]}" ||
        die "The packages could not be installed." "$STEP_LOG"
}
