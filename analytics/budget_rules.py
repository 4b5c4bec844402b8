"""A budget as those who enforce it know it. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.budget_windows import Window, window_at, window_before

ORGANIZATION: Final = "organization"
FEATURE: Final = "feature"
MODEL: Final = "model"
PROVIDER: Final = "provider"
CONNECTION: Final = "connection"
TOKEN: Final = "token"  # noqa: S105  # a word, no secret
TAG: Final = "tag"
ORDER: Final = (ORGANIZATION, FEATURE, MODEL, PROVIDER, CONNECTION, TOKEN, TAG)
"""Whoever works on several budgets takes them in this order, then by number."""

BLOCK: Final = "block"
WARN: Final = "warn"
SWITCH: Final = "switch"
FALLBACK: Final = "fallback"

EVERY: Final = {"day": "a day", "week": "a week", "month": "a month"}


@dataclass(frozen=True, slots=True)
class BudgetRule:
    """`definition_id` 0: the monthly limit of a model, as its settings say. `match`
    says which calls it is for: the id of what the scope names, a provider's slug,
    `tag_match` of a tag, empty for the organisation. `since` is when a total begins.
    """

    definition_id: int
    organization_id: int
    kind: str
    match: str
    scope_id: int
    amount_usd: Decimal
    name: str = ""
    period: str = "month"
    time_zone: str = "UTC"
    since: datetime.datetime | None = None
    on_limit: str = BLOCK
    fallback_model_id: int | None = None
    rolls_over: bool = False
    roll_over_cap_usd: Decimal | None = None

    @property
    def order(self) -> tuple[int, int, int]:
        return ORDER.index(self.kind), self.scope_id, self.definition_id

    @property
    def key(self) -> tuple[int, int, int]:
        """What it is, whatever it says."""
        return self.organization_id, self.definition_id, self.scope_id

    @property
    def title(self) -> str:
        """As it is named to whoever is stopped by it, with its amount."""
        if not self.definition_id:
            return f"monthly limit of ${self.amount_usd:,.2f}"
        each = EVERY.get(self.period, "in all")
        return f"budget “{self.name}” of ${self.amount_usd:,.2f} {each}"

    def window_at(self, moment: datetime.datetime) -> Window:
        return window_at(self.period, self.time_zone, moment, self.since)

    def window_before(self, window: Window) -> Window | None:
        return window_before(self.period, self.time_zone, window)

    def is_soft_for(self, model_id: int) -> bool:
        """Whether it counts this model's calls and never stops them."""
        if self.on_limit == FALLBACK:
            return model_id == self.fallback_model_id
        return self.on_limit in {WARN, SWITCH}


def model_limit(
    organization_id: int, ai_model_id: int, amount_usd: Decimal
) -> BudgetRule:
    """The rule that a model's monthly limit is: a calendar month in UTC."""
    return BudgetRule(
        definition_id=0,
        organization_id=organization_id,
        kind=MODEL,
        match=str(ai_model_id),
        scope_id=ai_model_id,
        amount_usd=amount_usd,
    )


def tag_match(name: str, value: str) -> str:
    return f"{name}\0{value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What one call of one model touches; None: nothing of that kind."""

    organization_id: int
    model_id: int | None = None
    provider: str = ""
    feature_id: int | None = None
    connection_id: int | None = None
    token_id: int | None = None
    tags: Mapping[str, str] | None = None

    def matches(self) -> Iterator[tuple[str, str]]:
        """Kind and match of every budget that the call may fall under, in order."""
        yield ORGANIZATION, ""
        for kind, found in (
            (FEATURE, self.feature_id),
            (MODEL, self.model_id),
            (PROVIDER, self.provider or None),
            (CONNECTION, self.connection_id),
            (TOKEN, self.token_id),
        ):
            if found is not None:
                yield kind, str(found)
        for name, value in (self.tags or {}).items():
            yield TAG, tag_match(name, value)


class Rulebook:
    """All rules in force; of a call, those that it touches. Immutable."""

    __slots__ = ("_by_match", "_owners")

    def __init__(self, rules: Iterable[BudgetRule] = ()) -> None:
        found: dict[tuple[int, str, str], list[BudgetRule]] = {}
        for rule in rules:
            key = (rule.organization_id, rule.kind, rule.match)
            found.setdefault(key, []).append(rule)
        self._by_match = found
        self._owners = {organization_id for organization_id, _, _ in found}

    def rules_for(self, touched: Touched) -> list[BudgetRule]:
        """In no order yet: a model's own limit may join them."""
        if touched.organization_id not in self._owners:
            return []
        owner = touched.organization_id
        return [
            rule
            for kind, match in touched.matches()
            for rule in self._by_match.get((owner, kind, match), ())
        ]


def in_order(rules: Iterable[BudgetRule]) -> tuple[BudgetRule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.order))
