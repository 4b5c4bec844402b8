"""Runs processes side by side: starts again what dies, stops all of them together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from modelhub.embedded.keeper import end_with_parent

CHECK_SECONDS = 0.1
STEADY_SECONDS = 10.0
QUICK_DEATHS = 3
PATIENCE_SECONDS = 3.0

Say = Callable[[str], None]


class SupervisorError(Exception):
    """A process does not stay up; the text is one sentence for a person."""


@dataclass
class Child:
    """One process to keep up. `firm_signal` ends it where SIGTERM would let it finish
    long work; before that it has `patience_s` for what it is about."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    pass_fds: Sequence[int] = ()
    firm_signal: int = signal.SIGTERM
    patience_s: float | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
            pass_fds=self.pass_fds,
            # A group of its own: Ctrl-C reaches the supervisor alone, and what the
            # child has started can be ended with it.
            start_new_session=True,
            # Nothing gentle: a killed supervisor takes database and broker along.
            preexec_fn=end_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: int) -> None:
        """Signal the process itself, or with SIGKILL all that it has started."""
        if self.process is None:
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            elif self.is_up():
                self.process.send_signal(number)
        except ProcessLookupError:
            return


class Supervisor:
    def __init__(self, children: Sequence[Child], say: Say) -> None:
        self.children = children
        self.say = say
        self.is_stopping = False

    def run(self, each_moment: Callable[[], None]) -> None:
        """Keep all children up until SIGINT or SIGTERM; `each_moment` is called again
        and again meanwhile. Raises SupervisorError."""
        previous = {
            number: signal.signal(number, self.request_stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            for child in self.children:
                child.start()
            while not self.is_stopping:
                for child in self.children:
                    self.attend(child)
                each_moment()
                time.sleep(CHECK_SECONDS)
        finally:
            self.stop()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def request_stop(self, *_: object) -> None:
        self.is_stopping = True

    def attend(self, child: Child) -> None:
        """Start a dead child again, unless it keeps dying right after its start."""
        if child.is_up() or self.is_stopping or child.process is None:
            return
        code = child.process.returncode
        child.send(signal.SIGKILL)
        is_quick = time.monotonic() - child.started_at < STEADY_SECONDS
        child.quick_deaths = child.quick_deaths + 1 if is_quick else 0
        if child.quick_deaths >= QUICK_DEATHS:
            message = (
                f"The {child.name} stopped {QUICK_DEATHS} times right after its start "
                f"(exit code {code}); the lines above say why."
            )
            raise SupervisorError(message)
        self.say(f"The {child.name} stopped (exit code {code}); starting it again.")
        child.start()

    def stop(self) -> None:
        """Ask all children to end, insist, and end what is left of their groups."""
        self.send_and_wait(
            [(one, signal.SIGTERM) for one in self.children], is_first=True
        )
        self.send_and_wait([(one, one.firm_signal) for one in self.children])
        self.send_and_wait([(one, signal.SIGKILL) for one in self.children])

    def send_and_wait(
        self, signals: Sequence[tuple[Child, int]], *, is_first: bool = False
    ) -> None:
        """Wait until all have ended; at first each as long as it wishes."""
        for child, number in signals:
            child.send(number)
        begun = time.monotonic()
        while any(
            child.is_up() and time.monotonic() - begun < _patience(child, is_first)
            for child, _ in signals
        ):
            time.sleep(0.02)


def _patience(child: Child, is_first: bool) -> float:
    asked = child.patience_s if is_first else None
    return PATIENCE_SECONDS if asked is None else asked
