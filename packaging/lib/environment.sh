# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: where things are built, natively or in the Debian 13 root, and how to run something there.
# shellcheck shell=bash

# environment_kind: "root", or the name of the package list for building with this system's own packages.
environment_kind() {
    local id='' version='' like=''
    if [ "${CAPSULE_DEV_INSIDE:-}" = 1 ]; then echo inside && return; fi
    if [ "${CAPSULE_DEV_ROOT:-0}" = 1 ]; then echo root && return; fi
    # shellcheck disable=SC1091
    { read -r id && read -r version && read -r like; } < <(. /etc/os-release 2>/dev/null &&
        printf '%s\n' "${ID:-}" "${VERSION_ID:-}" "${ID_LIKE:-}") || true
    version=${version//[!0-9.]/}
    case $id in
    debian) [ -z "$version" ] || [ "${version%%.*}" -ge 13 ] && echo debian && return ;; # testing and sid have no number
    ubuntu) [ "${version//./}" -ge 2504 ] && echo debian && return ;;
    fedora) [ "${version%%.*}" -ge 42 ] && echo fedora && return ;;
    arch) echo arch && return ;;
    *) case " $like " in *' arch '*) echo arch && return ;; esac ;;
    esac
    echo root
}

# need_environment: afterwards `inside CMD...` works.
need_environment() {
    KIND=$(environment_kind)
    case $KIND in
    inside) ;;
    root) need_root ;;
    *) need_packages "$KIND" ;;
    esac
    need_runtime_folder
}

# The per-user folder for sockets; where nobody logged in through a session manager there is none yet.
need_runtime_folder() {
    local uid
    uid=$(id -u)
    if [ -z "${XDG_RUNTIME_DIR:-}" ] || [ ! -d "$XDG_RUNTIME_DIR" ]; then
        XDG_RUNTIME_DIR=/run/user/$uid
        [ "$uid" = 0 ] || [ -d "$XDG_RUNTIME_DIR" ] || XDG_RUNTIME_DIR=/tmp/capsule-dev-run-$uid
        mkdir -p "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR" && [ -O "$XDG_RUNTIME_DIR" ] ||
            die "The folder $XDG_RUNTIME_DIR is not yours; set XDG_RUNTIME_DIR to a private folder."
    fi
    export XDG_RUNTIME_DIR
}

# program_folder: where the built programs are, the wanted preset's or the first that exists.
program_folder() {
    local preset
    for preset in ${PRESET:-release dev ci asan}; do
        [ ! -d "$REPO/build/$preset/bin" ] || { printf '%s\n' "$REPO/build/$preset/bin" && return; }
    done
    printf '%s\n' "$REPO/build/${PRESET:-release}/bin"
}

# inside CMD...: becomes CMD in the environment (call it in a subshell to come back). The process id stays the same, so
# signals and exit codes are CMD's own.
inside() {
    local bin
    bin=$(program_folder)
    export CAPSULE_DEV_INSIDE=1
    export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache} CCACHE_BASEDIR=${CCACHE_BASEDIR:-$REPO}
    export CCACHE_NOHASHDIR=1 CCACHE_COMPILERCHECK=${CCACHE_COMPILERCHECK:-content} CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
    case $KIND in
    root) ;;
    *)
        case :$PATH: in *":$bin:"*) ;; *) export PATH=$bin:$PATH ;; esac
        exec "$@"
        ;;
    esac
    # What names places of the host means nothing in the root, and its only locale is C.UTF-8.
    unset LD_LIBRARY_PATH LD_PRELOAD LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH PKG_CONFIG_PATH \
        CMAKE_PREFIX_PATH PYTHONHOME PYTHONPATH PERL5LIB QT_PLUGIN_PATH XDG_DATA_DIRS XDG_CONFIG_DIRS GTK_PATH LC_ALL
    export LANG=C.UTF-8
    local path=$bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin folders=()
    mapfile -t folders < <(visible_folders)
    if [ "$(id -u)" = 0 ]; then
        CAPSULE_ROOT_PATH=$path exec unshare --mount --propagation slave -- \
            "$REPO/packaging/lib/enter-root" "$ROOT" "${folders[@]}" -- "$@"
    fi
    inside_as_user "$path" "$@"
}

# inside_as_user PATH CMD...: `inside` without being root. The top of the tree is made new from the root's folders, since the
# root belongs to other user ids and cannot get mount points for the host's folders.
inside_as_user() {
    local path=$1 entry folder bwrap options=()
    shift
    bwrap=$(command -v bwrap) || die "Install 'bubblewrap' and start again: it enters the Debian 13 root without being root."
    for entry in "$ROOT"/*; do
        if [ -L "$entry" ]; then
            options+=(--symlink "$(readlink "$entry")" "/${entry##*/}")
        elif [ -r "$entry" ]; then
            case ${entry##*/} in
            dev | home | media | mnt | proc | run | srv | sys | tmp) ;;
            *) options+=(--bind "$entry" "/${entry##*/}") ;;
            esac
        fi
    done
    for folder in "${folders[@]}"; do options+=(--dev-bind "$folder" "$folder"); done
    {
        grep -v "^$(id -un):" "$ROOT/etc/passwd"
        printf '%s:x:%s:%s::%s:/bin/bash\n' "$(id -un)" "$(id -u)" "$(id -g)" "$HOME"
    } >"$CACHE/passwd"
    options+=(--ro-bind "$CACHE/passwd" /etc/passwd)
    for entry in /etc/resolv.conf /etc/hosts; do options+=(--ro-bind-try "$entry" "$entry"); done
    if [ "${CAPSULE_DEV_FONTS:-0}" = 1 ] && [ -d "$ROOT/usr/local/share/fonts" ]; then
        options+=(--ro-bind-try /usr/share/fonts /usr/local/share/fonts)
    fi
    PATH=$path exec "$bwrap" "${options[@]}" --chdir "$PWD" -- "$@"
}

# visible_folders: the host's folders that appear in the root at the same path, outer ones first. Docker mounts folders
# of the host, so whatever Capsule hands to Docker must have the same name inside.
visible_folders() {
    local folder kept=() outer
    while IFS= read -r folder; do
        [ -d "$folder" ] && [ "$folder" != / ] || continue
        for outer in "${kept[@]}"; do
            case $folder/ in "$outer"/*) continue 2 ;; esac
        done
        kept+=("$folder")
        printf '%s\n' "$folder"
    done < <(printf '%s\n' /proc /sys /dev /tmp /run && {
        printf '%s\n' "$HOME" "$REPO" "$PWD" "$CACHE" "$XDG_RUNTIME_DIR" "${CCACHE_DIR:-$CACHE}"
        git -C "$REPO" rev-parse --path-format=absolute --git-common-dir 2>/dev/null
        case ${DOCKER_HOST:-} in unix://*) dirname "${DOCKER_HOST#unix://}" ;; esac
        [ -z "${XAUTHORITY:-}" ] || dirname "$XAUTHORITY"
    } | awk '{ print length($0) " " $0 }' | sort -n | cut -d' ' -f2-)
}
