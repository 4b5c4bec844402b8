"""What a new price changes, and what it does to a month's bill. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from registry.rates import base_rates

WORDS: Final = {
    "input_usd_per_million": "input",
    "output_usd_per_million": "output",
    "cache_read_usd_per_million": "cache reads",
    "cache_write_usd_per_million": "cache writes",
}
HUNDRED: Final = Decimal(100)
MILLION: Final = 1_000_000


@dataclass(frozen=True)
class RateChange:
    """A base rate in dollars per million tokens; None: there is or was none."""

    what: str
    before: Decimal | None
    after: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        if not self.before or self.after is None:
            return None
        return (self.after - self.before) / self.before * HUNDRED

    def is_at_least(self, floor_percent: Decimal) -> bool:
        """One that appears, vanishes or was zero is always large enough."""
        return self.percent is None or abs(self.percent) >= floor_percent


@dataclass(frozen=True)
class Tokens:
    """Of the last 30 days; `input` includes cached ones."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def billed(self) -> dict[str, int]:
        uncached = max(0, self.input - self.cache_read - self.cache_write)
        return {
            "input": uncached,
            "output": self.output,
            "cache reads": self.cache_read,
            "cache writes": self.cache_write,
        }


def rate_changes(
    before: dict[str, Any], after: dict[str, Any], floor_percent: Decimal
) -> list[RateChange]:
    """Base rates that differ enough between two stored prices (registry.rates). Empty
    where nothing does; tiers and prices of other units are not looked at."""
    old, new = base_rates(before), base_rates(after)
    changed = [
        RateChange(word, old[name], new[name])
        for name, word in WORDS.items()
        if old[name] != new[name]
    ]
    return changed if any(one.is_at_least(floor_percent) for one in changed) else []


def bill_change_usd(
    before: dict[str, Any], after: dict[str, Any], tokens: Tokens
) -> Decimal | None:
    """What the same tokens cost more (or, negative, less) under the new price, by base
    rates. None where either has tiers or lacks a rate of tokens that were used: then a
    sum of tokens does not say."""
    if _has_tiers(before) or _has_tiers(after):
        return None
    old, new = base_rates(before), base_rates(after)
    total = Decimal(0)
    for name, word in WORDS.items():
        count = tokens.billed[word]
        if not count:
            continue
        earlier, later = old[name], new[name]
        if earlier is None or later is None:
            return None
        total += (later - earlier) * count / MILLION
    return total


def _has_tiers(document: Mapping[str, Any]) -> bool:
    rates = document.get("standard", {})
    return bool(document.get("time_of_day")) or any(
        isinstance(rate, dict) for rate in rates.values()
    )
