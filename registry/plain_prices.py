"""The usual call, priced quickly: nothing but the six usual counts of tokens, at a
price without conditions. Pure.

What the plan of a price says of these counts is worked out once for each set of rates.
The arithmetic is that of `registry.pricing`, in the same contexts and order, so that
both agree to the last digit (tested). What is not as usual is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final

from genai_prices import types as genai

from registry.cost import ZERO, Cost, CostLine, CostState
from registry.price_units import REQUESTS, STRICT, Quantity, Slot, plan
from registry.usage import ENGINE_NAMES, USUAL, reportable_counts

Rate = Decimal | genai.TieredPrices
ENGINE: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
"""Python's standard context, in which `genai-prices` is used everywhere."""
ADDED: Final = ENGINE.add
MULTIPLIED: Final = ENGINE.multiply
DIVIDED: Final = ENGINE.divide
LEFT: Final = STRICT.subtract
CACHE_UNKNOWN: Final = "Cache price not known: cached tokens at the input rate."
CACHE_READ: Final = USUAL.index("cache_read_tokens")
ENGINE_USUAL: Final = tuple(ENGINE_NAMES.get(name, name) for name in USUAL)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What is left of the usual count at `place` once the leaves at `parts` are taken
    off it. `rate_key` is None where this module does not say what it costs."""

    place: int
    parts: tuple[int, ...]
    rate_key: str | None
    per: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """`order` are the positions of `leaves` in the order of a cost's lines."""

    leaves: tuple[_Leaf, ...]
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlainPrice:
    """A price for usual calls; made by `plain_price`."""

    leaves: tuple[tuple[int, tuple[int, ...]], ...]
    bills: tuple[tuple[int, str, Rate | None, int], ...]
    uncached_rate: Rate | None
    """The input rate, where cached tokens have none of their own."""

    def cost(self, counts: tuple[int, ...]) -> Cost | None:
        """The cost of the counts of `USUAL`, or None: ask `registry.pricing`."""
        left: list[int] = []
        for place, parts in self.leaves:
            count = counts[place]
            for part in parts:
                count -= left[part]
            if count < 0:
                return None
            left.append(count)
        whole, total = counts[0], ZERO
        lines: list[CostLine] = []
        for place, key, rate, per in self.bills:
            if not left[place]:
                continue
            if rate is None:
                return None
            if type(rate) is not Decimal:
                rate = tier_rate(rate, whole)
            quantity = Decimal(left[place])
            usd = DIVIDED(MULTIPLIED(rate, quantity), per)
            sum_usd = ADDED(total, usd)
            grown = LEFT(sum_usd, total)
            lines.append(CostLine(key, quantity, grown, rate, per))
            total = sum_usd
        uncached = self.uncached_rate if counts[CACHE_READ] else None
        if uncached is not None and tier_rate(uncached, whole):
            notes = (CACHE_UNKNOWN,)
            return Cost(CostState.ESTIMATED, total, tuple(lines), notes)
        return Cost(CostState.COMPUTED, total, tuple(lines))


def plain_price(prices: Mapping[str, Rate]) -> PlainPrice | None:
    """The rates of one moment (`input_mtok`, …), or None where they bill something
    that every call has, or where counts are told apart in an unusual way."""
    shape = _shape(frozenset(prices))
    if shape is None:
        return None
    leaves = shape.leaves
    is_uncached = "cache_read_mtok" not in prices
    return PlainPrice(
        leaves=tuple((leaf.place, leaf.parts) for leaf in leaves),
        bills=tuple(
            (place, key or "", prices[key] if key else None, leaves[place].per)
            for place in shape.order
            for key in [leaves[place].rate_key]
        ),
        uncached_rate=prices.get("input_mtok") if is_uncached else None,
    )


def tier_rate(rate: Rate, input_tokens: Quantity) -> Decimal:
    """The rate that holds for a call with so much input. Tiers are cliffs: above the
    start of one, its rate applies to every token."""
    if not isinstance(rate, genai.TieredPrices):
        return rate
    reached = [tier.price for tier in rate.tiers if input_tokens > tier.start]
    return reached[-1] if reached else rate.base


@lru_cache(maxsize=1024)
def _shape(price_keys: frozenset[str]) -> _Shape | None:
    if not price_keys:
        return None
    slots = plan(price_keys, reportable_counts())
    usual = [number for number, slot in enumerate(slots) if _is_usual(slot)]
    if any(_is_beyond(slot, usual) for slot in slots):
        return None
    position = {number: place for place, number in enumerate(usual)}
    leaves = tuple(
        _Leaf(
            place=ENGINE_USUAL.index(slots[number].unit.usage_key),
            parts=tuple(
                position[part] for part in slots[number].parts if part in position
            ),
            rate_key=None if slots[number].is_borrowed else slots[number].rate_key,
            per=slots[number].unit.per,
        )
        for number in usual
    )
    ranked = sorted(usual, key=lambda number: slots[number].rank)
    return _Shape(leaves, tuple(position[number] for number in ranked))


def _is_usual(slot: Slot) -> bool:
    return slot.unit.usage_key in ENGINE_USUAL


def _is_beyond(slot: Slot, usual: list[int]) -> bool:
    """Whether a usual call says something of `slot` that is not a usual count."""
    if any(
        left in ENGINE_USUAL and right in ENGINE_USUAL for left, right in slot.overlaps
    ):
        return True
    if _is_usual(slot):
        return False
    return slot.unit.usage_key == REQUESTS or any(part in usual for part in slot.parts)
