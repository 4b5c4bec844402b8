"""How a circuit breaker moves. Pure.

    closed ── 5 failures in a row within 30 s, or half of 10 calls ──► open
    open ── after 5 s, later 10 s: the first call becomes the probe ──► half-open
    half-open ── the probe succeeds ──► closed;   it fails ──► open

A probe's claim counts for 10 s: a process that was killed, or a call that hangs, holds
nobody up for longer. From recovery to the next probe it takes at most 20 s: a failing
probe that was on its way (up to 10 s) and one pause (10 s). So a circuit with traffic
closes within 30 s of recovery.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

FAILURES: Final = 5
WINDOW: Final = datetime.timedelta(seconds=30)
MIN_CALLS: Final = 10
FAILED_SHARE: Final = 0.5
PAUSES: Final = (datetime.timedelta(seconds=5), datetime.timedelta(seconds=10))
"""How long it stays open: the first time, and each time after a failed probe."""
CLAIM: Final = datetime.timedelta(seconds=10)
MAX_ERROR: Final = 400


class Phase(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class What(StrEnum):
    FAILED = "failed"
    TRIPPED = "tripped"
    """It failed, and too large a share of the calls before it did too."""
    SUCCEEDED = "succeeded"
    RELEASED = "released"
    """It ended without a verdict."""
    CLAIMED = "claimed"
    """It goes out as the probe."""


@dataclass(frozen=True, slots=True)
class Event:
    """What became of one call. `probe` is when it was claimed as a probe, if it was
    one; `kind` and `words` are of its error."""

    what: What
    at: datetime.datetime
    probe: datetime.datetime | None = None
    kind: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Circuit:
    """One model at one connection. `failed_at` are the last failures without a success
    between them, oldest first; `openings` how often it opened since it was closed."""

    phase: Phase = Phase.CLOSED
    failed_at: tuple[datetime.datetime, ...] = ()
    openings: int = 0
    opened_at: datetime.datetime | None = None
    retry_at: datetime.datetime | None = None
    probe_claimed_at: datetime.datetime | None = None
    error_kind: str = ""
    error: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to remember: a success would change nothing."""
        return self.phase is Phase.CLOSED and not self.failed_at

    def may_probe(self, at: datetime.datetime) -> bool:
        if self.phase is Phase.CLOSED or (self.retry_at and at < self.retry_at):
            return False
        return self.probe_claimed_at is None or self.probe_claimed_at <= at - CLAIM

    def refusal(self, at: datetime.datetime) -> str:
        """Why no call may go out now; reads on after the model's name."""
        if self.retry_at and at < self.retry_at:
            return f"has an open circuit until {self.retry_at:%H:%M:%S} UTC"
        return "has a half-open circuit with a probe on its way"

    def after(self, event: Event) -> Circuit:
        if event.what is What.CLAIMED:
            return self._claimed(event.at)
        if self.phase is Phase.CLOSED:
            return self._after_normal(event)
        return self._after_probe(event)

    def after_all(self, events: Iterable[Event]) -> Circuit:
        circuit = self
        for event in events:
            circuit = circuit.after(event)
        return circuit

    def closed(self) -> Circuit:
        """Closed, with the last error kept for people to read."""
        return Circuit(error_kind=self.error_kind, error=self.error)

    def _claimed(self, at: datetime.datetime) -> Circuit:
        if not self.may_probe(at):
            return self
        return replace(self, phase=Phase.HALF_OPEN, probe_claimed_at=at)

    def _after_normal(self, event: Event) -> Circuit:
        if event.what is What.SUCCEEDED:
            return replace(self, failed_at=())
        if event.what is What.RELEASED:
            return self
        recent = [at for at in self.failed_at if at > event.at - WINDOW]
        failed_at = tuple([*recent, event.at][-FAILURES:])
        noted = replace(
            self, failed_at=failed_at, error_kind=event.kind, error=event.words
        )
        if event.what is What.TRIPPED or len(failed_at) == FAILURES:
            return noted._opened(event.at)
        return noted

    def _after_probe(self, event: Event) -> Circuit:
        """Only a probe has a say: other calls began before the circuit opened."""
        if event.probe is None:
            return self
        if event.what is What.SUCCEEDED:
            return self.closed()
        if event.probe != self.probe_claimed_at:
            return self  # Its claim ran out, and the circuit moved on without it.
        if event.what is What.RELEASED:
            return replace(self, probe_claimed_at=None)
        noted = replace(self, error_kind=event.kind, error=event.words)
        return noted._opened(event.at)

    def _opened(self, at: datetime.datetime) -> Circuit:
        pause = PAUSES[min(self.openings, len(PAUSES) - 1)]
        return replace(
            self,
            phase=Phase.OPEN,
            openings=self.openings + 1,
            opened_at=self.opened_at or at,
            retry_at=at + pause,
            probe_claimed_at=None,
        )


@dataclass(slots=True)
class Tally:
    """Calls of one process since a failure, for at most `WINDOW`."""

    begun_at: datetime.datetime
    calls: int = 0
    failures: int = 0

    def is_over(self, at: datetime.datetime) -> bool:
        return at - self.begun_at > WINDOW

    def note(self, *, failed: bool) -> bool:
        """Count one call; whether it is too much now."""
        self.calls += 1
        self.failures += failed
        is_enough = self.calls >= MIN_CALLS
        return failed and is_enough and self.failures >= FAILED_SHARE * self.calls
