# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory of engine and desktop with one session and with ten, each with its terminal shown in a tab."""
import subprocess
import time

from .processes import memory_mib, run


def engine(capsule):
    return memory_mib(capsule.status()["pid"])


def measure(capsule, options):
    # A fresh engine: what earlier measurements left in its heap does not count.
    capsule.driver.close()
    run("capsule", "engine", "stop")
    run("capsule", "engine", "start", timeout=60)
    capsule.driver = type(capsule.driver)()
    result = {"engine_idle_mib": engine(capsule)["pss"]}
    ids = [capsule.create()["id"]]
    desktop = subprocess.Popen(["capsule-desktop", "--open", ids[0]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for count in (1, 10):
            while len(ids) < count:
                capsule.say(f"memory: session {len(ids) + 1}")
                ids.append(capsule.create()["id"])
                run("capsule", "open", ids[-1])
            time.sleep(5)
            if desktop.poll() is not None:
                raise RuntimeError("capsule-desktop ended")
            ours, window = engine(capsule), memory_mib(desktop.pid)
            result |= {f"engine_rss_mib_{count}": ours["rss"], f"engine_pss_mib_{count}": ours["pss"],
                       f"desktop_rss_mib_{count}": window["rss"], f"desktop_pss_mib_{count}": window["pss"]}
    finally:
        desktop.terminate()
        try:
            desktop.wait(10)
        except subprocess.TimeoutExpired:
            desktop.kill()
    for session in ids:
        capsule.remove(session)
    return result
