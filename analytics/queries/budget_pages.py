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
from registry.models import Organization

ALERTS: Final = 5


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
class BudgetsPage:
    states: list[BudgetState]
    limits: list[BudgetState]
    kinds: list[tuple[str, str]]
    kind: str
    holds: list[HoldLine]
    alerts: list[Alert]
    deleted: list[BudgetDefinition]
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
        deleted=list(
            BudgetDefinition.objects.filter(organization=organization)
            .exclude(deleted_at=None)
            .order_by("-deleted_at")[:10]
        ),
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
