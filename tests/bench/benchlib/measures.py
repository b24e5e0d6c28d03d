# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured. Every function returns a dictionary of numbers; both sides alternate."""
import os
import time

from . import flood, memory
from .capsule import LABEL
from .processes import TerminalProgram, ends_with_prompt, milliseconds_of, run
from .report import compare


def cold_session(capsule, options):
    """A new session to a usable prompt, against `docker run -it` of the same image to its prompt."""
    first = capsule.create()  # what comes only once: image, network
    image = first["image"]
    capsule.remove(first["id"])
    ours, peer, by_command = [], [], []
    for number in range(options.samples or 15):
        capsule.say(f"cold-session {number + 1}")
        made = capsule.create()
        ours.append(made["ms"])
        capsule.remove(made["id"])

        name = f"capsule-bench-{os.getpid()}-{number}"
        begin = time.perf_counter()
        program = TerminalProgram(["docker", "run", "-it", "--rm", "--name", name, "--label", LABEL, image, "bash"])
        program.read_until(ends_with_prompt)
        peer.append((time.perf_counter() - begin) * 1000)
        run("docker", "rm", "-f", name)
        program.close()

        name = f"bench-{os.getpid()}-cli-{number}"
        capsule.sessions.append(name)
        begin = time.perf_counter()
        program = TerminalProgram(["capsule", "new", "shell", "--name", name])
        program.read_until(ends_with_prompt)
        by_command.append((time.perf_counter() - begin) * 1000)
        program.close()
        run("capsule", "rm", "--yes", name)
        capsule.sessions.remove(name)
    cli = compare(by_command, peer)
    return compare(ours, peer, against="docker run -it IMAGE bash", command_line_ms=cli["ours_ms"], command_line_p95_ms=cli["ours_p95_ms"],
                   command_line_ratio=cli["ratio"])


def exec_true(capsule, options):
    """/bin/true through the API, and through `capsule exec`, against `docker exec`, in the same container."""
    made = capsule.create()
    session, sandbox = made["id"], made["sandbox"]
    ours, peer, by_command = [], [], []
    for number in range(options.samples or 60):
        ours.append(capsule.driver("exec", session, "/bin/true")["ms"])
        peer.append(milliseconds_of(["docker", "exec", sandbox, "/bin/true"]))
        by_command.append(milliseconds_of(["capsule", "exec", session, "--", "/bin/true"]))
    capsule.remove(session)
    cli = compare(by_command, peer)
    return compare(ours, peer, against="docker exec CONTAINER /bin/true", command_line_ms=cli["ours_ms"], command_line_p95_ms=cli["ours_p95_ms"],
                   command_line_ratio=cli["ratio"])


def echo(capsule, options):
    """A key to its echo by the terminal's line discipline, against `docker exec -it`, in the same container."""
    made = capsule.create()
    capsule.driver("echo-open", made["id"])
    program = TerminalProgram(["docker", "exec", "-it", made["sandbox"], "sh", "-c", "echo ready; cat >/dev/null"])
    program.read_until(lambda output: b"ready" in output)
    time.sleep(1)
    ours, peer = [], []
    for number in range(options.samples or 500):
        ours.append(capsule.driver("echo")["ms"])
        begin = time.perf_counter()
        program.write(b"x")
        program.read_until(lambda output: b"x" in output)
        peer.append((time.perf_counter() - begin) * 1000)
        if number % 400 == 399:
            program.write(b"\r")
            program.read_until(lambda output: b"\n" in output)
        time.sleep(0.005)
    program.close()
    capsule.remove(made["id"])
    return compare(ours, peer, against="docker exec -it CONTAINER cat")


ALL = {"cold-session": cold_session, "exec": exec_true, "echo": echo, "flood": flood.measure, "memory": memory.measure}
