"""Circuit breakers per connection and model, shared by all processes."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from typing import Final

from django.utils import timezone

from modelhub.gateway.breakers.board import Board
from modelhub.gateway.breakers.messenger import Answer, Messenger
from registry.circuit import MAX_ERROR, Event, Phase, Tally, What
from registry.providers.errors import ModelCallError
from registry.queries.circuits import Pair
from registry.resolution.plan import Candidate

CLAIM_WAIT_S: Final = 2.0
MAX_PROBES: Final = 10
"""Probes of this process without a verdict that are remembered for one circuit."""


class SharedBreakers:
    """The `Breakers` of a process; usable from every thread and event loop. Before
    `start`, and while the database is away, it goes by this process's calls alone.

    A probe is known by its Candidate, the object itself: each request has its own."""

    def __init__(self, now: Callable[[], datetime.datetime] = timezone.now) -> None:
        self._now = now
        self._board = Board()
        self._messenger = Messenger(self._board)
        self._tallies: dict[Pair, Tally] = {}
        self._claiming: set[Pair] = set()
        self._probes: dict[Pair, list[tuple[Candidate, datetime.datetime]]] = {}

    async def start(self) -> None:
        await asyncio.to_thread(self._messenger.start)

    async def close(self) -> None:
        await asyncio.to_thread(self._messenger.stop)

    def is_quiet(self, candidate: Candidate) -> bool:
        """Nothing is known against the candidate; from memory."""
        return self._board.is_quiet(pair_of(candidate))

    async def admit(self, candidate: Candidate) -> str:
        pair = pair_of(candidate)
        if self._board.is_quiet(pair):
            return ""
        circuit = self._board.current(pair)
        if circuit.phase is Phase.CLOSED:
            return ""
        now = self._now()
        if not circuit.may_probe(now) or pair in self._claiming:
            return circuit.refusal(now)
        self._claiming.add(pair)
        try:
            is_ours = await self._claim(pair, now)
        finally:
            self._claiming.discard(pair)
        if is_ours:
            self._remember_probe(candidate, now)
            return ""
        circuit = self._board.current(pair)
        return "" if circuit.phase is Phase.CLOSED else circuit.refusal(now)

    def succeeded(self, candidate: Candidate) -> None:
        pair = pair_of(candidate)
        if self._board.is_quiet(pair) and pair not in self._tallies:
            return
        now = self._now()
        self._count(pair, now, failed=False)
        self._note(pair, Event(What.SUCCEEDED, now, self._probe_of(candidate)))

    def failed(self, candidate: Candidate, error: ModelCallError) -> None:
        if not error.trips_breaker:
            self.released(candidate)
            return
        pair = pair_of(candidate)
        now = self._now()
        is_too_much = self._count(pair, now, failed=True)
        what = What.TRIPPED if is_too_much else What.FAILED
        words = error.message[:MAX_ERROR]
        self._note(pair, Event(what, now, self._probe_of(candidate), error.kind, words))

    def released(self, candidate: Candidate) -> None:
        pair = pair_of(candidate)
        probe = self._probe_of(candidate)
        if probe is not None:
            self._note(pair, Event(What.RELEASED, self._now(), probe))

    def _note(self, pair: Pair, event: Event) -> None:
        if self._board.note(pair, event):
            self._messenger.wake()

    def _count(self, pair: Pair, now: datetime.datetime, *, failed: bool) -> bool:
        """Whether too large a share of the latest calls failed. Calls are counted from
        a failure on, so that a healthy model costs nothing."""
        tally = self._tallies.get(pair)
        if tally is None and not failed:
            return False
        if self._board.current(pair).phase is not Phase.CLOSED:
            # Late failures of an outage say nothing of the time after it.
            self._tallies.pop(pair, None)
            return False
        if tally is not None and tally.is_over(now):
            self._tallies.pop(pair, None)
            tally = None
        if tally is None:
            tally = self._tallies[pair] = Tally(now)
        return tally.note(failed=failed)

    async def _claim(self, pair: Pair, now: datetime.datetime) -> bool:
        if not self._messenger.is_connected:
            return self._claim_alone(pair, now)
        answer = self._messenger.claim(pair, now)
        try:
            async with asyncio.timeout(CLAIM_WAIT_S):
                is_ours = await asyncio.wrap_future(answer)
        except BaseException as error:
            answer.add_done_callback(lambda late: self._give_back(pair, now, late))
            if isinstance(error, TimeoutError):
                return False
            raise
        return self._claim_alone(pair, now) if is_ours is None else is_ours

    def _claim_alone(self, pair: Pair, now: datetime.datetime) -> bool:
        return self._board.note(pair, Event(What.CLAIMED, now))

    def _give_back(
        self, pair: Pair, claimed_at: datetime.datetime, answer: Answer
    ) -> None:
        """Nobody waited for the claim any more; if it was granted, it is free again."""
        if not answer.cancelled() and answer.result():
            self._note(pair, Event(What.RELEASED, self._now(), claimed_at))

    def _remember_probe(self, candidate: Candidate, at: datetime.datetime) -> None:
        probes = self._probes.setdefault(pair_of(candidate), [])
        probes.append((candidate, at))
        del probes[:-MAX_PROBES]

    def _probe_of(self, candidate: Candidate) -> datetime.datetime | None:
        """When this very call was claimed as a probe. Calls that began before the
        circuit opened end at any time, and say nothing of how it is now."""
        pair = pair_of(candidate)
        probes = self._probes.get(pair, [])
        for number, (probe, claimed_at) in enumerate(probes):
            if probe is candidate:
                del probes[number]
                if not probes:
                    self._probes.pop(pair, None)
                return claimed_at
        return None


def pair_of(candidate: Candidate) -> Pair:
    return candidate.connection.id, candidate.model.id
