"""One attempt: what happens to guards and records however it ends. Every way out goes
through `_close`, once."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Protocol

from analytics.costing import cost_of_call, estimate_usage
from analytics.recording.calls import Payload
from analytics.usage_row import Outcome, UsageRow
from modelhub.gateway.call import Attempt, Call
from modelhub.gateway.guards import Breakers, Budgets, Hold, Permit, RateLimits
from modelhub.gateway.identifiers import attempt_id
from modelhub.gateway.pieces import Answer, Piece, RequestFacts
from registry.cost import ZERO, Cost, CostState
from registry.providers.errors import ModelCallError, TruncatedStreamError
from registry.providers.response import FinishReason
from registry.resolution.entries import PricePeriod
from registry.resolution.plan import Candidate, Plan
from registry.usage import Usage

LONGEST_WORD: Final = 200
NOT_REACHED: Final = frozenset({"refused", "dns", "tls", "connect_timeout", "address"})
STANDARD_TIERS: Final = frozenset({"", "default", "standard", "auto", "on_demand"})
NOT_SERVED: Final = "The provider served nothing."
NO_WORD: Final = "No usage was reported; whether this call is billed is not known."


class PriceLookup(Protocol):
    def __call__(
        self, organization_id: int, model_id: int, at: datetime.datetime
    ) -> PricePeriod | None: ...


class Instead(Protocol):
    """The model that a budget names in place of a candidate, ready to be asked; None
    where it cannot answer the request."""

    def __call__(
        self, plan: Plan, facts: RequestFacts, candidate: Candidate, model_id: int
    ) -> Candidate | None: ...


def nobody_instead(
    plan: Plan, facts: RequestFacts, candidate: Candidate, model_id: int
) -> Candidate | None:
    return None


class Record(Protocol):
    def __call__(self, row: UsageRow, payload: Payload | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the engine works with, one set per process and event loop."""

    limits: RateLimits
    breakers: Breakers
    budgets: Budgets
    record: Record
    price: PriceLookup
    instead: Instead = nobody_instead
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)


