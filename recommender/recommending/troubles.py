"""What is wrong with the model that a feature has, apart from its price. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analytics.wilson import Rate

SOON: Final = datetime.timedelta(days=60)
"""So long before its last day a model is to be replaced."""
FEWEST_CALLS: Final = 20
"""Of fewer calls nothing is shown, however bad they look."""


class Kind(StrEnum):
    """What a proposal is for."""

    SAVING = "saving"
    RETIRING = "retiring"
    QUALITY = "quality"
    LATENCY = "latency"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """How the current model does at the feature, and what is asked of it. Rates are of
    its own calls there, 0 to 1; `quality` is 0 to 100 with its interval. None: not
    known, or not asked for."""

    today: datetime.date
    retired_on: datetime.date | None = None
    timeout_ms: float | None = None
    p95_ms: float | None = None
    p95_low_ms: float | None = None
    timed_calls: int = 0
    success: Rate | None = None
    least_success: float = 0.0
    quality: tuple[float, float, float] | None = None
    least_quality: float | None = None


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something to mend. `text` reads on after "The model". `measured` and `limit` are
    days, milliseconds, or shares and points, by `measure`."""

    kind: Kind
    measure: str
    text: str
    limit: float | None = None
    measured: float | None = None
    low: float | None = None
    high: float | None = None
    due_on: datetime.date | None = None


@dataclass(frozen=True)
class Findings:
    """`troubles` are shown, the most urgent first; `doubts` are sentences about what
    may be one: not enough data."""

    troubles: tuple[Trouble, ...] = ()
    doubts: tuple[str, ...] = ()


def is_leaving(retired_on: datetime.date | None, today: datetime.date) -> bool:
    return retired_on is not None and retired_on <= today + SOON


def findings(condition: Condition) -> Findings:
    found = [
        *_retirement(condition),
        *_success(condition),
        *_quality(condition),
        *_latency(condition),
    ]
    return Findings(
        tuple(one for one in found if isinstance(one, Trouble)),
        tuple(one for one in found if isinstance(one, str)),
    )


def _retirement(found: Condition) -> Iterator[Trouble]:
    last = found.retired_on
    if last is None or not is_leaving(last, found.today):
        return
    days = (last - found.today).days
    day = f"{last.day} {last:%b %Y}"
    text = f"was retired on {day}; its calls may fail any day."
    if days > 0:
        text = f"is retired on {day}, in {days} day{'' if days == 1 else 's'}."
    yield Trouble(
        kind=Kind.RETIRING, measure="date", text=text, measured=days, due_on=last
    )


def _success(found: Condition) -> Iterator[Trouble | str]:
    seen, least = found.success, found.least_success
    if seen is None or seen.share >= least:
        return
    ends = f"{seen.low:.1%} to {seen.high:.1%}"
    said = f"{seen.share:.1%} of {seen.count:,} calls ({ends}); {least:.0%} are asked"
    if seen.high >= least or seen.count < FEWEST_CALLS:
        yield f"Calls that go well may be too few: {said} for. Not enough data to tell."
        return
    yield Trouble(
        kind=Kind.QUALITY,
        measure="success",
        text=f"answered only {said} for.",
        limit=least,
        measured=seen.share,
        low=seen.low,
        high=seen.high,
    )


def _quality(found: Condition) -> Iterator[Trouble | str]:
    least, seen = found.least_quality, found.quality
    if least is None:
        return
    if seen is None:
        yield f"Its quality is not known; {least:g} of 100 are asked for."
        return
    score, low, high = seen
    if score >= least:
        return
    said = f"{score:.0f} of 100 ({low:.0f} to {high:.0f}); {least:g} are asked for."
    if high >= least:
        yield f"Its quality may be too low: {said} Not enough data to tell."
        return
    yield Trouble(
        kind=Kind.QUALITY,
        measure="quality",
        text=f"has a quality of {said}",
        limit=least,
        measured=score,
        low=low,
        high=high,
    )


def _latency(found: Condition) -> Iterator[Trouble | str]:
    limit, p95 = found.timeout_ms, found.p95_ms
    if limit is None or p95 is None or p95 <= limit:
        return
    low = found.p95_low_ms
    said = (
        f"{p95:,.0f} ms for 95 of 100 answers over {found.timed_calls:,} calls; the "
        f"limit is {limit:,.0f} ms."
    )
    if found.timed_calls < FEWEST_CALLS or low is None or low <= limit:
        yield f"It may be too slow: {said} Not enough data to tell."
        return
    yield Trouble(
        kind=Kind.LATENCY,
        measure="latency",
        text=f"takes {said}",
        limit=limit,
        measured=p95,
        low=low,
    )
