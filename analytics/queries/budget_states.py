"""Where the budgets of an organisation stand. Reads windows, never calls."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from analytics.budget_rules import ORDER, BudgetRule, Touched
from analytics.budget_windows import INSTANT
from analytics.models import Budget, BudgetDefinition, BudgetHold, BudgetScope, OnLimit
from analytics.queries.budget_rules import model_limits, rules_of
from analytics.queries.budget_scopes import scope_label, scope_labels, tag
from registry.models import AIModel, Organization

ZERO: Final = Decimal(0)
WARN_SHARE: Final = Decimal("0.8")
EARLY: Final = 0.1
"""Before this share of a window has passed, its pace says nothing."""
NEARLY: Final = Decimal("0.98")
DRIFT_USD: Final = Decimal("0.01")


Stated = tuple[BudgetRule, str, BudgetDefinition | None]
"""A rule, the name of what it is for, and who made it."""


@dataclass(frozen=True)
class BudgetState:
    """One budget and its window at a moment. Without a row nothing was called yet in
    this window."""

    rule: BudgetRule
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None
    at: datetime.datetime
    scope: str
    definition: BudgetDefinition | None = None
    window: Budget | None = None

    @property
    def name(self) -> str:
        return self.definition.name if self.definition else self.scope

    @property
    def limit_usd(self) -> Decimal:
        return self.window.limit_usd if self.window else self.rule.amount_usd

    @property
    def spent_usd(self) -> Decimal:
        return self.window.counted_usd if self.window else ZERO

    @property
    def held_usd(self) -> Decimal:
        return self.window.held_usd if self.window else ZERO

    @property
    def left_usd(self) -> Decimal:
        """What may still be held; not below zero."""
        return max(ZERO, self.limit_usd - self.spent_usd - self.held_usd)

    @property
    def share(self) -> Decimal | None:
        """Spent of the limit; None for a limit of nothing."""
        return self.spent_usd / self.limit_usd if self.limit_usd else None

    @property
    def percent(self) -> Decimal | None:
        return None if self.share is None else self.share * 100

    @property
    def is_active(self) -> bool:
        return self.definition is None or self.definition.is_active

    @property
    def is_used_up(self) -> bool:
        return self.spent_usd >= self.limit_usd

    @property
    def is_near(self) -> bool:
        return self.share is not None and self.share >= self.first_threshold

    @property
    def first_threshold(self) -> Decimal:
        if self.window is not None:
            return self.window.thresholds[0]
        return WARN_SHARE

    @property
    def warns_at_usd(self) -> Decimal:
        return self.limit_usd * self.first_threshold

    @property
    def high_usd(self) -> Decimal:
        """From here on a meter is red: one that is full would not be otherwise."""
        return self.limit_usd * NEARLY

    @property
    def drift_usd(self) -> Decimal | None:
        """Only where it is worth a word."""
        drift = self.window.drift_usd if self.window else None
        return drift if drift is not None and abs(drift) >= DRIFT_USD else None

    @property
    def last_moment(self) -> datetime.datetime | None:
        """Of this window: its last day is that of this moment."""
        return self.ends_at - INSTANT if self.ends_at else None

    @property
    def told_percents(self) -> list[Decimal]:
        stated = self.definition.thresholds if self.definition else [WARN_SHARE]
        return [share * 100 for share in sorted({*stated, Decimal(1)})]

    @property
    def can_tell_pace(self) -> bool:
        """Whether enough of the window has passed to say anything."""
        if self.ends_at is None or not self.spent_usd:
            return False
        whole = self.ends_at - self.starts_at
        return self.at - self.starts_at >= whole * EARLY

    @property
    def used_up_at(self) -> datetime.datetime | None:
        """When the limit is reached if the window goes on as it went; None where too
        little has passed to say so, or it lasts. It is no forecast."""
        if self.ends_at is None or self.is_used_up or not self.can_tell_pace:
            return None
        passed = self.at - self.starts_at
        rest = float((self.limit_usd - self.spent_usd) / self.spent_usd)
        if rest >= (self.ends_at - self.at) / passed:
            return None
        return self.at + passed * rest


def budget_states(
    organization: Organization,
    at: datetime.datetime,
    *,
    with_model_limits: bool = True,
) -> list[BudgetState]:
    """Of all budgets that are not deleted, the broadest first, by name; the monthly
    limits of models after them."""
    found = BudgetDefinition.objects.filter(organization=organization, deleted_at=None)
    definitions = list(
        found.select_related("pack", "fallback_model__provider").order_by("name")
    )
    labels = scope_labels(definitions)
    rules = [
        (rule, _label(definition, labels), definition)
        for rule, definition in zip(rules_of(definitions), definitions, strict=True)
    ]
    rules.sort(key=lambda one: ORDER.index(one[0].kind))
    stated: list[Stated] = [*rules]
    if with_model_limits:
        stated += _stated_limits(organization)
    return _states(stated, at)


def budget_state(definition: BudgetDefinition, at: datetime.datetime) -> BudgetState:
    rule = rules_of([definition])[0]
    return _states([(rule, scope_label(definition), definition)], at)[0]


def states_touched(
    organization: Organization, touched: Touched, at: datetime.datetime
) -> list[BudgetState]:
    """Of the budgets in force that a call would fall under."""
    wanted = set(touched.matches())
    return [
        one
        for one in budget_states(organization, at)
        if one.is_active and (one.rule.kind, one.rule.match) in wanted
    ]


def open_holds(definition: BudgetDefinition) -> QuerySet[BudgetHold]:
    """What processes hold of any window, the oldest first."""
    holds = BudgetHold.objects.filter(
        budget__definition=definition, closed_at=None
    ).select_related("budget")
    return holds.order_by("opened_at")


def past_windows(definition: BudgetDefinition, count: int = 24) -> list[Budget]:
    """The newest first, today's too."""
    rows = definition.windows.select_related("definition").order_by("-starts_at")
    return list(rows[:count])


def _states(stated: list[Stated], at: datetime.datetime) -> list[BudgetState]:
    """With their windows, which are one query for all."""
    windows = [rule.window_at(at) for rule, _, _ in stated]
    rows = Budget.objects.select_related("definition").filter(
        organization_id__in={rule.organization_id for rule, _, _ in stated},
        starts_at__in={window.starts_at for window in windows},
    )
    found = {
        (row.organization_id, row.definition_id or 0, row.scope_id, row.starts_at): row
        for row in rows
    }
    return [
        BudgetState(
            rule=rule,
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            at=at,
            scope=scope,
            definition=definition,
            window=found.get((*rule.key, window.starts_at)),
        )
        for (rule, scope, definition), window in zip(stated, windows, strict=True)
    ]


def _stated_limits(organization: Organization) -> list[Stated]:
    rules = model_limits(organization)
    models = AIModel.objects.select_related("provider").in_bulk(
        [rule.scope_id for rule in rules]
    )
    stated = [(rule, models[rule.scope_id].reference, None) for rule in rules]
    return sorted(stated, key=lambda one: one[1])


def _label(definition: BudgetDefinition, labels: dict[tuple[str, int], str]) -> str:
    if definition.scope_kind == BudgetScope.TAG:
        return tag(definition)
    return labels[definition.scope_kind, definition.scope_id]


def is_hard(state: BudgetState) -> bool:
    """Whether it stops calls."""
    return state.rule.on_limit == OnLimit.BLOCK


def held_in_all(states: Iterable[BudgetState]) -> Decimal:
    """The most that one budget holds: a call is held by each that it falls under."""
    return max((one.held_usd for one in states), default=ZERO)
