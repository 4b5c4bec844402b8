"""A quick first look at what a call costs, so that the cheapest of thousands of models
are found without pricing every one of them in full. Pure.

`plain_usd` is the true cost of a call at a plain price. For anything it does not know
how to read it says None, and the caller asks `registry.pricing.cost_of` instead.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from registry.pricing import BATCH, ZERO, Usage

PLAIN: Final = frozenset({"input_mtok", "output_mtok", "cache_read_mtok"})
UNUSED: Final = frozenset(
    {
        "cache_write_mtok",
        "cache_write_1h_mtok",
        "web_searches_kcount",
        "storage_searches_kcount",
        "input_audio_mtok",
        "output_audio_mtok",
        "audio_hours",
    }
)
"""Rates for what a calculator's call never uses."""
READABLE: Final = PLAIN | UNUSED
MILLION: Final = Decimal(1_000_000)


def plain_usd(document: Mapping[str, Any], usage: Usage, batch: bool) -> Decimal | None:
    """Dollars for one call, or None where only the full calculation can tell:
    time-of-day prices, unusual rates, and a batch price where `batch` is asked."""
    standard = document.get("standard", {})
    if not READABLE.issuperset(standard) or document.get("time_of_day"):
        return None
    if batch and any(each["when"] == BATCH for each in document.get("variants", ())):
        return None
    whole = Decimal(usage.input_tokens)
    cached = Decimal(usage.cache_read_tokens)
    if "cache_read_mtok" not in standard:
        cached = ZERO
    return (
        _rate(standard.get("input_mtok"), whole) * (whole - cached)
        + _rate(standard.get("cache_read_mtok"), whole) * cached
        + _rate(standard.get("output_mtok"), whole) * Decimal(usage.output_tokens)
    ) / MILLION


def lacks_rate(document: Mapping[str, Any], usage: Usage) -> bool:
    """Whether the price has no rate for the tokens of this call at all, so that it is
    not worth asking for the sum."""
    standard = document.get("standard", {})
    return bool(
        (usage.input_tokens and "input_mtok" not in standard)
        or (usage.output_tokens and "output_mtok" not in standard)
    )


def _rate(rate: str | dict[str, Any] | None, input_tokens: Decimal) -> Decimal:
    """The rate in force for a call with `input_tokens`: tiers apply to all tokens."""
    if rate is None:
        return ZERO
    if isinstance(rate, str):
        return Decimal(rate)
    passed = [tier for tier in rate["tiers"] if input_tokens > int(tier["start"])]
    if not passed:
        return Decimal(rate["base"])
    return Decimal(max(passed, key=lambda tier: int(tier["start"]))["price"])
