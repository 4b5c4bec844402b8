"""How a model or a feature really did, from its answers of some days. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analytics.asked import Level
from analytics.periods import Period
from analytics.questions import Answer, Step
from analytics.readings import ONE, SUCCESS_NAMES, Reading
from analytics.series import along
from analytics.tiles import FEW_TRIALS, NO_DATA, interval_text, share_text
from analytics.timeline import timeline
from analytics.wilson import Rate
from registry.templatetags.display import DASH, duration, usd

WIDTH: Final = 72
HEIGHT: Final = 28


@dataclass(frozen=True)
class Performance:
    """`facts` are label, value and what must be known of it; `trend` are the points of
    a small line of calls a day, empty where there are too few days."""

    count: int
    facts: tuple[tuple[str, str, str], ...]
    trend: str
    trend_words: str
    is_little: bool


def performance(
    answer: Answer, period: Period, level: Level, now: datetime.datetime
) -> Performance:
    reading = Reading(answer.total, level)
    line = timeline(period, Step.DAY, now)
    counts = [Reading(one, level).count for one in along(answer, line)]
    return Performance(
        count=reading.count,
        facts=(
            (SUCCESS_NAMES[level], *_rate(reading.success)),
            ("Latency p50", *_time(reading.p50_ms)),
            ("Latency p95", *_time(reading.p95_ms)),
            (f"Cost per {ONE[level]}", usd(reading.cost_each_usd), _unpriced(reading)),
            ("Confidence", *_confidence(reading)),
        ),
        trend=_points(counts),
        trend_words=f"{ONE[level].capitalize()}s a day, at most {max(counts):,}",
        is_little=reading.count < FEW_TRIALS,
    )


def _rate(rate: Rate | None) -> tuple[str, str]:
    if rate is None:
        return DASH, NO_DATA
    few = f", {NO_DATA}" if rate.count < FEW_TRIALS else ""
    return share_text(rate.share), f"{interval_text(rate)}{few}"


def _time(value: float | None) -> tuple[str, str]:
    return duration(value), NO_DATA if value is None else ""


def _unpriced(reading: Reading) -> str:
    if not reading.sums.unpriced_calls:
        return ""
    return f"{share_text(reading.sums.unpriced_share)} of calls not priced"


def _confidence(reading: Reading) -> tuple[str, str]:
    """As told with feedback."""
    mean = reading.sums.mean_confidence
    if mean is None:
        return DASH, "nobody told one"
    return f"{mean:.2f}", f"mean of {reading.sums.confidence_count:,}"


def _points(counts: Sequence[int]) -> str:
    """Of an SVG line WIDTH by HEIGHT."""
    most = max(counts, default=0)
    if len(counts) < 2 or not most:
        return ""
    across = WIDTH / (len(counts) - 1)
    return " ".join(
        f"{number * across:.1f},{HEIGHT - 2 - (HEIGHT - 4) * count / most:.1f}"
        for number, count in enumerate(counts)
    )
