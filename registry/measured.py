"""What was measured of a model, beside what sources say of it. Pure."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Indicator(StrEnum):
    ACCURACY = "accuracy"
    SPEED = "speed"
    RELIABILITY = "reliability"


class MeasuredBy(StrEnum):
    """Benchmarks ask every model the same; production is what the product asked."""

    BENCHMARK = "benchmark"
    PRODUCTION = "production"


UNITS: Final = {
    (Indicator.ACCURACY, MeasuredBy.BENCHMARK): "cases",
    (Indicator.SPEED, MeasuredBy.BENCHMARK): "cases",
}
"""What is counted; calls else."""


UNIT_OF: Final = {
    Indicator.ACCURACY: " of 100",
    Indicator.SPEED: " tok/s",
    Indicator.RELIABILITY: "%",
}


@dataclass(frozen=True)
class Measured:
    """`value` is a score of 0 to 100 for accuracy, output tokens a second of whole
    calls for speed, and the share of calls that were answered, 0 to 1, for
    reliability. `low` and `high` hold 95 %, both None where too little was seen to say.
    `count` is of cases or calls, `measured_on` the day of the latest of them.
    `evidence` is the address of a page, or empty."""

    indicator: Indicator
    measured_by: MeasuredBy
    value: float
    low: float | None
    high: float | None
    count: int
    measured_on: datetime.date
    evidence: str = ""

    @property
    def text(self) -> str:
        """The value alone: “82.1 of 100”, “93 tok/s”, “99.8%”."""
        return f"{_number(self.indicator, self.value)}{_unit(self.indicator)}"

    @property
    def interval(self) -> str:
        """“78.0 to 86.2 of 100”; nothing where there is none."""
        if self.low is None or self.high is None:
            return ""
        low, high = (_number(self.indicator, one) for one in (self.low, self.high))
        return f"{low} to {high}{_unit(self.indicator)}"

    @property
    def counted(self) -> str:
        """“50 cases”, “1,204 calls”."""
        unit = UNITS.get((self.indicator, self.measured_by), "calls")
        return f"{self.count:,} {unit if self.count != 1 else unit[:-1]}"

    @property
    def day(self) -> str:
        return f"{self.measured_on.day} {self.measured_on:%b %Y}"

    @property
    def words(self) -> str:
        """“93 tok/s (95%: 88 to 98 tok/s) in benchmarks, 50 cases, 21 Nov 2026”."""
        interval = f" (95%: {self.interval})" if self.interval else ""
        where = (
            "in benchmarks"
            if self.measured_by is MeasuredBy.BENCHMARK
            else "in production"
        )
        few = "" if self.interval else ", not enough data for an interval"
        return f"{self.text}{interval} {where}, {self.counted}, {self.day}{few}"


def best(found: Iterable[Measured], indicator: Indicator) -> Measured | None:
    """Of one indicator: from production, which is what the product sees, else from
    benchmarks."""
    of_kind = {one.measured_by: one for one in found if one.indicator is indicator}
    return of_kind.get(MeasuredBy.PRODUCTION) or of_kind.get(MeasuredBy.BENCHMARK)


def _number(indicator: Indicator, value: float) -> str:
    if indicator is Indicator.RELIABILITY:
        return _percent(100 * value)
    if indicator is Indicator.SPEED:
        return f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    return f"{value:.1f}"


def _percent(value: float) -> str:
    """One digit; never 100 where something failed."""
    if value <= 99.9 or value == 100:
        return f"{value:.1f}"
    return f"{math.floor(100 * value) / 100:.2f}"


def _unit(indicator: Indicator) -> str:
    return UNIT_OF[indicator]
