"""What an automatic choice is told of a call and of this process: from memory alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from analytics.budget_rules import Touched
from analytics.usage_row import Source
from modelhub.gateway.budgets.budgets import LeasedBudgets
from modelhub.gateway.call import Call
from modelhub.gateway.pieces import RequestFacts
from recommender.routing.asked import Asked, work_of
from recommender.routing.feature_goals import BudgetLeft, demand_of
from recommender.routing.task_codes import code_of
from registry.resolution.plan import Plan

MILLISECONDS: Final = 1_000
MOST_A_SECOND: Final = 20
LONGEST_TOKENS: Final = 50_000


def asked_of(call: Call, facts: RequestFacts) -> Asked:
    return Asked(
        request_id=str(call.request_id),
        prompt=facts.prompt(),
        input_tokens=facts.input_tokens,
        max_output_tokens=facts.max_output_tokens,
        capabilities=facts.needed_capabilities,
        image_count=facts.image_count,
        tool_count=facts.tool_count,
        schema=facts.schema(),
        is_stream=facts.is_stream,
        timeout_ms=None if call.timeout_s is None else call.timeout_s * MILLISECONDS,
        token_id=call.token_id,
        tags=call.tags,
        conversation=(lambda: call.conversation)
        if call.conversation
        else facts.conversation,
    )


@dataclass(slots=True)
class TaskNotes:
    """Notes the kind of work of a feature's calls for which nothing is chosen: what an
    assigned model is good at is to be known before anybody asks for a choice. It takes
    a fraction of a millisecond, so that only so many are looked at in a second, and
    none that is very long."""

    clock_s: Callable[[], float] = time.monotonic
    second: int = 0
    seen: int = 0

    def noted(self, plan: Plan, call: Call, facts: RequestFacts) -> Plan:
        if plan.task_code is not None or plan.feature is None:
            return plan
        if call.source is not Source.GATEWAY or facts.input_tokens > LONGEST_TOKENS:
            return plan
        if not self._may_look():
            return plan
        work = work_of(asked_of(call, facts), demand_of(plan.feature))
        return replace(plan, task_code=code_of(work.task, work.complexity))

    def _may_look(self) -> bool:
        second = int(self.clock_s())
        if second != self.second:
            self.second, self.seen = second, 0
        self.seen += 1
        return self.seen <= MOST_A_SECOND


@dataclass(frozen=True, slots=True)
class BudgetSight:
    """What this process knows of the budgets that a feature's call falls under,
    whichever model answers; None where it leased nothing yet."""

    budgets: LeasedBudgets

    def __call__(self, plan: Plan, asked: Asked) -> BudgetLeft | None:
        feature = plan.feature
        if feature is None or feature.choice is None:
            return None
        touched = Touched(
            organization_id=plan.organization.id,
            feature_id=feature.id,
            token_id=asked.token_id,
            tags=asked.tags,
        )
        left = [
            BudgetLeft(float(usd), float(usd / rule.amount_usd), rule.name)
            for rule in self.budgets.rules_for(touched)
            if rule.amount_usd and (usd := self.budgets.known_left(rule)) is not None
        ]
        return min(left, key=lambda one: one.share, default=None)
