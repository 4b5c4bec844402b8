"""What a call costs: usage × price → total and a breakdown that adds up to it.

Pure and in `Decimal`; the arithmetic underneath is `genai-prices`' own, so that the two
agree to the last digit. Token words follow OpenTelemetry GenAI: `input_tokens` includes
cached, image and audio tokens, `output_tokens` includes reasoning tokens.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from typing import Final

from genai_prices import types as genai
from genai_prices.data_units import unit_data

from registry.rates import Rates

BATCH: Final = {"processing": "batch"}
EXACT: Final = Context(prec=60)
"""Wide enough that no sum or product of prices and volumes here is rounded."""
ZERO: Final = Decimal(0)
PER: Final[dict[str, int]] = {
    str(unit["price_key"]): int(unit["per"]) for unit in unit_data.values()
}
"""How many units one rate is for: input_mtok → 1,000,000."""
Quantity = int | Decimal


class CostState(StrEnum):
    """How a cost is known. Unknown is not zero: an unpriced cost has no total."""

    REPORTED = "reported"
    COMPUTED = "computed"
    ESTIMATED = "estimated"
    UNPRICED = "unpriced"


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one call used. Quantities are not negative; parts never exceed their whole.

    `cache_write_1h_tokens` is the part of `cache_write_tokens` kept for an hour.
    `requests` is how often the call happened (a price per request counts each).
    """

    input_tokens: Quantity = 0
    output_tokens: Quantity = 0
    cache_read_tokens: Quantity = 0
    cache_write_tokens: Quantity = 0
    cache_write_1h_tokens: Quantity = 0
    reasoning_tokens: Quantity = 0
    input_image_tokens: Quantity = 0
    output_image_tokens: Quantity = 0
    input_audio_tokens: Quantity = 0
    output_audio_tokens: Quantity = 0
    cache_audio_read_tokens: Quantity = 0
    input_video_tokens: Quantity = 0
    audio_seconds: Quantity = 0
    input_characters: Quantity = 0
    input_document_pages: Quantity = 0
    web_searches: Quantity = 0
    generated_images: Quantity = 0
    is_batch: bool = False

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """The quantities that are not zero, by field name."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "is_batch" and value:
                yield field.name, value


@dataclass(frozen=True)
class CostLine:
    """One part of a cost: `quantity` of what `price_key` prices cost `usd`."""

    price_key: str
    quantity: Decimal
    usd: Decimal


@dataclass(frozen=True)
class Cost:
    """The cost of one call. `total_usd` is None exactly when the state is unpriced;
    otherwise `lines` add up to it."""

    state: CostState
    total_usd: Decimal | None
    lines: tuple[CostLine, ...] = ()
    notes: tuple[str, ...] = ()


def cost_of(usage: Usage, rates: Rates | None, at: datetime.datetime) -> Cost:
    """The cost of `usage` at the price `rates` at the moment `at` (aware).

    Raises ValueError where the parts of the usage exceed their whole.
    """
    if rates is None:
        return Cost(CostState.UNPRICED, None, notes=("No price is known.",))
    notes: list[str] = []
    price = _price_for(usage, rates, at, notes)
    with localcontext(EXACT):
        lines = [
            *_engine_lines(usage, rates, price),
            *_image_lines(usage, rates, notes),
        ]
        total = sum((line.usd for line in lines), ZERO)
    state = CostState.ESTIMATED if notes else CostState.COMPUTED
    return Cost(state, total, tuple(lines), tuple(notes))


def _price_for(
    usage: Usage, rates: Rates, at: datetime.datetime, notes: list[str]
) -> genai.ModelPrice:
    if not usage.is_batch:
        return rates.price_at(at)
    if not rates.has_variant(BATCH, at):
        notes.append("Batch price not known: the standard price is used.")
        return rates.price_at(at)
    return rates.price_at(at, BATCH)


def _engine_usage(usage: Usage, price: genai.ModelPrice) -> genai.Usage:
    """Usage in the engine's words. A part that the price does not tell apart stays in
    its whole: `genai-prices` refuses parts whose overlap nobody reported."""
    names = {"reasoning_tokens": "output_reasoning_tokens"}
    quantities = {
        names.get(name, name): value
        for name, value in usage.quantities()
        if name != "generated_images"
    }
    return genai.Usage(**quantities)


def _engine_lines(
    usage: Usage, rates: Rates, price: genai.ModelPrice
) -> Iterator[CostLine]:
    """One line a rate. Each comes from the engine itself, asked with every other rate
    at zero: rates decide only what a count costs, never how tokens are counted."""
    engine_usage = _engine_usage(usage, price)
    provider = rates.engine_provider
    keys = [key for key, rate in vars(price).items() if rate is not None]
    for key in keys:
        alone = dict.fromkeys(keys, ZERO) | {key: getattr(price, key)}
        unit = dict.fromkeys(keys, ZERO) | {key: Decimal(1)}
        usd = _engine_total(engine_usage, alone, provider)
        if usd:
            quantity = _engine_total(engine_usage, unit, provider) * PER[key]
            yield CostLine(key, quantity, usd)


def _engine_total(
    usage: genai.Usage,
    prices: Mapping[str, Decimal | genai.TieredPrices],
    provider: genai.Provider,
) -> Decimal:
    model = provider.models[0]
    info = genai.ModelInfo(
        id=model.id, match=model.match, prices=genai.ModelPrice(**prices)
    )
    return info.calc_price(usage, provider).total_price


def _image_lines(usage: Usage, rates: Rates, notes: list[str]) -> Iterator[CostLine]:
    if not usage.generated_images:
        return
    if rates.per_image_usd is None:
        notes.append("Price of a generated image not known: images are not in the sum.")
        return
    count = Decimal(usage.generated_images)
    yield CostLine("per_image_usd", count, count * rates.per_image_usd)
