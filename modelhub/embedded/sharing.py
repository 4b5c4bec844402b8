"""One server for all processes of a checkout: the first starts it, the last stops it.

Three locks in `var/locks` carry the whole agreement, and the kernel releases each when
its holder dies: `gate` (one process at a time starts something), `users` (shared by
everyone who uses the server), `keeper` (held by the process that runs the server).
"""

import fcntl
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from modelhub.embedded import keeper
from modelhub.embedded.failure import EmbeddedError
from modelhub.embedded.layout import Layout
from modelhub.embedded.system_user import ServerUser

PATIENCE_SECONDS = 3.0
START_SECONDS = 600.0
STOP_SECONDS = 90.0
PAUSE_SECONDS = 0.02
LOG_LIMIT_BYTES = 5_000_000

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What the keeper runs."""

    command: list[str]
    data: Path
    pid_files: list[Path]
    stop_signal: int
    user: ServerUser | None


class Server(Protocol):
    """What distinguishes one embedded server from another."""

    name: str
    layout: Layout

    def prepare(self) -> Plan:
        """Make the data folder where it is missing, and say what to run."""

    def answers(self) -> bool:
        """Whether the server takes requests now."""

    def finish(self) -> None:
        """Add what a server that answers still needs before it can be used."""


class Share:
    """This process's hold on a running server."""

    def __init__(self, server: Server, say: Say) -> None:
        self.server = server
        self.say = say
        self.keeper: subprocess.Popen[bytes] | None = None

    def ensure(self) -> None:
        """Start the server if it is not running: also when it was killed together
        with its keeper. Returns as soon as it answers."""
        if not is_kept(self.server):
            self.forget_keeper()
            with gate(self.server, self.say):
                self.start()

    def start(self) -> None:
        sentence = (
            f"Waiting for {self.server.name}; after an unclean stop it first "
            f"recovers (see {log_path(self.server)})."
        )
        wait = Wait(self.say, sentence, START_SECONDS)
        self.keeper = None
        while not (is_kept(self.server) and self.server.answers()):
            if self.keeper is not None and self.keeper.poll() is not None:
                raise EmbeddedError(failure_text(self.server))
            if self.keeper is None and not is_kept(self.server):
                self.keeper = spawn_keeper(self.server)
            wait.a_moment()
        self.server.finish()

    def forget_keeper(self) -> None:
        """Reap the keeper if it has ended; with other users it outlives this process
        and is not to be awaited."""
        if self.keeper is not None and is_kept(self.server):
            self.keeper.returncode = 0
        elif self.keeper is not None:
            self.keeper.wait()


@contextmanager
def shared(server: Server, say: Say) -> Iterator[Share]:
    """Use `server` inside the block; start it if nobody did, stop it if nobody else
    uses it. Raises EmbeddedError."""
    share = Share(server, say)
    with folder_errors(server.layout), lock_file(server, "users") as users:
        try:
            with gate(server, say):
                sentence = f"Waiting for the last {server.name} to stop."
                wait = Wait(say, sentence, STOP_SECONDS)
                while not try_lock(users, fcntl.LOCK_SH):
                    wait.a_moment()
                share.start()
            yield share
        finally:
            users.close()
            wait_for_stop(server, say)
            share.forget_keeper()


def spawn_keeper(server: Server) -> subprocess.Popen[bytes]:
    plan = server.prepare()
    details = {
        "command": plan.command,
        "data": str(plan.data),
        "pid_files": [str(path) for path in plan.pid_files],
        "stop_signal": plan.stop_signal,
        "uid": plan.user and plan.user.uid,
        "gid": plan.user and plan.user.gid,
        "users": str(lock_path(server, "users")),
        "lock": str(lock_path(server, "keeper")),
    }
    with open_log(server) as log:
        return subprocess.Popen(
            [sys.executable, "-P", keeper.__file__, json.dumps(details)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )


def wait_for_stop(server: Server, say: Say) -> None:
    """Return when the server has stopped, or at once if somebody else uses it."""
    wait = Wait(say, f"Waiting for {server.name} to stop.", STOP_SECONDS)
    with lock_file(server, "users") as users:
        while is_kept(server):
            is_free = try_lock(users, fcntl.LOCK_EX)
            if not is_free and try_lock(users, fcntl.LOCK_SH):
                return
            fcntl.flock(users, fcntl.LOCK_UN)
            wait.a_moment()


def is_kept(server: Server) -> bool:
    """Whether a keeper lives; only then does an answering server stay."""
    with lock_file(server, "keeper") as lock:
        return not try_lock(lock, fcntl.LOCK_SH)


@contextmanager
def gate(server: Server, say: Say) -> Iterator[None]:
    with lock_file(server, "gate") as lock:
        sentence = f"Waiting for another process that is starting {server.name}."
        wait = Wait(say, sentence, START_SECONDS)
        while not try_lock(lock, fcntl.LOCK_EX):
            wait.a_moment()
        yield


class Wait:
    """Waits in small steps, says once what for, and gives up in the end."""

    def __init__(self, say: Say, sentence: str, limit_seconds: float) -> None:
        self.say = say
        self.sentence = sentence
        self.limit_seconds = limit_seconds
        self.began = time.monotonic()
        self.has_spoken = False

    def a_moment(self) -> None:
        waited = time.monotonic() - self.began
        if waited > self.limit_seconds:
            message = f"Gave up after {self.limit_seconds:.0f} seconds. {self.sentence}"
            raise EmbeddedError(message)
        if waited > PATIENCE_SECONDS and not self.has_spoken:
            self.has_spoken = True
            self.say(self.sentence)
        time.sleep(PAUSE_SECONDS)


def try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_path(server: Server, lock: str) -> Path:
    return server.layout.locks / f"{server.name.lower()}.{lock}"


def lock_file(server: Server, lock: str) -> IO[str]:
    server.layout.locks.mkdir(parents=True, exist_ok=True)
    return lock_path(server, lock).open("a")


def log_path(server: Server) -> Path:
    return server.layout.logs / f"{server.name.lower()}.log"


def open_log(server: Server) -> IO[bytes]:
    path = log_path(server)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def failure_text(server: Server) -> str:
    """One sentence with the last thing that the server complained of."""
    lines = log_path(server).read_text(errors="replace").splitlines()
    complaints = [line for line in lines[-40:] if "FATAL" in line or "rror" in line]
    reason = (complaints or lines or ["no reason was given"])[-1].strip()
    return f"{server.name} does not start: {reason} (see {log_path(server)})"


@contextmanager
def folder_errors(layout: Layout) -> Iterator[None]:
    """Turn a permission problem in `var/` into one sentence."""
    try:
        yield
    except PermissionError as error:
        if not str(error.filename or "").startswith(str(layout.var.parent)):
            raise
        message = f"No permission for {error.filename}; start as its owner."
        raise EmbeddedError(message) from error
