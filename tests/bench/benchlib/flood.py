# SPDX-License-Identifier: GPL-3.0-or-later
"""Mixed text printed in a container, to the widget: ours, and qterminal (the same widget) with `docker exec -it`."""
import json
import os
import subprocess
import tempfile
import time

from .processes import children, memory_mib, run, wait_for
from .report import compare, p95

FILE = "/workspace/flood.txt"
# The same font, history and colours as ours.
QTERMINAL_SETTINGS = """[General]
AskOnExit=false
ConfirmMultilinePaste=false
HideTabBarWithOneTab=true
HistoryLimited=true
HistoryLimitedTo=10000
MenuVisible=false
fontFamily=DejaVu Sans Mono
fontSize=11

[MainWindow]
size=@Size(1000 640)
"""


def mixed_text(megabytes):
    """Plain lines, colours, wide characters, box drawing; the same for both."""
    lines = []
    size = 0
    number = 0
    while size < 1_000_000:
        if number % 3 == 0:
            line = f"\x1b[3{number % 8}mline {number}\x1b[0m of some output \u4e2d\u6587 \u2500\u2502 \x1b[1;48;5;{number % 256}mbold\x1b[m 0123456789\n"
        else:
            line = f"{number:8d} drwxr-xr-x 2 developer developer 4096 some-plain-file-name-{number % 997}.txt\n"
        line = line.encode()
        lines.append(line)
        size += len(line)
        number += 1
    return b"".join(lines)[:999_999] + b"\n", megabytes


def put_file(container, megabytes):
    block, count = mixed_text(megabytes)
    with subprocess.Popen(["docker", "exec", "-i", container, "sh", "-c", f"cat > {FILE}"], stdin=subprocess.PIPE) as process:
        for _ in range(count):
            process.stdin.write(block)
        process.stdin.close()
        if process.wait() != 0:
            raise RuntimeError("the file could not be put into the container")


def ours_once(terminal, echo_terminal, engine_pid):
    process = subprocess.Popen(["capsule-bench", "flood", terminal, echo_terminal, FILE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("capsule-bench flood failed")
    result = json.loads(line)
    result["widget_peak_mib"] = memory_mib(process.pid)["peak_rss"]
    result["engine_peak_mib"] = memory_mib(engine_pid)["peak_rss"]
    process.stdin.close()
    process.wait(20)
    return result


def peer_once(container):
    """From the start of cat in the container to the end of `docker exec`, whose output the widget has then taken."""
    with tempfile.TemporaryDirectory(prefix="capsule-bench.") as folder:
        os.makedirs(f"{folder}/qterminal.org")
        with open(f"{folder}/qterminal.org/qterminal.ini", "w", encoding="ascii") as settings:
            settings.write(QTERMINAL_SETTINGS)
        script = f"{folder}/flood.sh"
        with open(script, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\nsleep 2\ndocker exec -it {container} sh -c 'sleep 0.5; stty size > /workspace/size; date +%s.%N > /workspace/began; cat {FILE}'\n"
                       f"date +%s.%N > {folder}/ended\nsleep 1\n")
        os.chmod(script, 0o700)
        process = subprocess.Popen(["qterminal", "-e", script], env={**os.environ, "XDG_CONFIG_HOME": folder}, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        peak = {}

        def ended():
            for pid in [process.pid, *children(process.pid)]:
                try:
                    peak[pid] = memory_mib(pid)["peak_rss"]
                except (OSError, KeyError):
                    pass
            return os.path.exists(f"{folder}/ended") and os.path.getsize(f"{folder}/ended") > 0

        try:
            wait_for(ended, 300, "the peer's flood did not end")
            with open(f"{folder}/ended", encoding="ascii") as file:
                end = float(file.read())
        finally:
            process.kill()
            process.wait()
    began = float(run("docker", "exec", container, "cat", "/workspace/began"))
    rows, columns = run("docker", "exec", container, "cat", "/workspace/size").split()
    return {"ms": (end - began) * 1000, "widget_peak_mib": peak.get(process.pid, 0), "size": f"{columns}x{rows}"}


def measure(capsule, options):
    made = capsule.create()
    echo_terminal = capsule.driver("echo-open", made["id"])["terminal"]
    put_file(made["sandbox"], options.flood_mb)
    engine_pid = capsule.status()["pid"]
    ours, peer = [], []
    for number in range(options.samples or 3):
        capsule.say(f"flood {number + 1}")
        ours.append(ours_once(made["terminal"], echo_terminal, engine_pid))
        peer.append(peer_once(made["sandbox"]))
        time.sleep(1)
    capsule.remove(made["id"])
    echoes = [ms for result in ours for ms in result["echo_ms"]]
    result = compare([r["ms"] for r in ours], [r["ms"] for r in peer], against="qterminal -e docker exec -it CONTAINER cat",
                     megabytes=options.flood_mb)
    result["ours_mb_per_s"] = round(options.flood_mb / result["ours_ms"] * 1000, 1)
    result["peer_mb_per_s"] = round(options.flood_mb / result["peer_ms"] * 1000, 1)
    result["largest_gap_ms"] = max(r["largest_gap_ms"] for r in ours)
    result["other_terminal_echo_ms"] = round(sorted(echoes)[len(echoes) // 2], 1)
    result["other_terminal_echo_p95_ms"] = round(p95(echoes), 1)
    result["other_terminal_echo_max_ms"] = round(max(echoes), 1)
    result["widget_peak_mib"] = max(r["widget_peak_mib"] for r in ours)
    result["engine_peak_mib"] = max(r["engine_peak_mib"] for r in ours)
    result["peer_widget_peak_mib"] = max(r["widget_peak_mib"] for r in peer)
    result["size"] = f"{ours[-1]['columns']}x{ours[-1]['rows']}"
    result["peer_size"] = peer[-1]["size"]
    return result