@dataclass(slots=True, kw_only=True)
class Attempting:
    """An attempt under way. Text is noted as it goes to the client, so that what a cut
    stream used can be estimated."""

    services: Services
    call: Call
    plan: Plan
    facts: RequestFacts
    candidate: Candidate
    number: int
    permit: Permit
    hold: Hold
    is_stream: bool
    is_relayed: bool
    trace_before: tuple[str, ...] = ()
    started_at: datetime.datetime = field(init=False)
    started: float = field(init=False)
    ttft_ms: float | None = None
    usage: Usage | None = None
    finish_reason: FinishReason | None = None
    model_name: str = ""
    provider_request_id: str = ""
    reported_usd: Decimal | None = None
    service_tier: str = ""
    texts: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    finished: Attempt | None = None

    def __post_init__(self) -> None:
        self.started_at = self.services.now()
        self.started = time.perf_counter()

    @property
    def elapsed_ms(self) -> float:
        return (time.perf_counter() - self.started) * 1000

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def take(self, said: Answer | Piece) -> None:
        """Keep of an answer, or of a piece of it, what the record needs."""
        if said.text:
            self.texts.append(said.text)
        if said.usage is not None:
            self.usage = said.usage
        if said.finish_reason is not None:
            self.finish_reason = said.finish_reason
        if said.reported_usd is not None:
            self.reported_usd = said.reported_usd
        # Cut: they are somebody else's, and a record has to stay small.
        self.service_tier = said.service_tier[:LONGEST_WORD] or self.service_tier
        self.model_name = said.model_name[:LONGEST_WORD] or self.model_name
        self.provider_request_id = (
            said.provider_request_id[:LONGEST_WORD] or self.provider_request_id
        )
        self.notes += said.trace

    def spoke(self) -> None:
        """The first content has come."""
        if self.ttft_ms is None:
            self.ttft_ms = self.elapsed_ms

    def succeeded(self) -> Attempt:
        self.services.breakers.succeeded(self.candidate)
        return self._close(Outcome.OK)

    def failed(self, error: ModelCallError) -> Attempt:
        self.services.breakers.failed(self.candidate, error)
        self.usage = self.usage or error.usage
        self.provider_request_id = self.provider_request_id or error.provider_request_id
        is_cut = isinstance(error, TruncatedStreamError) or bool(self.texts)
        outcome = Outcome.TRUNCATED if is_cut else Outcome.ERROR
        return self._close(outcome, error)

    def cancelled(self) -> Attempt:
        self.services.breakers.released(self.candidate)
        return self._close(Outcome.CANCELLED)

    def lost_race(self) -> Attempt:
        self.services.breakers.released(self.candidate)
        return self._close(Outcome.LOST_RACE)

    def _close(self, outcome: Outcome, error: ModelCallError | None = None) -> Attempt:
        if self.finished is not None:
            return self.finished
        latency_ms = self.elapsed_ms
        cost, price_id = self._cost(outcome, error)
        self.permit.settle(_total_tokens(self.usage))
        self.hold.settle(cost.total_usd)
        self.finished = Attempt(
            number=self.number,
            candidate=self.candidate,
            started_at=self.started_at,
            outcome=outcome,
            cost=cost,
            usage=self.usage,
            finish_reason=self.finish_reason,
            error=error,
            ttft_ms=self.ttft_ms,
            latency_ms=latency_ms,
            model_name=self.model_name,
            provider_request_id=self.provider_request_id,
        )
        self._record(self.finished, price_id)
        return self.finished

    def _cost(
        self, outcome: Outcome, error: ModelCallError | None
    ) -> tuple[Cost, int | None]:
        if self.usage is None and outcome is Outcome.ERROR and error is not None:
            return _cost_of_refusal(error), None
        is_estimated = self._is_usage_estimated(outcome)
        price = self.services.price(
            self.plan.organization.id, self.candidate.model.id, self.started_at
        )
        return cost_of_call(
            self.usage,
            price,
            self.started_at,
            is_estimated=is_estimated,
            context=self._context(),
            reported_usd=self.reported_usd,
        )

    def _is_usage_estimated(self, outcome: Outcome) -> bool:
        """Fill in what was not reported; whether anything was filled in."""
        is_whole = outcome is Outcome.OK or not self.is_stream or self.finish_reason
        if self.usage is not None and is_whole:
            return False
        asked = self.facts.input_tokens + self.candidate.prompt_tokens
        estimate = estimate_usage(asked, self.text)
        if self.usage is None:
            self.usage = estimate
            return True
        # Counts that come with a stream's beginning know nothing of what followed.
        written = max(self.usage.output_tokens, estimate.output_tokens)
        self.usage = replace(self.usage, output_tokens=written)
        return True

    def _context(self) -> Mapping[str, str] | None:
        """What the price may depend on, in the words of `genai-prices`."""
        tier = self.service_tier
        return None if tier in STANDARD_TIERS else {"service_tier": tier}

    def _record(self, attempt: Attempt, price_id: int | None) -> None:
        error = attempt.error
        feature, prompt = self.plan.feature, self.candidate.prompt
        arm = self.plan.arm
        row = UsageRow(
            id=attempt_id(self.call.request_id, self.number),
            request_id=self.call.request_id,
            attempt=self.number,
            started_at=self.started_at,
            organization_id=self.plan.organization.id,
            ai_model_id=self.candidate.model.id,
            connection_id=self.candidate.connection.id,
            cost=attempt.cost,
            outcome=attempt.outcome,
            source=self.call.source,
            feature_id=feature.id if feature else None,
            token_id=self.call.token_id,
            prompt_version_id=prompt.version_id if prompt else None,
            pack_version_id=self._pack_version_id(),
            arm_id=arm.arm_id if arm else None,
            unit_hash=arm.unit_hash if arm else None,
            assignment_revision=feature.revision_number if feature else None,
            task_code=self.plan.task_code,
            usage=attempt.usage,
            price_id=price_id,
            ttft_ms=attempt.ttft_ms,
            latency_ms=attempt.latency_ms,
            error_kind=error.kind if error else "",
            error_code=error.code if error else "",
            error_message=error.message if error else "",
            status_code=error.status_code if error else None,
            finish_reason=attempt.finish_reason or "",
            is_stream=self.is_stream,
            is_relayed=self.is_relayed,
            answered=attempt.outcome is Outcome.OK,
            model_name=self._other_name(),
            provider_request_id=attempt.provider_request_id,
            tags=self.call.tags,
            trace=(*self.trace_before, *self.notes),
        )
        self.services.record(row, self._kept())

    def _pack_version_id(self) -> int | None:
        """The pack that says so, where none of a profile's models was asked instead."""
        feature = self.plan.feature
        if feature is None or feature.pack is None or self.candidate.source != "pack":
            return None
        return feature.pack.version_id

    def _other_name(self) -> str:
        """What the provider says answered, where that is not what was asked for."""
        asked = self.candidate.model.model_name
        return "" if self.model_name == asked else self.model_name

    def _kept(self) -> Payload | None:
        """Prompt and answer, where the organisation keeps them."""
        organization = self.plan.organization
        if not organization.keep_payloads:
            return None
        return Payload.of(self.call.request_text, self.text, organization.payload_days)


def _total_tokens(usage: Usage | None) -> int | None:
    return None if usage is None else int(usage.input_tokens + usage.output_tokens)


def _cost_of_refusal(error: ModelCallError) -> Cost:
    """Of a call that brought nothing: a refusal is not billed; after a silence, or an
    answer that cannot be read, nobody can tell."""
    is_refused = error.status_code is not None and error.status_code >= 300
    if is_refused or error.code in NOT_REACHED:
        return Cost(CostState.COMPUTED, ZERO, notes=(NOT_SERVED,))
    return Cost(CostState.ESTIMATED, ZERO, notes=(NO_WORD,))
