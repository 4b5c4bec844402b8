"""Answers made by hand, for what is drawn from them."""

import datetime
import zoneinfo
from decimal import Decimal
from typing import Any

from analytics.asked import Asked
from analytics.histogram import Histogram
from analytics.periods import Comparison, Range, compared_with, whole_days
from analytics.questions import Answer, Dimension, Part
from analytics.sums import Sums

UTC = zoneinfo.ZoneInfo("UTC")
NOW = datetime.datetime(2026, 11, 21, 12, 31, tzinfo=datetime.UTC)
FIRST, LAST = datetime.date(2026, 11, 2), datetime.date(2026, 11, 4)


def asked(comparison: Comparison = Comparison.NONE, **more: Any) -> Asked:
    """Three whole days that are over, by day."""
    period = whole_days(FIRST, LAST, UTC)
    usual = {
        "organization_id": 1,
        "now": NOW,
        "zone": UTC,
        "range": Range.CUSTOM,
        "period": period,
        "comparison": comparison,
        "compared": compared_with(period, Range.CUSTOM, comparison, NOW),
        "split": (Dimension.MODEL,),
    }
    return Asked(**{**usual, **more})


def used(cost: str = "1", calls: int = 1, **more: Any) -> Sums:
    """Good calls, one a request."""
    usual = {
        "calls": calls,
        "requests": calls,
        "answered": calls,
        "ok_calls": calls,
        "cost_usd": Decimal(cost),
        "input_tokens": 100 * calls,
        "output_tokens": 10 * calls,
    }
    return Sums(**{**usual, **more})


def took(*milliseconds: int) -> Histogram:
    return Histogram.of(milliseconds)


def day(number: int) -> datetime.datetime:
    """Midnight of the day of that place in the period, from 0."""
    at = FIRST + datetime.timedelta(days=number)
    return datetime.datetime.combine(at, datetime.time(), datetime.UTC)


def answer(question: Any, *parts: tuple[Any, ...]) -> Answer:
    """Parts as start, keys and sums."""
    return Answer(question, tuple(Part(*part) for part in parts), NOW)
