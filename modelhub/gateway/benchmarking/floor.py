"""The calls of a run that are under way, on the gateway's event loop. No database here:
jobs come in, outcomes go out."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from analytics.benchmarking.scoring import (
    Answered,
    CaseFacts,
    Reply,
    Score,
    Scorer,
    ScorerCall,
    total,
)
from analytics.models import ResultState
from analytics.services.benchmark_results import Taken, Written, clean
from modelhub.gateway.benchmarking.asking import NotAnswered, Said, ask
from modelhub.gateway.benchmarking.fates import Failure, Fate, failure_of
from modelhub.gateway.benchmarking.purse import ZERO, Purse
from modelhub.gateway.benchmarking.reserving import connection_of, estimate_of
from modelhub.gateway.benchmarking.scoring import score_answer
from modelhub.gateway.process import Parts
from registry.providers.request import ModelRequest
from registry.resolution.plan import Selection

SCORING_THREADS: Final = 8
JUDGE_TRIES: Final = 3
LONGEST_ERROR: Final = 2_000
MOST_TRIES: Final = 3


@dataclass(frozen=True)
class Job:
    """One row to be asked, ready to go."""

    row: Taken
    reference: str
    facts: CaseFacts
    request: ModelRequest
    scorers: tuple[Scorer, ...]


@dataclass(frozen=True)
class Outcome:
    """`written` None: it was not asked and waits as before. `failure` is why there is
    no answer; `pauses` why the run cannot go on."""

    job: Job
    written: Written | None = None
    failure: Failure | None = None
    pauses: str = ""


@dataclass
class Floor:
    """`concurrency` calls at once at each connection. `tell` gets each outcome, in the
    loop's thread."""

    parts: Parts
    organization: str
    organization_id: int
    pass_score: float
    concurrency: int
    purse: Purse
    tell: Callable[[Outcome], None]
    is_stopping: bool = False
    pauses: str = ""
    gates: dict[int, asyncio.Semaphore] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(SCORING_THREADS, "scoring")
    )

    def start(self, jobs: Iterable[Job]) -> None:
        """Only in the loop."""
        for job in jobs:
            task = asyncio.get_running_loop().create_task(self._work(job))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def abort(self) -> None:
        """End every call under way; nothing more is told of them."""
        self.is_stopping = True
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _work(self, job: Job) -> None:
        try:
            outcome = await self._outcome(job)
        except Exception as error:  # the row must be told of, whatever happened
            outcome = self._failed(job, failure_of(error), None)
        self.tell(outcome)

    async def _outcome(self, job: Job) -> Outcome:
        selection = Selection(model=job.reference, has_fallback=False)
        async with self._gate(selection):
            if self.is_stopping or self.pauses:
                return Outcome(job)
            estimate = self._estimate(job)
            held = self.purse.hold(job.row.contender_id, estimate)
            if held is None:
                return Outcome(job)
            usd = ZERO
            try:
                said = await ask(self.parts, self.organization, selection, job.request)
                usd = said.cost_usd or ZERO
            except NotAnswered as error:
                usd = error.cost_usd or ZERO
                return self._failed(job, failure_of(error.cause), error.cost_usd)
            finally:
                self.purse.settle(job.row.contender_id, held, usd)
        try:
            return await self._scored(job, said)
        except Exception as error:  # what was paid for is counted, whatever happened
            return self._failed(job, failure_of(error), said.cost_usd)

    def _estimate(self, job: Job) -> Decimal | None:
        if self.purse.limit_usd is None:
            return None
        return estimate_of(self.parts, self.organization_id, job)

    def _gate(self, selection: Selection) -> asyncio.Semaphore:
        key = connection_of(self.parts, self.organization_id, selection)
        gate = self.gates.get(key)
        if gate is None:
            gate = self.gates[key] = asyncio.Semaphore(self.concurrency)
        return gate

    async def _scored(self, job: Job, said: Said) -> Outcome:
        attempt = said.result.answered
        usage = attempt.usage
        # A checked answer comes whole: when it began is not known.
        is_whole = job.request.response_schema is not None
        answered = Answered(
            text=said.text,
            latency_ms=attempt.latency_ms,
            ttft_ms=None if is_whole else attempt.ttft_ms,
            cost_usd=said.cost_usd,
            finish_reason=attempt.finish_reason or "",
        )
        scored = await score_answer(
            job.scorers, job.facts, answered, self._ask_judge, self.threads
        )
        score = total(scored.scores)
        written = Written(
            id=job.row.id,
            state=ResultState.DONE,
            tries=job.row.tries + 1,
            answer=clean(said.text),
            scores=[_document(one) for one in scored.scores],
            score=score,
            is_passed=None if score is None else score >= self.pass_score,
            latency_ms=answered.latency_ms,
            ttft_ms=answered.ttft_ms,
            input_tokens=usage.input_tokens if usage else None,  # type: ignore[arg-type]  # tokens are whole
            output_tokens=usage.output_tokens if usage else None,  # type: ignore[arg-type]  # likewise
            cache_read_tokens=usage.cache_read_tokens if usage else None,  # type: ignore[arg-type]  # likewise
            reasoning_tokens=usage.reasoning_tokens if usage else None,  # type: ignore[arg-type]  # likewise
            cost_usd=_with_earlier(job, said.cost_usd),
            judge_cost_usd=scored.judge_usd,
            finish_reason=answered.finish_reason[:20],
            request_id=str(said.result.request_id),
            finished_at=now(),
        )
        return Outcome(job, written, pauses=self.pauses)

    async def _ask_judge(self, call: ScorerCall) -> Reply:
        """What cannot be asked is told to the scorer; no money pauses the run. The
        cost is that of all tries."""
        selection = replace(Selection.parse(call.selection), has_fallback=False)
        wait_s, wasted_usd = 0.0, ZERO
        for tries in range(1, JUDGE_TRIES + 1):
            await asyncio.sleep(wait_s)
            try:
                async with self._gate(selection):
                    said = await ask(
                        self.parts, self.organization, selection, call.request
                    )
            except NotAnswered as error:
                failure = failure_of(error.cause)
                self.purse.spent_usd += error.cost_usd or ZERO
                wasted_usd += error.cost_usd or ZERO
                if failure.fate is Fate.PAUSE:
                    self.pauses = failure.message
                if failure.fate not in {Fate.RETRY, Fate.LATER}:
                    break
                wait_s = failure.wait_s(tries)
            else:
                self.purse.spent_usd += said.cost_usd or ZERO
                usd = said.cost_usd
                known = None if usd is None else usd + wasted_usd
                return Reply(text=said.text, cost_usd=known)
        return Reply(error=failure.message, cost_usd=wasted_usd or None)

    def _failed(self, job: Job, failure: Failure, cost_usd: Decimal | None) -> Outcome:
        if failure.fate is Fate.PAUSE:
            self.pauses = failure.message
        if failure.fate in {Fate.PAUSE, Fate.GONE}:
            return Outcome(job, None, failure, self.pauses)
        counts = failure.fate is not Fate.LATER
        tries = job.row.tries + counts
        written = Written(
            id=job.row.id,
            state=ResultState.FAILED,
            tries=tries,
            cost_usd=_with_earlier(job, cost_usd),
            error_kind=failure.kind[:30],
            error=clean(failure.message)[:LONGEST_ERROR],
            finished_at=now(),
        )
        if failure.fate is Fate.SKIP:
            written.state = ResultState.SKIPPED
        elif failure.fate is Fate.LATER or (
            failure.fate is Fate.RETRY and tries < MOST_TRIES
        ):
            wait = datetime.timedelta(seconds=failure.wait_s(tries))
            written.state, written.finished_at = ResultState.WAITING, None
            written.not_before = now() + wait
        return Outcome(job, written, failure)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _with_earlier(job: Job, cost_usd: Decimal | None) -> Decimal | None:
    """With what tries before this one cost; not known where either is not."""
    earlier = job.row.cost_usd
    if earlier is None or not job.row.tries:
        return cost_usd
    return None if cost_usd is None else earlier + cost_usd


def _document(score: Score) -> dict[str, Any]:
    return {
        "kind": score.kind,
        "value": score.value,
        "note": clean(score.note),
        "weight": score.weight,
        "details": clean(score.details),
    }
