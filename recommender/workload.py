"""A month's work, and what one item of it costs on a model. Pure, in `Decimal`.

An *item* is what the person counts: a request, or a photo that is looked at in one or
more calls. The cost of an item is exact, and so a month is exactly items × item cost.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Final

from registry.pricing import (
    EXACT,
    ZERO,
    Cost,
    CostLine,
    CostState,
    Usage,
    cost_of,
)
from registry.rates import Rates

HUNDRED: Final = Decimal(100)
ONE: Final = Decimal(1)


class Resolution(StrEnum):
    """How large a photo is sent. The value is also the detail level asked for."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


PIXELS: Final = {
    Resolution.LOW: (512, 512),
    Resolution.MEDIUM: (1024, 1024),
    Resolution.HIGH: (2048, 2048),
}
"""Width and height in pixels that each resolution stands for."""


class PartKind(StrEnum):
    """What a part of a cost pays for."""

    INPUT = "input"
    CACHED = "cached"
    OUTPUT = "output"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class TokenWorkload:
    """One request: tokens in and out, the share of the input that is read from the
    cache and the share of requests sent as batch (both 0–100)."""

    input_tokens: int
    output_tokens: int
    cache_hit_percent: Decimal = ZERO
    batch_percent: Decimal = ZERO

    calls_per_item: int = 1

    def call(self, image_tokens: int | None = None) -> Usage:
        """The average call. Cached tokens are an average, so not always whole."""
        with localcontext(EXACT):
            cached = self.input_tokens * self.cache_hit_percent / HUNDRED
        return Usage(
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cache_read_tokens=cached,
        )


@dataclass(frozen=True, kw_only=True)
class ImageWorkload:
    """One photo, looked at in `calls_per_item` calls with a prompt and an answer."""

    resolution: Resolution
    prompt_tokens: int
    answer_tokens: int
    calls_per_item: int = 1
    batch_percent: Decimal = ZERO

    @property
    def pixels(self) -> tuple[int, int]:
        return PIXELS[self.resolution]

    def call(self, image_tokens: int | None = None) -> Usage:
        """One look at the photo, which is `image_tokens` long for this model."""
        photo = image_tokens or 0
        return Usage(
            input_tokens=self.prompt_tokens + photo,
            output_tokens=self.answer_tokens,
            input_image_tokens=photo,
        )


Workload = TokenWorkload | ImageWorkload


@dataclass(frozen=True)
class ItemCost:
    """What one item costs. `parts` add up to `total_usd`, and `batch_usd` is what of
    it is paid for batch calls. Nothing is known where the state is unpriced."""

    state: CostState
    total_usd: Decimal | None
    parts: dict[PartKind, Decimal]
    batch_usd: Decimal = ZERO
    notes: tuple[str, ...] = ()

    def for_items(self, items: int) -> ItemCost:
        """The cost of `items` of them, to the last digit."""
        if self.total_usd is None:
            return self
        with localcontext(EXACT):
            return ItemCost(
                self.state,
                self.total_usd * items,
                {kind: usd * items for kind, usd in self.parts.items()},
                self.batch_usd * items,
                self.notes,
            )


def unpriced(*notes: str) -> ItemCost:
    """A cost that is not known, with the reasons in words."""
    return ItemCost(CostState.UNPRICED, None, {}, notes=notes)


def item_cost(
    workload: Workload,
    rates: Rates | None,
    at: datetime.datetime,
    image_tokens: int | None = None,
) -> ItemCost:
    """What one item of `workload` costs at the price `rates` at the moment `at`."""
    usage = workload.call(image_tokens)
    if rates is None:
        return unpriced("No price is known.")
    batch_share = workload.batch_percent / HUNDRED
    runs = [
        (cost_of(replace(usage, is_batch=is_batch), rates, at), share, is_batch)
        for is_batch, share in ((False, ONE - batch_share), (True, batch_share))
        if share
    ]
    for cost, _, _ in runs:
        # A sum that leaves tokens out would rank a model as cheaper than it is.
        if cost.missing or cost.total_usd is None:
            return unpriced(*cost.notes)
    return _weighted(runs, workload.calls_per_item, _own_notes(rates, at))


def _weighted(
    runs: list[tuple[Cost, Decimal, bool]], calls: int, own_notes: list[str]
) -> ItemCost:
    parts = dict.fromkeys(PartKind, ZERO)
    batch_usd = ZERO
    notes = dict.fromkeys(own_notes)
    with localcontext(EXACT):
        for cost, share, is_batch in runs:
            weight = share * calls
            for line in cost.lines:
                parts[part_kind(line)] += line.usd * weight
            if is_batch:
                batch_usd += sum((line.usd for line in cost.lines), ZERO) * weight
            notes |= dict.fromkeys(cost.notes)
        total = sum(parts.values(), ZERO)
    return ItemCost(
        _worst(cost.state for cost, _, _ in runs),
        total,
        parts,
        batch_usd,
        tuple(notes),
    )


def _worst(states: Iterable[CostState]) -> CostState:
    found = set(states)
    if CostState.ESTIMATED in found:
        return CostState.ESTIMATED
    return CostState.COMPUTED


def part_kind(line: CostLine) -> PartKind:
    """Which part of the breakdown a cost line belongs to."""
    key = line.price_key
    if key.startswith("cache_"):
        return PartKind.CACHED
    if key.startswith("input_"):
        return PartKind.INPUT
    if key.startswith("output_"):
        return PartKind.OUTPUT
    return PartKind.OTHER


def _own_notes(rates: Rates, at: datetime.datetime) -> list[str]:
    if not rates.document.get("time_of_day"):
        return []
    return [f"Price changes with the time of day: calculated for {at:%H:%M} UTC."]
