"""What was measured of a model beside what is documented of it, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analytics.tiles import NO_DATA
from registry.levels import Level
from registry.measured import Indicator, Measured, MeasuredBy
from registry.templatetags.display import DASH

WHERE: Final = {
    MeasuredBy.BENCHMARK: "in benchmarks",
    MeasuredBy.PRODUCTION: "in production",
}
Fact = tuple[str, str, str]
"""Label, value, and what must be known of it."""


@dataclass(frozen=True)
class Beside:
    """`evidence` is the address of the latest finished benchmark run, or empty."""

    facts: tuple[Fact, ...]
    evidence: str


def beside_facts(documented: Level, found: Sequence[Measured]) -> tuple[Fact, ...]:
    """Accuracy is documented and measured; nobody documents speed and reliability."""
    facts: list[Fact] = [("Accuracy, documented", *_documented(documented))]
    facts += _measured(Indicator.ACCURACY, found)
    for indicator in (Indicator.SPEED, Indicator.RELIABILITY):
        facts.append((f"{indicator.capitalize()}, documented", DASH, "no source"))
        facts += _measured(indicator, found)
    return tuple(facts)


def _documented(documented: Level) -> tuple[str, str]:
    if documented.value is None:
        return documented.text, "no source rates it"
    return documented.text, f"{documented.value} of 5, Arena rating"


def _measured(indicator: Indicator, found: Sequence[Measured]) -> list[Fact]:
    name = indicator.capitalize()
    facts = [
        (f"{name}, {WHERE[one.measured_by]}", one.text, _certainty(one))
        for one in found
        if one.indicator is indicator
    ]
    return facts or [(f"{name}, measured", DASH, NO_DATA)]


def _certainty(one: Measured) -> str:
    interval = f"95%: {one.interval}" if one.interval else NO_DATA
    return f"{interval}, {one.counted}, {one.day}"
