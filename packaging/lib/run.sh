# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/dev: starting what was built.
# shellcheck shell=bash

# told CMD...: prints the command and runs it in the environment.
told() {
    local word line='$'
    for word in "$@"; do
        case $word in *[!-_./=a-zA-Z0-9]*) line="$line ${word@Q}" ;; *) line="$line $word" ;; esac
    done
    printf '\n%s\n' "$line"
    (inside "$@")
}

# run_on_terminal: the desktop's main job where there is no display.
run_on_terminal() {
    say "No display is set, so the same is done on the command line."
    (inside capsule ls --json) | grep -qE '"name": *"demo"' || told capsule new shell --name demo --detach ||
        die "The session 'demo' could not be started; 'packaging/dev exec capsule engine logs' shows the engine's log."
    # shellcheck disable=SC2016 # expanded in the sandbox
    told capsule exec demo -- bash -c 'echo "6 * 7 = $((6 * 7)), computed by $(whoami) on $(uname -n) in $PWD"' ||
        die "The command in the session failed; 'packaging/dev exec capsule engine logs' shows the engine's log."
    told capsule ls
    printf '\n'
    if [ -t 0 ] && [ -t 1 ]; then
        say "Attaching to the session; it goes on when you leave it."
        inside capsule attach demo
    fi
    say "The session 'demo' goes on. Enter it with: packaging/dev exec capsule attach demo"
    say "Remove it with: packaging/dev exec capsule rm --yes demo"
}

cmd_run() {
    local picture=''
    while [ $# -gt 0 ]; do
        case $1 in
        --yes) ASSUME_YES=1 ;;
        --screenshot)
            [ -n "${2:-}" ] || bad_usage "--screenshot wants the name of a PNG file."
            picture=$2
            shift
            ;;
        *) bad_usage "run does not know $1." ;;
        esac
        shift
    done
    need_environment
    if [ -n "$picture" ]; then
        picture=$(realpath -m "$picture")
        [ -d "$(dirname "$picture")" ] || die "There is no folder $(dirname "$picture")."
        need_docker required
        build_preset release
        private_folders
        say "Running the desktop on a virtual display."
        (PRESET=release inside "$REPO/packaging/lib/xsession" --size 1280x800 -- "$REPO/packaging/lib/screenshot" "$picture") ||
            die "There is no picture, because the desktop did not show a working session."
        say "The picture is $picture."
    elif [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        need_docker wanted
        build_preset release
        say "Starting the desktop."
        export CAPSULE_DEV_FONTS=1 # the user looks at it with the fonts of this machine
        PRESET=release inside capsule-desktop
    else
        need_docker required
        build_preset release
        PRESET=release
        run_on_terminal
    fi
}
