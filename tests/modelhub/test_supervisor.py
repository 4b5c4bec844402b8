import os
import signal
import sys

import psutil
import pytest

from modelhub.serving.supervisor import Child, Supervisor, SupervisorError
from tests.modelhub.embedding import eventually

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)",
]


def child_pid(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_a_signal_ends_all_children():
    children = [Child("first", SLEEP), Child("second", SLEEP)]
    supervisor = Supervisor(children, say=print)

    supervisor.run(lambda: os.kill(os.getpid(), signal.SIGTERM))

    assert not any(child.is_up() for child in children)


def test_the_handlers_of_before_come_back():
    before = signal.getsignal(signal.SIGINT)

    Supervisor([], say=print).run(lambda: os.kill(os.getpid(), signal.SIGINT))

    assert signal.getsignal(signal.SIGINT) is before


def test_a_stubborn_child_is_ended_by_force(monkeypatch):
    monkeypatch.setattr("modelhub.serving.supervisor.PATIENCE_SECONDS", 0.5)
    child = Child("stubborn", STUBBORN)
    supervisor = Supervisor([child], say=print)

    supervisor.run(supervisor.request_stop)

    assert not child.is_up()


def test_a_child_finishes_what_it_is_about(monkeypatch, tmp_path):
    monkeypatch.setattr("modelhub.serving.supervisor.PATIENCE_SECONDS", 0.1)
    ready, done = tmp_path / "ready", tmp_path / "done"
    code = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep(1)\n"
        f"    pathlib.Path({str(done)!r}).write_text('whole')\n"
        "    sys.exit(0)\n"
        "signal.signal(15, end)\n"
        f"pathlib.Path({str(ready)!r}).write_text('')\n"
        "time.sleep(60)"
    )
    child = Child("web server", [sys.executable, "-c", code], patience_s=60)
    supervisor = Supervisor([child], say=print)

    supervisor.run(lambda: ready.exists() and supervisor.request_stop())

    assert done.read_text() == "whole"


def test_what_a_child_has_started_ends_with_it(monkeypatch, tmp_path):
    monkeypatch.setattr("modelhub.serving.supervisor.PATIENCE_SECONDS", 0.5)
    note = tmp_path / "pid"
    code = (
        "import pathlib, subprocess, sys, time\n"
        f"one = subprocess.Popen({STUBBORN!r})\n"
        f"pathlib.Path({str(note)!r}).write_text(str(one.pid))\n"
        "time.sleep(60)"
    )
    supervisor = Supervisor([Child("parent", [sys.executable, "-c", code])], say=print)

    def stop_when_started() -> None:
        if note.exists() and note.read_text():
            supervisor.request_stop()

    supervisor.run(stop_when_started)

    pid = int(note.read_text())
    assert eventually(
        lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"
    )


def test_a_child_that_dies_is_started_again():
    said: list[str] = []
    child = Child("worker", SLEEP)
    supervisor = Supervisor([child], said.append)
    pids: list[int] = []

    def kill_once() -> None:
        if child_pid(child) not in pids:
            pids.append(child_pid(child))
            child.send(signal.SIGKILL)
        if len(pids) == 2:
            supervisor.request_stop()

    supervisor.run(kill_once)

    assert said == ["The worker stopped (exit code -9); starting it again."]


def test_a_child_that_keeps_dying_stops_everything():
    steady = Child("web server", SLEEP)
    broken = Child("worker", [sys.executable, "-c", "raise SystemExit(7)"])
    supervisor = Supervisor([steady, broken], say=lambda _: None)

    with pytest.raises(SupervisorError, match="worker stopped 3 times .* code 7"):
        supervisor.run(lambda: None)

    assert not steady.is_up()
