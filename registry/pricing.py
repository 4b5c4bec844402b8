"""What a call costs: usage × price → total and a breakdown that adds up to it.

Pure and in `Decimal`. Counts are told apart by the units of `genai-prices` and each is
multiplied by its own `calc_unit_price`, so that the two agree to the last digit. Token
words follow OpenTelemetry GenAI: see `registry.usage`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from typing import Final

from genai_prices import types as genai

from registry.cost import ZERO, Cost, CostLine, CostState, scale
from registry.plain_prices import CACHE_UNKNOWN, ENGINE, tier_rate
from registry.price_units import REQUESTS, STRICT, Quantity, Slot, leaf_counts, plan
from registry.rates import BATCH, PER_IMAGE, Rates
from registry.usage import Usage, reportable_counts

__all__ = [
    "BATCH",
    "EXACT",
    "ZERO",
    "Cost",
    "CostLine",
    "CostState",
    "Quantity",
    "Usage",
    "cost_of",
    "scale",
]

EXACT: Final = Context(prec=60)
"""Wide enough that no sum or product of prices and volumes here is rounded."""
NO_PRICE: Final = "No price is known."
BATCH_UNKNOWN: Final = "Batch price not known: the standard price is used."
MINIMUM_AUDIO_SECONDS: Final = {
    ("groq", "whisper-large-v3"): 10,
    ("groq", "whisper-large-v3-turbo"): 10,
}
"""Shorter audio is billed as this long (console.groq.com/docs/speech-to-text)."""


def cost_of(
    usage: Usage,
    rates: Rates | None,
    at: datetime.datetime,
    context: Mapping[str, str] | None = None,
) -> Cost:
    """The cost of `usage` at the price `rates` at the moment `at` (aware).

    `context` are further conditions of the request in the words of `genai-prices`,
    e.g. {"service_tier": "flex"}; the batch flag of the usage adds its own.
    Raises ValueError for a naive moment, and where counts overlap that the price
    tells apart (cached and audio tokens without how many are both).
    """
    if at.tzinfo is None:
        raise ValueError("The moment of a price needs a time zone.")
    if rates is None:
        return Cost(CostState.UNPRICED, None, notes=(NO_PRICE,))
    if not context:
        counts = usage.usual_counts()
        cost = usual_cost(counts, rates, at) if counts else None
        if cost is not None:
            return cost
    return bill_of(usage, rates, at, context)


def usual_cost(
    counts: tuple[int, ...], rates: Rates, at: datetime.datetime
) -> Cost | None:
    """The cost of a call whose `Usage.usual_counts` are known, or None where the price
    is not that simple: ask `cost_of`. `at` is aware."""
    price = rates.plain_price_at(at)
    return price.cost(counts) if price else None


def bill_of(
    usage: Usage,
    rates: Rates,
    at: datetime.datetime,
    context: Mapping[str, str] | None = None,
) -> Cost:
    """The same as `cost_of`, without the short cut for usual calls."""
    asked = dict(context or {}) | (BATCH if usage.is_batch else {})
    bill = _Bill(rates.price_at(at, asked))
    if asked:
        bill.note_context(rates, asked, at)
    bill.add_counts(_billed_counts(usage, rates))
    bill.add_images(usage, rates.per_image_usd)
    cost = bill.cost()
    return cost if usage.requests == 1 else cost.times(usage.requests)


def _billed_counts(usage: Usage, rates: Rates) -> dict[str, Quantity]:
    counts = usage.engine_counts()
    # The count of one call; `Usage.requests` multiplies the whole cost.
    counts[REQUESTS] = 1
    least = MINIMUM_AUDIO_SECONDS.get(rates.matched)
    seconds = counts.get("audio_seconds") or counts.get("input_audio_seconds")
    if least and seconds:
        billed = max(seconds, least)
        counts |= {"audio_seconds": billed, "input_audio_seconds": billed}
    return counts


@dataclass
class _Bill:
    """A cost while its lines are added up."""

    price: genai.ModelPrice
    total: Decimal = ZERO
    lines: list[CostLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unvaried: frozenset[str] = frozenset()

    def note_context(
        self, rates: Rates, asked: dict[str, str], at: datetime.datetime
    ) -> None:
        """Say which conditions have no price of their own: `genai-prices` silently
        answers with the standard price for them."""
        variants = rates.variants_for(asked, at)
        known = {item for variant in variants for item in variant.when.items()}
        for item in asked.items():
            if item in known or item == ("service_tier", "default"):
                continue
            self.notes.append(
                BATCH_UNKNOWN
                if item in BATCH.items()
                else f"Price for {'='.join(item)} not known: "
                "the standard price is used."
            )
        if variants:
            varied = {key for variant in variants for key in vars(variant.prices)}
            self.unvaried = frozenset(vars(self.price)) - varied

    def add_counts(self, counts: Mapping[str, Quantity]) -> None:
        prices = {
            key: rate for key, rate in vars(self.price).items() if rate is not None
        }
        slots = plan(frozenset(prices), reportable_counts())
        whole = counts.get("input_tokens", 0)
        leaves = zip(slots, leaf_counts(slots, counts), strict=True)
        used = [(slot, count) for slot, count in leaves if count]
        for slot, count in sorted(used, key=lambda pair: pair[0].rank):
            if slot.rate_key is None:
                self.add_missing(slot.unit.usage_key, count)
                continue
            rate = tier_rate(prices[slot.rate_key], whole)
            self.add_line(slot.rate_key, count, rate, slot.unit.per)
            if rate:
                self.note_slot(slot)
        if counts.get("cache_read_tokens") and "cache_read_mtok" not in prices:
            self.note_cache(prices, whole)

    def add_line(self, key: str, count: Quantity, rate: Decimal, per: int) -> None:
        """A line is what the running total grows by, and so the lines add up to it
        even where a division does not end."""
        with localcontext(ENGINE):
            total = self.total + genai.calc_unit_price(rate, count, 0, per)
        grown = STRICT.subtract(total, self.total)
        self.lines.append(CostLine(key, Decimal(count), grown, rate, per))
        self.total = total

    def add_images(self, usage: Usage, per_image_usd: Decimal | None) -> None:
        """Generated images: by their tokens where those were reported and priced,
        else by the piece, and never by both."""
        by_tokens = usage.output_image_tokens and "output_tokens" not in self.missing
        if not usage.generated_images or by_tokens:
            return
        if per_image_usd is None:
            self.add_missing("generated_images", usage.generated_images)
        else:
            self.add_line(PER_IMAGE, usage.generated_images, per_image_usd, 1)

    def add_missing(self, usage_key: str, count: Quantity) -> None:
        self.missing.append(usage_key)
        words = usage_key.replace("_", " ")
        self.notes.append(f"No rate for {words} known: {count:,} are not in the sum.")

    def note_slot(self, slot: Slot) -> None:
        key = slot.unit.price_key
        if slot.is_borrowed:
            self.notes.append(f"Rate {key} not known: {slot.rate_key} is used.")
        elif key in self.unvaried and slot.unit.dimensions["family"] == "tokens":
            self.notes.append(f"Batch or tier rate {key} not known: standard is used.")

    def note_cache(self, prices: Mapping[str, object], whole: Quantity) -> None:
        rate = prices.get("input_mtok")
        if isinstance(rate, Decimal | genai.TieredPrices) and tier_rate(rate, whole):
            self.notes.append(CACHE_UNKNOWN)

    def cost(self) -> Cost:
        notes, missing = tuple(self.notes), tuple(self.missing)
        if not vars(self.price) and not self.lines:
            return Cost(CostState.UNPRICED, None, (), (NO_PRICE, *notes), missing)
        if missing and not self.lines:
            return Cost(CostState.UNPRICED, None, (), notes, missing)
        state = CostState.ESTIMATED if notes else CostState.COMPUTED
        return Cost(state, self.total, tuple(self.lines), notes, missing)
