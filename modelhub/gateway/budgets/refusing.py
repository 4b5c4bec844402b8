"""What a call is told that a budget stops. All of it reads on after a model's name."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final

from analytics.budget_rules import BudgetRule
from analytics.budget_windows import Window, zone
from modelhub.gateway.budgets.account import Refill
from modelhub.gateway.guards import BudgetExhausted

AWAY_WAIT_S: Final = 2.0
HELD_WAIT_S: Final = 5.0
"""Calls under way settle within seconds, as a rule."""
CENT: Final = Decimal("0.01")


def unpriced(rule: BudgetRule) -> BudgetExhausted:
    text = (
        f"{_has(rule)} that cannot be kept: its price is not known; enter a price, or "
        "take the limit away"
    )
    return BudgetExhausted(text, instead_model_id=_instead(rule))


def cannot_be_checked(rule: BudgetRule) -> BudgetExhausted:
    return BudgetExhausted(
        f"{_has(rule)} that cannot be checked now",
        AWAY_WAIT_S,
        code="budget_away",
        instead_model_id=_instead(rule),
    )


def exhausted(
    rule: BudgetRule,
    window: Window,
    refill: Refill,
    estimate_usd: Decimal,
    now: datetime.datetime,
) -> BudgetExhausted:
    """The limit is spent; or there is enough left, but calls under way hold it."""
    if refill.unspent_usd >= estimate_usd:
        text = f"{_has(rule)}, of which calls under way hold what is left; try again"
        return BudgetExhausted(
            f"{text} in a few seconds",
            HELD_WAIT_S,
            code="budget_held",
            instead_model_id=_instead(rule),
        )
    state = "used up"
    if refill.left_usd >= CENT:
        left = f"all but ${refill.left_usd:,.2f} used up"
        state = f"{left}, and may cost ${estimate_usd:,.4f}"
    opens_at = window.ends_at
    return BudgetExhausted(
        f"{_has(rule)} {state}; {_opening(rule, opens_at)}",
        (opens_at - now).total_seconds() if opens_at else None,
        opens_at=opens_at,
        instead_model_id=_instead(rule),
    )


def _has(rule: BudgetRule) -> str:
    return f"has {'a' if rule.definition_id else 'its'} {rule.title}"


def _opening(rule: BudgetRule, opens_at: datetime.datetime | None) -> str:
    if opens_at is None:
        return "it opens when somebody raises it"
    there = opens_at.astimezone(zone(rule.time_zone))
    return f"it opens {there:%d %b %Y, %H:%M %Z}"


def _instead(rule: BudgetRule) -> int | None:
    return rule.fallback_model_id if rule.on_limit == "fallback" else None
