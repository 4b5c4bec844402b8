"""Runs one embedded server for as long as anybody uses it.

A process of its own: it starts the server, starts it again when it dies, and stops it
as soon as nobody holds the users' lock any more. The kernel releases that lock when a
user dies, however it dies, so nothing counts process ids and nothing is left behind.
"""

import ctypes
import fcntl
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import psutil

PR_SET_PDEATHSIG = 1
STEADY_SECONDS = 5.0
RETRY_SECONDS = (0.2, 0.4, 0.8)
"""A killed server's children hold its memory for a moment longer."""
STOP_SECONDS = 60.0


class Keeper:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.stopping = threading.Event()
        self.changing = threading.Lock()
        self.server: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Serve until the last user is gone; 1 if the server does not stay up."""
        threading.Thread(target=self.wait_for_last_user, daemon=True).start()
        quick_failures = 0
        while quick_failures <= len(RETRY_SECONDS):
            started = time.monotonic()
            self.run_once()
            if time.monotonic() - started > STEADY_SECONDS:
                quick_failures = 0
            pause = (*RETRY_SECONDS, 0)[quick_failures]
            if self.stopping.wait(pause):
                return 0
            quick_failures += 1
        return 1

    def run_once(self) -> None:
        clear_leftovers(self.plan)
        with self.changing:
            if self.stopping.is_set():
                return
            self.server = start(self.plan)
        self.server.wait()

    def wait_for_last_user(self) -> None:
        with open(self.plan["users"], "a") as users:
            # Held until this process ends: a newcomer waits for the end of the stop.
            fcntl.flock(users, fcntl.LOCK_EX)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                # Again and again: one that is just starting may not hear the first.
                self.stop()
                time.sleep(1)
            if self.server is not None:
                self.server.kill()

    def stop(self) -> None:
        self.stopping.set()
        with self.changing:
            if self.server is not None and self.server.poll() is None:
                self.server.send_signal(self.plan["stop_signal"])


def start(plan: dict[str, Any]) -> subprocess.Popen[bytes]:
    user: dict[str, Any] = {}
    if plan["uid"] is not None:
        user = {"user": plan["uid"], "group": plan["gid"], "extra_groups": []}
    return subprocess.Popen(
        plan["command"],
        stdin=subprocess.DEVNULL,
        cwd="/",
        umask=0o077,
        preexec_fn=end_with_parent(plan["stop_signal"]),  # noqa: PLW1509
        **user,
    )


def end_with_parent(number: int) -> Callable[[], None] | None:
    """The kernel sends signal `number` to the child when this process dies."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, number)


def clear_leftovers(plan: dict[str, Any]) -> None:
    """End a server of a killed keeper, and drop pid files that point elsewhere.

    After a crash or a reboot the number in a pid file may belong to any process, and
    a server refuses to start over it.
    """
    for name in plan["pid_files"]:
        pid_file = Path(name)
        try:
            pid = int(pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            continue
        process = own_process(pid, plan)
        if process is None:
            pid_file.unlink(missing_ok=True)
            continue
        process.send_signal(plan["stop_signal"])
        process.wait(STOP_SECONDS)


def own_process(pid: int, plan: dict[str, Any]) -> psutil.Process | None:
    """The process `pid` if it serves the plan's data, else None."""
    try:
        process = psutil.Process(abs(pid))
        words = process.cmdline()
    except psutil.Error:
        return None
    is_ours = words[:1] == plan["command"][:1] and plan["data"] in words
    return process if is_ours else None


def main() -> int:
    plan = json.loads(sys.argv[1])
    lock: TextIO = open(plan["lock"], "a")  # noqa: SIM115  # held until the end
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    keeper = Keeper(plan)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=keeper.stop).start()
    )
    return keeper.run()


if __name__ == "__main__":
    sys.exit(main())
