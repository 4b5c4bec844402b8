"""Works on one run: takes rows, has them asked, writes what came. The thread that calls
this talks to the database, the gateway's loop to the providers."""

from __future__ import annotations

import logging
import queue
import time
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Sum

from analytics.models import BenchmarkContender, BenchmarkRun, ResultState, RunState
from analytics.services import benchmark_results as rows
from analytics.services.benchmark_claims import (
    CANCELLED,
    claim_run,
    give_sign,
    let_go,
    skip_rest,
    stop_run,
)
from analytics.services.benchmark_summaries import refresh
from modelhub.gateway.background import background
from modelhub.gateway.benchmarking.contenders import Contender
from modelhub.gateway.benchmarking.floor import Floor, Outcome
from modelhub.gateway.benchmarking.keeping import Keeper
from modelhub.gateway.benchmarking.loading import Loader
from modelhub.gateway.benchmarking.purse import ZERO, Purse
from registry.resolution.loading import announce_all

SPELL_S: Final = 240.0
"""Then the run is handed on, so that other tasks get their turn too."""
SIGN_S: Final = 1.0
FIRST_REFRESH_S: Final = 2.0
REFRESH_S: Final = 4.0
PART: Final = 20.0
"""No more than about this part of the time goes into summaries."""
EMPTY_S: Final = 0.5
PATIENCE_S: Final = 0.1
ABORT_AFTER_S: Final = 10.0
"""A cancelled run takes answers that come so soon."""
LEAST_AHEAD: Final = 8
DATABASE_AWAY_S: Final = 240.0
"""Beyond the spell; a task has 570 seconds."""
AGAIN_S: Final = 0.5
AWAY: Final = "database"
logger = logging.getLogger("modelhub.benchmarks")


def perform(run_id: int, spell_s: float = SPELL_S) -> bool:
    """Work on a run until it is over or paused, or the spell ends; False where it goes
    on. True also where another worker has it."""
    run = claim_run(run_id)
    if run is None:
        return True
    worker = Worker(run, time.monotonic() + spell_s)
    try:
        return worker.work()
    finally:
        worker.close()


class Lost(Exception):
    """The run is another worker's by now."""


