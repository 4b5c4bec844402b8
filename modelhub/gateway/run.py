"""One request on its way through the chain of candidates: whole answers, and what
streams share with them."""

from __future__ import annotations

import asyncio
import datetime
import random
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from modelhub.gateway.admission import Admission, Admitted, Refused
from modelhub.gateway.attempting import Attempting, Services
from modelhub.gateway.call import DEFAULT_TIMEOUT_S, Attempt, Call, GatewayError, Result
from modelhub.gateway.chain import Chain, Next
from modelhub.gateway.deadline import Deadline
from modelhub.gateway.failures import error_for, nobody_left
from modelhub.gateway.pieces import Answer, Ways
from modelhub.gateway.repairs import SchemaMismatchError
from modelhub.gateway.totals import total_cost
from registry.providers.adapter import Timeouts
from registry.providers.errors import ModelCallError
from registry.resolution.plan import Candidate, Plan, Skipped

LONGEST_TIMEOUT_S: Final = 3600.0


@cache
def shared_chance() -> random.Random:
    """One for all requests: seeding another takes longer than everything else here."""
    return random.Random()  # noqa: S311  # jitter is no secret


@dataclass(slots=True)
class Run:
    """The state of one request. `ways` is how the request reaches a candidate now; a
    repair or a continuation replaces it."""

    services: Services
    call: Call
    plan: Plan
    first_ways: Ways
    is_stream: bool = False
    chance: random.Random = field(default_factory=shared_chance)
    ways: Ways = field(init=False)
    deadline: Deadline = field(init=False)
    chain: Chain = field(init=False)
    admission: Admission = field(init=False)
    attempts: list[Attempt] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    openings: list[datetime.datetime] = field(default_factory=list)
    first_error: ModelCallError | None = None
    started_attempts: int = 0
    repairs: int = 0
    told_skips: int = 0

    def __post_init__(self) -> None:
        self.ways = self.first_ways
        self.deadline = Deadline(_timeout_s(self.call, self.plan))
        self.chain = Chain(self.plan.candidates, self.deadline, self.chance)
        self.admission = Admission(
            self.services,
            self.call,
            self.plan,
            self.first_ways.facts,
            self.deadline,
        )

    async def whole(self) -> Result:
        """The whole answer of the first candidate that gives one. Raises
        GatewayError."""
        while True:
            attempting = await self.next_admitted()
            try:
                answer = await self._send(attempting)
            except ModelCallError as error:
                await self.recover(error)
            else:
                return self.result(answer)

    async def _send(self, attempting: Attempting) -> Answer:
        way = self.ways.way_for(attempting.candidate)
        try:
            answer = await way.send(
                attempting.candidate, self.timeouts(attempting.candidate)
            )
            attempting.take(answer)
        except ModelCallError as error:
            self.note_failure(attempting, error)
            raise
        except BaseException as error:
            self.note_end(attempting, error)
            raise
        self.attempts.append(attempting.succeeded())
        return answer

    async def next_admitted(self) -> Attempting:
        """The current candidate, admitted by all guards; those that are not are left
        behind with the reason. Raises GatewayError where nobody is left."""
        while (current := self.chain.current) is not None:
            # Plans are shared by requests; a probe is known by its own object.
            candidate = replace(current)
            admitted = await self.admission.ask(candidate, has_next=self.chain.has_next)
            if isinstance(admitted, Admitted):
                return self.begin(candidate, admitted)
            self._leave_out(candidate, admitted)
            self.chain.move_on()
        raise self.failure()

    def _leave_out(self, candidate: Candidate, refused: Refused) -> None:
        """Remember why, and put in who is to be asked instead."""
        skipped = refused.skipped
        if refused.wait_s is not None:
            self.waits_s.append(refused.wait_s)
        if refused.opens_at is not None:
            self.openings.append(refused.opens_at)
        if refused.instead_model_id is not None:
            found = self.services.instead(
                self.plan, self.first_ways.facts, candidate, refused.instead_model_id
            )
            said = "its cheaper model cannot answer this"
            if found is not None:
                self.chain.put_in(found)
                said = f"{found.model.reference} is asked instead"
            skipped = replace(skipped, reason=f"{skipped.reason}; {said}")
        self.skipped.append(skipped)

    def begin(self, candidate: Candidate, admitted: Admitted) -> Attempting:
        self.started_attempts += 1
        way = self.ways.way_for(candidate)
        return Attempting(
            services=self.services,
            call=self.call,
            plan=self.plan,
            facts=self.ways.facts,
            candidate=candidate,
            number=self.started_attempts,
            permit=admitted.permit,
            hold=admitted.hold,
            is_stream=self.is_stream,
            is_relayed=way.is_relayed,
            trace_before=self._news(),
        )

    def _news(self) -> tuple[str, ...]:
        """What the record of the next attempt says of the way to it: nothing where
        the first candidate is asked first, so that rows stay slim. Why ModelHub chose
        a model cannot be worked out again, and is always kept; so is the arm of an
        experiment."""
        is_first = self.started_attempts <= 1
        is_told = self.plan.is_choice and is_first
        if not (self.skipped or self.plan.skipped or is_told):
            return (self.plan.arm.line,) if self.plan.arm and is_first else ()
        told = self.told_skips
        self.told_skips = len(self.skipped)
        lines = tuple(_left_out(one) for one in self.skipped[told:])
        return lines if self.started_attempts > 1 else (*self.plan.trace, *lines)

    def timeouts(self, candidate: Candidate) -> Timeouts:
        return self.deadline.timeouts(
            connection_s=candidate.connection.retry.timeout_s,
            has_next=self.chain.has_next,
        )

    def note_failure(self, attempting: Attempting, error: ModelCallError) -> None:
        self.attempts.append(attempting.failed(error))
        # Of several answers that do not follow a schema the last one is told.
        if self.first_error is None or (
            isinstance(self.first_error, SchemaMismatchError)
            and isinstance(error, SchemaMismatchError)
        ):
            self.first_error = error

    def note_end(self, attempting: Attempting, error: BaseException) -> None:
        """An attempt that ended with none of a provider's errors: the client left, or
        a fault of ours, which must not pass for the client's doing."""
        if attempting.finished is not None:
            return
        if isinstance(error, Exception):
            fault = ModelCallError(
                f"ModelHub failed: {type(error).__name__}.", code="internal"
            )
            self.attempts.append(attempting.failed(fault))
        else:
            self.attempts.append(attempting.cancelled())

    async def recover(self, error: ModelCallError) -> None:
        """Prepare the next attempt after `error`, waiting where the same candidate is
        asked again. Raises GatewayError where there is none."""
        if isinstance(error, SchemaMismatchError) and self._may_repair(error):
            return
        self.ways, self.repairs = self.first_ways, 0
        step = self.chain.after(error)
        if step.what is Next.STOP:
            raise self.failure()
        if step.delay_s:
            await asyncio.sleep(step.delay_s)

    def _may_repair(self, error: SchemaMismatchError) -> bool:
        if self.repairs >= self.call.max_repairs or self.deadline.is_over:
            return False
        self.repairs += 1
        self.ways = error.repaired
        return True

    def failure(self) -> GatewayError:
        """What the client is told: the first real error of a provider, else why
        nobody was asked."""
        if self.first_error is not None:
            return error_for(self.first_error, self.attempts, self.trace)
        wait_s = min(self.waits_s) if self.waits_s else None
        opens_at = min(self.openings) if self.openings else None
        return nobody_left(self.plan, self.skipped, wait_s, opens_at)

    def result(self, answer: Answer) -> Result:
        return Result(
            answer=answer,
            attempts=tuple(self.attempts),
            cost=total_cost([one.cost for one in self.attempts]),
            request_id=self.call.request_id,
            trace=(*self.trace, *answer.trace),
        )

    @property
    def trace(self) -> tuple[str, ...]:
        return (
            *self.plan.trace,
            *(_left_out(one) for one in self.skipped),
            *(one.line for one in self.attempts),
        )


def _left_out(skipped: Skipped) -> str:
    return f"Left out: {skipped.reference} {skipped.reason}."


def _timeout_s(call: Call, plan: Plan) -> float:
    of_feature = plan.feature.timeout_s if plan.feature else DEFAULT_TIMEOUT_S
    asked = call.timeout_s or of_feature
    return min(asked, LONGEST_TIMEOUT_S)
