"""Budgets for Python code: whether something may be spent, what is spent, what is left.

The gateway asks none of this: it holds what a call may cost, and settles it. These
answers are of the moment, and hold nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from analytics.budget_rules import Touched
from analytics.incoming import IncomingCall, Taken
from analytics.queries.budget_states import (
    BudgetState,
    budget_states,
    states_touched,
)
from analytics.services.budget_reconciling import reconcile_all
from analytics.services.intake import take_in
from registry.models import AIModel, ApiToken, Connection, Feature, Organization


@dataclass(frozen=True)
class BudgetCheck:
    """`reasons` say, a sentence each, which budgets have no room; `budgets` are all
    that were asked."""

    is_allowed: bool
    reasons: tuple[str, ...]
    budgets: tuple[BudgetState, ...]


def touched_by(
    organization: Organization,
    *,
    ai_model: AIModel | None = None,
    feature: Feature | None = None,
    connection: Connection | None = None,
    token: ApiToken | None = None,
    tags: Mapping[str, str] | None = None,
) -> Touched:
    """What a call of these would fall under."""
    return Touched(
        organization_id=organization.pk,
        model_id=ai_model.pk if ai_model else None,
        provider=ai_model.provider.slug if ai_model else "",
        feature_id=feature.pk if feature else None,
        connection_id=connection.pk if connection else None,
        token_id=token.pk if token else None,
        tags=tags,
    )


def check_budget(
    organization: Organization,
    estimate_usd: Decimal,
    *,
    touched: Touched | None = None,
    at: datetime.datetime | None = None,
) -> BudgetCheck:
    """Whether a call that may cost so much would be let through now. Budgets that only
    warn or switch never say no; nor does any to what is free."""
    call = touched or touched_by(organization)
    states = states_touched(organization, call, at or timezone.now())
    reasons = tuple(
        f"{one.name} has ${one.left_usd:,.2f} left of ${one.limit_usd:,.2f}."
        for one in states
        if not one.rule.is_soft_for(call.model_id or 0)
        and estimate_usd > 0
        and one.left_usd < estimate_usd
    )
    return BudgetCheck(not reasons, reasons, tuple(states))


def remaining_budget(
    organization: Organization,
    *,
    touched: Touched | None = None,
    at: datetime.datetime | None = None,
) -> Decimal | None:
    """The least that is left in a budget that stops such calls, in dollars; None where
    nothing would stop them."""
    call = touched or touched_by(organization)
    left = [
        one.left_usd
        for one in states_touched(organization, call, at or timezone.now())
        if not one.rule.is_soft_for(call.model_id or 0)
    ]
    return min(left, default=None)


def current_usage(
    organization: Organization, at: datetime.datetime | None = None
) -> list[BudgetState]:
    """Where all budgets stand."""
    return budget_states(organization, at or timezone.now())


def track_usage(
    organization: Organization, call: IncomingCall, *, token: ApiToken | None = None
) -> Taken:
    """Record a call that did not pass the gateway, and count it in its budgets at once.
    Told again by the same id, it counts once."""
    taken = take_in(organization, [call], token=token)
    if taken.accepted:
        reconcile_all(timezone.now(), organization)
    return taken
