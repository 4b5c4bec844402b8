"""What the pages of budgets show."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.models import (
    Alert,
    AlertKind,
    Budget,
    BudgetDefinition,
    BudgetHold,
    BudgetScope,
)
from analytics.queries.budget_states import (
    BudgetState,
    budget_state,
    budget_states,
    held_in_all,
    open_holds,
    past_windows,
)
from registry.models import ApiToken, Organization

ALERTS: Final = 5
DELETED: Final = 10


@dataclass(frozen=True)
class HoldLine:
    """One lease of a process."""

    hold: BudgetHold
    age: datetime.timedelta
    left: datetime.timedelta
    name: str

    @property
    def age_s(self) -> int:
        return max(0, int(self.age.total_seconds()))

    @property
    def left_s(self) -> int:
        """Below zero: it ran out, and the next sweep takes it back."""
        return int(self.left.total_seconds())


@dataclass(frozen=True)
class DeletedBudget:
    """`can_return`: what it was for is still there."""

    definition: BudgetDefinition
    can_return: bool


@dataclass(frozen=True)
class BudgetsPage:
    states: list[BudgetState]
    limits: list[BudgetState]
    kinds: list[tuple[str, str]]
    kind: str
    holds: list[HoldLine]
    alerts: list[Alert]
    deleted: list[DeletedBudget]
    broadest: BudgetState | None
    has_any: bool

    @property
    def active_count(self) -> int:
        return sum(one.is_active for one in self.states)

    @property
    def used_up(self) -> list[BudgetState]:
        return [one for one in self._all if one.is_active and one.is_used_up]

    @property
    def near(self) -> list[BudgetState]:
        return [
            one
            for one in self._all
            if one.is_active and one.is_near and not one.is_used_up
        ]

    @property
    def held_usd(self) -> Decimal:
        return held_in_all(self._all)

    @property
    def drifting(self) -> list[BudgetState]:
        return [one for one in self._all if one.drift_usd is not None]

    @property
    def compared_at(self) -> datetime.datetime | None:
        moments = [
            one.window.reconciled_at
            for one in self._all
            if one.window and one.window.reconciled_at
        ]
        return min(moments, default=None)

    @property
    def _all(self) -> list[BudgetState]:
        return [*self.states, *self.limits]


@dataclass(frozen=True)
class BudgetPage:
    """One budget."""

    state: BudgetState
    holds: list[HoldLine]
    windows: list[Budget]
    alerts: list[Alert]

    @property
    def definition(self) -> BudgetDefinition | None:
        return self.state.definition


def budgets_page(
    organization: Organization, at: datetime.datetime, kind: str = ""
) -> BudgetsPage:
    """`kind` narrows the list to budgets of one scope; one that is none shows all."""
    every = budget_states(organization, at)
    made = [one for one in every if one.definition is not None]
    limits = [one for one in every if one.definition is None]
    present = {one.rule.kind for one in made}
    kinds = [(word, label) for word, label in BudgetScope.choices if word in present]
    chosen = kind if kind in present else ""
    return BudgetsPage(
        states=[one for one in made if not chosen or one.rule.kind == chosen],
        limits=limits if not chosen else [],
        kinds=[(word, str(label)) for word, label in kinds],
        kind=chosen,
        holds=_all_holds(organization, every, at),
        alerts=_alerts(organization),
        deleted=_deleted(organization),
        broadest=made[0] if made else None,
        has_any=bool(every),
    )


def budget_page(definition: BudgetDefinition, at: datetime.datetime) -> BudgetPage:
    holds = [_line(hold, definition.name, at) for hold in open_holds(definition)]
    return BudgetPage(
        state=budget_state(definition, at),
        holds=holds,
        windows=past_windows(definition),
        alerts=_alerts(definition.organization, f"budget:{definition.pk}:"),
    )


def _deleted(organization: Organization) -> list[DeletedBudget]:
    """Those deleted last. A budget of a token ends with it."""
    rows = BudgetDefinition.objects.filter(organization=organization).exclude(
        deleted_at=None
    )
    shown = list(rows.order_by("-deleted_at")[:DELETED])
    tokens = {one.scope_id for one in shown if one.scope_kind == BudgetScope.TOKEN}
    living = set(
        ApiToken.objects.filter(pk__in=tokens, revoked_at=None).values_list(
            "pk", flat=True
        )
    )
    ended = tokens - living
    return [
        DeletedBudget(
            one, one.scope_kind != BudgetScope.TOKEN or one.scope_id not in ended
        )
        for one in shown
    ]


def _all_holds(
    organization: Organization, states: list[BudgetState], at: datetime.datetime
) -> list[HoldLine]:
    names = {one.window.pk: one.name for one in states if one.window is not None}
    holds = BudgetHold.objects.filter(
        budget__organization=organization, closed_at=None
    ).select_related("budget__definition")
    return [
        _line(hold, names.get(hold.budget_id) or str(hold.budget), at)
        for hold in holds.order_by("opened_at")[:50]
    ]


def _line(hold: BudgetHold, name: str, at: datetime.datetime) -> HoldLine:
    return HoldLine(hold, hold.age(at), hold.expires_at - at, name)


def _alerts(organization: Organization, occasion: str = "budget:") -> list[Alert]:
    found = Alert.objects.filter(
        organization=organization,
        kind=AlertKind.BUDGET,
        occasion__startswith=occasion,
    )
    return list(found.order_by("-raised_at")[:ALERTS])
