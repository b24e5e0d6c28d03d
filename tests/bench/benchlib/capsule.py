# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine of our own, its sessions, and everything removed at the end."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from .processes import run

LABEL = "capsule.bench=1"


class Driver:
    """capsule-bench driver: one sample for each command."""

    def __init__(self):
        self.process = subprocess.Popen(["capsule-bench", "driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("capsule-bench ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def __call__(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


class Capsule:
    def __init__(self, quiet):
        self.quiet = quiet
        self.sessions = []
        self.names = 0

    def __enter__(self):
        for program in ("capsule", "capsule-engine", "capsule-bench", "docker"):
            if not shutil.which(program):
                raise RuntimeError(f"{program} is not on PATH; start this with packaging/dev bench")
        # An engine, settings and sessions apart from the user's own.
        self.home = tempfile.mkdtemp(prefix="capsule-bench.")
        for kind in ("RUNTIME_DIR", "CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME"):
            os.mkdir(os.path.join(self.home, kind), 0o700)
            os.environ[f"XDG_{kind}"] = os.path.join(self.home, kind)
        os.environ["QT_LOGGING_RULES"] = "*.info=false;*.debug=false"
        run("capsule", "engine", "start", timeout=60)
        self.driver = Driver()
        return self

    def __exit__(self, *_):
        for session in list(self.sessions):
            subprocess.run(["capsule", "rm", "--yes", session], capture_output=True, check=False)
        if hasattr(self, "driver"):
            self.driver.process.kill()
        subprocess.run(["capsule", "engine", "stop"], capture_output=True, check=False)
        remove_peers()
        shutil.rmtree(self.home, ignore_errors=True)

    def say(self, text):
        if not self.quiet:
            print(f"... {text}", file=sys.stderr, flush=True)

    def status(self):
        return json.loads(run("capsule", "--json", "engine", "status"))

    def create(self):
        self.names += 1
        made = self.driver("create", "shell", f"bench-{os.getpid()}-{self.names}")
        self.sessions.append(made["id"])
        return made

    def remove(self, session):
        self.driver("remove", session)
        self.sessions.remove(session)


def remove_peers():
    left = run("docker", "ps", "-aq", "--filter", f"label={LABEL}").split()
    if left:
        run("docker", "rm", "-f", *left)
