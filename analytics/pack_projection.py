"""What a month would cost before and after a switch, from what was really used. Pure,
in `Decimal`.

The tokens of past calls are priced at both models: another model would count and write
somewhat differently, so that every projection is an estimate.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final

from analytics.feature_sums import CallSum, FeatureUse, FeatureUses
from registry.packs.difference import Difference, FeatureChange
from registry.pricing import EXACT, ZERO, Usage, cost_of
from registry.rates import Rates

NO_USE: Final = "no use yet"
NO_PRICE: Final = "no price is known"
PLACES: Final = Decimal("0.000001")


@dataclass(frozen=True)
class Workload:
    """A month of calls that is assumed where a feature has no use yet."""

    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class CostLine:
    """One feature. None is not known; `note` says why, or what it rests on."""

    key: str
    requests: int
    before_usd: Decimal | None
    after_usd: Decimal | None
    note: str = ""
    is_assumed: bool = False

    @property
    def change_usd(self) -> Decimal | None:
        if self.before_usd is None or self.after_usd is None:
            return None
        return self.after_usd - self.before_usd


@dataclass(frozen=True)
class Projection:
    """The features of a pack. The sums are of the lines known on both sides, so that
    they can be compared; `unknown` are the keys that are in neither."""

    since: datetime.datetime
    until: datetime.datetime
    rows: Mapping[str, CostLine]

    @property
    def known(self) -> tuple[CostLine, ...]:
        return tuple(one for one in self.rows.values() if one.change_usd is not None)

    @property
    def before_usd(self) -> Decimal | None:
        return _sum(one.before_usd for one in self.known) if self.known else None

    @property
    def after_usd(self) -> Decimal | None:
        return _sum(one.after_usd for one in self.known) if self.known else None

    @property
    def change_usd(self) -> Decimal | None:
        before, after = self.before_usd, self.after_usd
        return None if before is None or after is None else after - before

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(key for key, one in self.rows.items() if one.change_usd is None)

    @property
    def is_assumed(self) -> bool:
        """Whether some line rests on an assumed workload."""
        return any(one.is_assumed for one in self.rows.values())


def project(
    difference: Difference,
    uses: FeatureUses,
    rates: Mapping[int, Rates],
    feature_ids: Mapping[str, int],
    *,
    assumed: Workload | None = None,
) -> Projection:
    """The cost of a month of each feature that the pack names and that exists: what it
    has now, and what it gets. `rates` are by the row id of the model."""
    rows = {
        row.key: _line(row, uses.of(feature_ids.get(row.key, 0)), rates, uses, assumed)
        for row in difference.of("changed", "new", "unchanged")
    }
    return Projection(uses.since, uses.until, rows)


def _line(
    row: FeatureChange,
    use: FeatureUse,
    rates: Mapping[int, Rates],
    uses: FeatureUses,
    assumed: Workload | None,
) -> CostLine:
    sums, note, is_assumed = use.sums, _note(use), False
    if not sums and assumed is not None:
        sums, is_assumed = (_as_sum(assumed),), True
        note = f"assumed: {assumed.requests:,} requests a month"
    if not sums:
        return CostLine(row.key, use.requests, None, None, note or NO_USE)
    before = _cost(sums, row.model_before, rates, uses.until)
    after = _cost(sums, row.model_after, rates, uses.until)
    for name, usd, pk in (
        (_name(row, before=True), before, row.model_before),
        (_name(row, before=False), after, row.model_after),
    ):
        if usd is None and pk is not None:
            note = f"{NO_PRICE} of {name}"
    if row.model_before is None:
        # It cost nothing, as nothing answered.
        before = ZERO
    requests = assumed.requests if assumed and is_assumed else use.requests
    return CostLine(row.key, requests, before, after, note, is_assumed)


def _name(row: FeatureChange, *, before: bool) -> str:
    setting = row.before if before else row.after
    return setting.model.reference if setting and setting.model else ""


def _cost(
    sums: tuple[CallSum, ...],
    model_id: int | None,
    rates: Mapping[int, Rates],
    at: datetime.datetime,
) -> Decimal | None:
    price = rates.get(model_id) if model_id is not None else None
    if price is None:
        return None
    total = ZERO
    for one in sums:
        cost = cost_of(_usage(one), price, at)
        if cost.total_usd is None or cost.missing:
            return None
        with localcontext(EXACT):
            total += cost.total_usd
    return total


def _usage(one: CallSum) -> Usage:
    """The average call of a sum, as often as there were calls: prices that depend on
    the size of a call see one of the usual size."""
    with localcontext(EXACT):
        each: dict[str, Any] = {  # the fields of a Usage
            name: (Decimal(tokens) / one.calls).quantize(PLACES)
            for name, tokens in one.tokens.items()
        }
    # Rounding apart must not make parts exceed their whole.
    whole = each["cache_read_tokens"] + each["cache_write_tokens"]
    each["input_tokens"] = max(each["input_tokens"], whole)
    each["output_tokens"] = max(each["output_tokens"], each["reasoning_tokens"])
    each["cache_write_tokens"] = max(
        each["cache_write_tokens"], each["cache_write_1h_tokens"]
    )
    return Usage(**each, requests=one.calls)


def _as_sum(assumed: Workload) -> CallSum:
    tokens = {
        "input_tokens": assumed.input_tokens * assumed.requests,
        "output_tokens": assumed.output_tokens * assumed.requests,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "cache_write_1h_tokens": 0,
        "reasoning_tokens": 0,
    }
    return CallSum(assumed.requests, tokens)


def _note(use: FeatureUse) -> str:
    if use.uncounted and not use.sums:
        return "its calls say nothing of tokens"
    if use.uncounted:
        return f"{use.uncounted:,} of {use.calls:,} calls say nothing of tokens"
    if use.other_counts:
        return f"images and audio of {use.other_counts:,} calls count as tokens only"
    return ""


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    with localcontext(EXACT):
        return sum((one for one in amounts if one is not None), ZERO)
