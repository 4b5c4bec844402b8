"""The gateway of one process and event loop: it resolves a call to a plan and runs it.

`Gateway` knows its parts by their contracts; `modelhub.gateway.process` puts the real
ones together.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from modelhub.gateway.attempting import Services
from modelhub.gateway.call import Call, GatewayError, Result
from modelhub.gateway.failures import nobody_left, unresolved
from modelhub.gateway.pieces import Piece, RequestFacts, Ways
from modelhub.gateway.run import Run
from modelhub.gateway.streaming import GUARANTEES, USUAL, StreamRun
from modelhub.gateway.system_prompt import spoken
from registry.resolution.plan import NotResolved, Plan


class Resolve(Protocol):
    """`registry.resolution` at the snapshot of this moment. Raises NotResolved."""

    def __call__(self, call: Call, facts: RequestFacts) -> Plan: ...


@dataclass(frozen=True, slots=True)
class Gateway:
    """Answers calls. All of it may be used by many tasks of one event loop."""

    services: Services
    resolve: Resolve

    def plan(self, call: Call, facts: RequestFacts) -> Plan:
        """Who would be asked. Raises GatewayError where nobody can."""
        try:
            plan = self.resolve(call, facts)
        except NotResolved as error:
            raise unresolved(error) from error
        if not plan.candidates:
            raise nobody_left(plan, (), None)
        return spoken(plan, call.variables)

    async def answer(self, call: Call, ways: Ways) -> Result:
        """The whole answer. Raises GatewayError."""
        plan = self.plan(call, ways.facts)
        return await Run(self.services, call, plan, ways).whole()

    def stream(self, call: Call, ways: Ways) -> Streaming:
        """The answer in pieces. Raises GatewayError, as does reading the first one."""
        plan = self.plan(call, ways.facts)
        run = Run(self.services, call, plan, ways, is_stream=True)
        return Streaming(
            StreamRun(run, _guarantee(call, plan), _hedge_after_s(call, plan))
        )


class Streaming:
    """Pieces to iterate over, and what is known of how they came. Close it when the
    client leaves: the call upstream ends at once."""

    def __init__(self, stream_run: StreamRun) -> None:
        self.state = stream_run
        self._pieces = stream_run.pieces()

    def __aiter__(self) -> AsyncGenerator[Piece, None]:
        return self._pieces

    async def aclose(self) -> None:
        await self._pieces.aclose()

    @property
    def run(self) -> Run:
        return self.state.run

    @property
    def reference(self) -> str:
        """Who speaks; empty before the first piece."""
        answering = self.state.answering
        return answering.candidate.model.reference if answering else ""

    @property
    def result(self) -> Result | None:
        """Set with the last piece."""
        return self.state.result


def _guarantee(call: Call, plan: Plan) -> str:
    of_feature = plan.feature.stream_guarantee if plan.feature else USUAL
    asked = call.stream_guarantee or of_feature
    if asked not in GUARANTEES:
        raise GatewayError(
            f"{asked!r} is no stream guarantee; choose {', '.join(GUARANTEES)}.",
            status=400,
            code="stream_guarantee",
        )
    return asked


def _hedge_after_s(call: Call, plan: Plan) -> float | None:
    of_feature = plan.feature.hedge_after_ms if plan.feature else None
    after_ms = of_feature if call.hedge_after_ms is None else call.hedge_after_ms
    return after_ms / 1000 if after_ms else None
