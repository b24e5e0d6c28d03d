// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Small programs for the sandbox's own sh, run as its user: engines can start a process in a container but not end
/// one. They take arguments and never contain any. Processes are known by a variable in their environment, which
/// their children inherit; what clears it or belongs to another user is reached by the kernel's own SIGHUP when the
/// terminal's first process goes. Needs sh, sleep and a grep with -z (GNU, BusyBox).
namespace capsule::scripts {

/// $1, $2: columns and rows; then the program and its arguments. A size set through the engine is silently lost when
/// it comes before the terminal is there, so that the terminal gets its first one from inside.
inline constexpr char inTerminal[] = R"sh(
stty cols "$1" rows "$2" 2>/dev/null
shift 2
command -v -- "$1" >/dev/null 2>&1 || { printf 'capsule-not-found'; exit 127; }
exec "$@"
)sh";
inline constexpr char notFoundMark[] = "capsule-not-found"; ///< what inTerminal prints instead of starting

/// $1: NAME=value. HUP, and KILL to what is still there after a second.
inline constexpr char hangUp[] = R"sh(
pids() {
    grep -lzxF -e "$1" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
}
found=$(pids "$1"); [ -n "$found" ] || exit 0
kill -HUP $found 2>/dev/null; kill -CONT $found 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.1
    found=$(pids "$1"); [ -n "$found" ] || exit 0
done
kill -KILL $found 2>/dev/null
exit 0
)sh";

/// $1: NAME=value. KILL at once.
inline constexpr char kill[] = R"sh(
for _ in 1 2 3; do # what was being born meanwhile
    found=$(grep -lzxF -e "$1" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do echo "$pid"; done)
    [ -n "$found" ] || exit 0
    kill -KILL $found 2>/dev/null
done
exit 0
)sh";

/// $1: what this engine's tags begin with (letters and digits). Ends what earlier engines have left behind.
inline constexpr char hangUpOthers[] = R"sh(
others() {
    grep -lzE '^CAPSULE_(TERMINAL|EXEC)=' /proc/[0-9]*/environ 2>/dev/null | while IFS= read -r file; do
        grep -qzE "^CAPSULE_(TERMINAL|EXEC)=$1" "$file" 2>/dev/null && continue
        file=${file#/proc/}; echo "${file%/environ}"
    done
}
found=$(others "$1"); [ -n "$found" ] || exit 0
kill -HUP $found 2>/dev/null; kill -CONT $found 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.1
    found=$(others "$1"); [ -n "$found" ] || exit 0
done
kill -KILL $found 2>/dev/null
exit 0
)sh";

/// $1: tenths of a second. TERM and HUP (interactive shells ignore TERM) to everything but the first process and its
/// sleeper, then waits for their end. A container's stop alone would send KILL to all but its first process.
inline constexpr char endEverything[] = R"sh(
keep=
for dir in /proc/[0-9]*; do
    read -r pid name _ parent _ <"$dir/stat" 2>/dev/null || continue
    [ "$name" = "(sleep)" ] && [ "$parent" = 1 ] && { [ -z "$keep" ] || [ "$pid" -lt "$keep" ]; } && keep=$pid
done
others() {
    found=
    for dir in /proc/[0-9]*; do
        read -r pid _ state _ <"$dir/stat" 2>/dev/null || continue
        [ "$state" = Z ] || [ "$pid" = 1 ] || [ "$pid" = $$ ] || [ "$pid" = "$keep" ] || found="$found $pid"
    done
    [ -n "$found" ]
}
others || exit 0
kill -TERM $found 2>/dev/null; kill -HUP $found 2>/dev/null; kill -CONT $found 2>/dev/null
tenths=$1
while [ "$tenths" -gt 0 ] && others; do
    sleep 0.1
    tenths=$((tenths - 1))
done
exit 0
)sh";

} // namespace capsule::scripts
