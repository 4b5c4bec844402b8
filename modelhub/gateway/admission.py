"""Whether a candidate may be called now: circuit breaker, budget, limits, in this
order: what cannot be given back is taken last. A refusal leaves nothing behind."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.budget_rules import Touched
from modelhub.gateway.attempting import Services
from modelhub.gateway.call import Call
from modelhub.gateway.deadline import Deadline
from modelhub.gateway.estimates import estimate_usd
from modelhub.gateway.guards import (
    NOTHING_HELD,
    BudgetExhausted,
    Hold,
    LimitReached,
    Permit,
)
from modelhub.gateway.pieces import RequestFacts
from registry.cost import ZERO
from registry.resolution.plan import Candidate, Plan, Skipped

PATIENCE_WITH_NEXT_S: Final = 2.0
PATIENCE_S: Final = 30.0
USUAL_OUTPUT_TOKENS: Final = 1_000
"""Held where neither request nor model says how much may be written."""


@dataclass(frozen=True, slots=True)
class Admitted:
    permit: Permit
    hold: Hold


@dataclass(frozen=True, slots=True)
class Refused:
    """`instead_model_id`: who is to be asked in its place."""

    skipped: Skipped
    wait_s: float | None = None
    opens_at: datetime.datetime | None = None
    instead_model_id: int | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Asks the guards for one request after the other candidate."""

    services: Services
    call: Call
    plan: Plan
    facts: RequestFacts
    deadline: Deadline

    async def ask(self, candidate: Candidate, *, has_next: bool) -> Admitted | Refused:
        reference = candidate.model.reference
        reason = await self.services.breakers.admit(candidate)
        if reason:
            return Refused(Skipped(reference, "circuit_open", reason))
        try:
            hold = await self._hold(candidate)
        except BaseException as error:
            self.services.breakers.released(candidate)
            if isinstance(error, BudgetExhausted):
                return Refused(
                    Skipped(reference, error.code, error.message),
                    error.wait_s,
                    error.opens_at,
                    error.instead_model_id,
                )
            raise
        try:
            permit = await self.services.limits.acquire(
                candidate.connection, self._tokens(candidate), self._patience(has_next)
            )
        except BaseException as error:
            hold.settle(ZERO)
            self.services.breakers.released(candidate)
            if isinstance(error, LimitReached):
                said = Skipped(reference, "rate_limited", error.message)
                return Refused(said, error.wait_s)
            raise
        return Admitted(permit, hold)

    def _patience(self, has_next: bool) -> float:
        longest = PATIENCE_WITH_NEXT_S if has_next else PATIENCE_S
        return min(longest, self.deadline.left_s / 2)

    def _tokens(self, candidate: Candidate) -> int:
        return self._input_tokens(candidate) + self._output_tokens(candidate)

    def _input_tokens(self, candidate: Candidate) -> int:
        return self.facts.input_tokens + candidate.prompt_tokens

    def _output_tokens(self, candidate: Candidate) -> int:
        asked = self.facts.max_output_tokens or candidate.parameters.get("max_tokens")
        if isinstance(asked, int):
            return asked
        limit = candidate.model.traits.max_output_tokens
        return min(USUAL_OUTPUT_TOKENS, limit or USUAL_OUTPUT_TOKENS)

    async def _hold(self, candidate: Candidate) -> Hold:
        budgets, feature = self.services.budgets, self.plan.feature
        rules = budgets.rules_for(
            Touched(
                organization_id=self.plan.organization.id,
                model_id=candidate.model.id,
                provider=candidate.model.provider,
                feature_id=feature.id if feature else None,
                connection_id=candidate.connection.id,
                token_id=self.call.token_id,
                tags=self.call.tags,
            )
        )
        if not rules:
            return NOTHING_HELD
        return await budgets.hold(rules, candidate, self._estimate_usd(candidate))

    def _estimate_usd(self, candidate: Candidate) -> Decimal | None:
        """What the call may cost; None where the model has no price."""
        now = self.services.now()
        price = self.services.price(self.plan.organization.id, candidate.model.id, now)
        return estimate_usd(
            price.rates if price else None,
            self._input_tokens(candidate),
            self._output_tokens(candidate),
            now,
        )