@dataclass
class Worker:
    run: BenchmarkRun
    until: float
    outcomes: queue.SimpleQueue[Outcome] = field(default_factory=queue.SimpleQueue)
    signed_at: float = 0.0
    stops: str = ""
    """Why no more is asked: the state to go into, "spell", or the database is away."""
    stopped_at: float = 0.0
    refresh_at: float = field(
        default_factory=lambda: time.monotonic() + FIRST_REFRESH_S
    )
    is_lost: bool = False

    def __post_init__(self) -> None:
        found = BenchmarkContender.objects.filter(run=self.run)
        self.contenders = {
            one.pk: Contender(one.pk, one.reference, one.problem) for one in found
        }
        for pk, one in self.contenders.items():
            if one.problem:
                # What was being asked of it when its worker died is not asked again.
                rows.stop_contender(self.run, pk, one.problem)
        references = {pk: one.reference for pk, one in self.contenders.items()}
        self.keeper = Keeper(self.run, self.contenders)
        self.loader = Loader(self.run, references)
        self.floor = self._floor()

    def _floor(self) -> Floor:
        asked = background()
        parts = asked.submit(asked.parts()).result(60)
        # What was changed before the start is known before the first call.
        parts.source.wait_for(announce_all(), 10)
        return Floor(
            parts=parts,
            organization=self.run.organization.slug,
            organization_id=self.run.organization_id,
            pass_score=self.run.pass_score,
            concurrency=self.run.concurrency,
            purse=Purse(self.run.limit_usd, _spent(self.run)),
            tell=self.outcomes.put,
        )

    @property
    def rows_out(self) -> int:
        return sum(one.rows_out for one in self.contenders.values())

    def work(self) -> bool:
        """See `perform`."""
        is_over: bool | None = None
        try:
            while is_over is None:
                try:
                    is_over = self._turn()
                except (OperationalError, InterfaceError) as error:
                    self._wait_for_database(error)
        except Lost:
            self.is_lost = is_over = True
        return is_over

    def _turn(self) -> bool | None:
        """None: it goes on. May break off anywhere and be done again."""
        self._sign()
        self._take_in()
        self._feed()
        self._refresh()
        is_idle = not self.rows_out and self.outcomes.empty()
        return self._settled() if is_idle else None

    def close(self) -> None:
        """Nothing is left under way; the run is free for the next worker."""
        background().submit(self.floor.abort()).result(30)
        self.floor.threads.shutdown(wait=False, cancel_futures=True)
        if not self.is_lost:
            self._write()
            let_go(self.run)
            self.run.refresh_from_db()
            refresh(self.run)

    def _sign(self) -> None:
        now = time.monotonic()
        if now >= self.until and not self.stops:
            self._stop("spell")
        if now - self.signed_at < SIGN_S:
            return
        self.signed_at = now
        held = give_sign(self.run)
        if held is None:
            raise Lost
        self.floor.purse.limit_usd = held.limit_usd
        if held.state not in {RunState.RUNNING, RunState.WAITING}:
            self._stop(held.state)
        elif self.stops == AWAY or self._is_resumed():
            self._go_on()
        if self.stops == RunState.CANCELLED and now - self.stopped_at > ABORT_AFTER_S:
            self._abort()

    def _refresh(self) -> None:
        """What pages show; a run whose summary takes long has it more seldom."""
        began = time.monotonic()
        if began < self.refresh_at or not self.rows_out:
            return
        refresh(self.run)
        took = time.monotonic() - began
        self.refresh_at = time.monotonic() + max(REFRESH_S, PART * took)

    def _stop(self, why: str) -> None:
        if self.stops != why:
            self.stops, self.stopped_at = why, time.monotonic()
        self.floor.is_stopping = True

    def _is_resumed(self) -> bool:
        return self.stops == RunState.PAUSED and not self.floor.pauses

    def _go_on(self) -> None:
        self.stops, self.floor.is_stopping = "", False

    def _abort(self) -> None:
        background().submit(self.floor.abort()).result(30)
        self._write()
        skip_rest(self.run, CANCELLED)
        for one in self.contenders.values():
            one.rows_out = 0

    def _feed(self) -> None:
        """Give the loop more of each model that has less than enough."""
        if self.stops or self.floor.pauses or self.floor.purse.is_shut:
            return
        self.floor.purse.refused_usd = None
        now = time.monotonic()
        ahead = max(LEAST_AHEAD, 2 * self.run.concurrency)
        for one in self.contenders.values():
            if one.problem or one.rows_out > ahead // 2 or now < one.looks_at:
                continue
            taken = rows.take(self.run, one.id, ahead - one.rows_out)
            if not taken:
                one.looks_at = now + EMPTY_S
                continue
            jobs, refused = self.loader.jobs(taken)
            rows.write(self.run, refused)
            one.rows_out += len(jobs)
            background().loop.call_soon_threadsafe(self.floor.start, jobs)

    def _take_in(self) -> None:
        """Wait a moment for outcomes and write them, and what could not be written."""
        with suppress(queue.Empty):
            self.keeper.hear([self.outcomes.get(timeout=PATIENCE_S)])
        self._write()

    def _write(self) -> None:
        self.keeper.hear(self._drained())
        self.keeper.write()

    def _drained(self) -> list[Outcome]:
        found = []
        while True:
            try:
                found.append(self.outcomes.get_nowait())
            except queue.Empty:
                return found

    def _wait_for_database(self, error: Exception) -> None:
        """Calls under way are taken, no more are begun: what is not written is worth
        waiting for, and little."""
        if time.monotonic() > self.until + DATABASE_AWAY_S:
            raise error
        if not self.stops:
            logger.warning("%s waits for the database.", self.run)
            self._stop(AWAY)
        connection.close()
        time.sleep(AGAIN_S)
        self.signed_at = 0.0

    def _settled(self) -> bool | None:
        """With nothing under way: whether the run is over or paused (True) or handed on
        (False); None: it goes on."""
        if self.stops == "spell":
            return False
        if self.stops:
            if self.stops == RunState.CANCELLED:
                skip_rest(self.run, CANCELLED)
            return True
        pauses = self.floor.pauses
        if not pauses and self.floor.purse.is_shut:
            pauses = self.floor.purse.reason
        if pauses:
            stop_run(self.run, RunState.PAUSED, pauses)
            return True
        # Rows may have been taken of which an answer of the database was lost.
        if rows.put_back_all(self.run) or rows.has_waiting(self.run):
            return None
        return self._finish()

    def _finish(self) -> bool:
        states = self.run.results.values_list("state", flat=True)
        if states.filter(state=ResultState.DONE).exists():
            stop_run(self.run, RunState.DONE)
            return True
        failed = self.run.results.filter(state=ResultState.FAILED).first()
        problem = self.run.contenders.exclude(problem="").first()
        said = problem.problem if problem else (failed.error if failed else "")
        stop_run(self.run, RunState.FAILED, f"No model answered. {said}".strip())
        return True


def _spent(run: BenchmarkRun) -> Decimal:
    sums = run.results.aggregate(answers=Sum("cost_usd"), judges=Sum("judge_cost_usd"))
    return (sums["answers"] or ZERO) + (sums["judges"] or ZERO)
