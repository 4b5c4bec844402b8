"""The sections of data quality as tables; None where a figure is not known."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from analytics.queries import data_quality
from analytics.queries.data_quality import Twice
from analytics.queries.invoice_differences import Difference, invoice_differences
from analytics.queries.measures import measure
from analytics.questions import Part, Question, Step
from registry.models import Organization

TWICE_DAYS: Final = datetime.timedelta(days=7)
"""Records are looked through for these, so they are not many."""
Moment = datetime.datetime
Rows = Callable[[Organization, Moment, Moment, Path], Iterator[tuple[Any, ...]]]
"""Of an organisation, from a moment to now, with the spool of this machine."""


def calls_by_day(
    organization: Organization, start: Moment, end: Moment, zone: ZoneInfo
) -> tuple[Part, ...]:
    question = Question(
        organization_id=organization.pk, start=start, end=end, zone=zone, step=Step.DAY
    )
    return measure(question).parts


def shares_of(part: Part) -> tuple[datetime.date, float, float]:
    """The day, and the shares of its calls that are not priced and estimated."""
    sums = part.sums
    day = part.start.date() if part.start else datetime.date.min
    return day, sums.unpriced_share, sums.estimated_calls / (sums.calls or 1)


def told_twice(organization: Organization, start: Moment, end: Moment) -> list[Twice]:
    return data_quality.told_twice(organization, max(start, end - TWICE_DAYS), end)


def invoices(
    organization: Organization, first: datetime.date, end: Moment
) -> list[Difference]:
    return invoice_differences(organization, first, end.astimezone(datetime.UTC).date())


def _shares(
    organization: Organization, start: Moment, end: Moment, spool: Path
) -> Iterator[tuple[Any, ...]]:
    zone = ZoneInfo(organization.time_zone)
    for part in calls_by_day(organization, start, end, zone):
        sums = part.sums
        counts = (sums.calls, sums.unpriced_calls, sums.estimated_calls)
        yield shares_of(part)[0], *counts, sums.estimated_usd


def _twice(
    organization: Organization, start: Moment, end: Moment, spool: Path
) -> Iterator[tuple[Any, ...]]:
    yield from told_twice(organization, start, end)


def _late(
    organization: Organization, start: Moment, end: Moment, spool: Path
) -> Iterator[tuple[Any, ...]]:
    for one in data_quality.arrivals(organization, start):
        yield *one[:4], int(one.most_late.total_seconds())


def _refused(
    organization: Organization, start: Moment, end: Moment, spool: Path
) -> Iterator[tuple[Any, ...]]:
    yield from data_quality.refusals(organization, start, spool)


def _metrics(
    organization: Organization, start: Moment, end: Moment, spool: Path
) -> Iterator[tuple[Any, ...]]:
    for told in data_quality.metrics_and_spans(organization, start, end):
        yield tuple(vars(told).values())


def _hours(
    organization: Organization, start: Moment, end: Moment, spool: Path
) -> Iterator[tuple[Any, ...]]:
    for found in data_quality.findings(organization, start):
        moments = (found.hour.isoformat(), found.found_at.isoformat())
        yield *moments, found.record_calls, found.rollup_calls


def _invoices(
    organization: Organization, start: Moment, end: Moment, spool: Path
) -> Iterator[tuple[Any, ...]]:
    first = start.astimezone(ZoneInfo(organization.time_zone)).date()
    for one in invoices(organization, first, end):
        yield (
            *(one.day, one.name, one.ours_usd, one.theirs_usd, one.change_usd),
            None if one.percent is None else round(one.percent, 2),
            *(one.ours_tokens, one.theirs_tokens, one.note),
        )


TABLES: Final[dict[str, tuple[tuple[str, ...], Rows]]] = {
    "shares": (
        ("day", "calls", "unpriced_calls", "estimated_calls", "estimated_usd"),
        _shares,
    ),
    "twice": (("what", "calls", "is_counted_twice"), _twice),
    "late": (
        ("source", "accepted", "duplicates", "late_calls", "most_late_s"),
        _late,
    ),
    "refused": (("source", "field", "reason", "last_day", "lines"), _refused),
    "metrics": (
        ("model", "metric_calls", "span_calls", "metric_tokens", "span_tokens"),
        _metrics,
    ),
    "hours": (("hour", "found_at", "record_calls", "rollup_calls"), _hours),
    "invoices": (
        (
            *("day", "model", "recorded_usd", "invoiced_usd", "difference_usd"),
            *("difference_percent", "recorded_tokens", "invoiced_tokens", "note"),
        ),
        _invoices,
    ),
}
"""By the name of its file: heading and rows."""
