"""The rows of the daily table in the order of a page, and as lines of a file."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from analytics.queries.daily_table import DailyRow
from analytics.sums import Sums, total
from analytics.table_files import csv_lines
from registry.money import exact_text

PAGE_ROWS: Final = 100
CHUNK_DAYS: Final = 31
COLUMNS: Final = (
    "date",
    "organization",
    "model",
    "feature",
    "requests",
    "calls",
    "success_share",
    "success_low",
    "success_high",
    "latency_mean_ms",
    "confidence_mean",
    "cost_usd",
    "unpriced_calls",
)
SORTS: Final[Mapping[str, Callable[[DailyRow], Any]]] = {
    "date": lambda row: row.date,
    "model": lambda row: model_words(row).lower(),
    "feature": lambda row: row.feature.label.lower(),
    "requests": lambda row: row.requests,
    "calls": lambda row: row.calls,
    "success": lambda row: row.success and row.success.share,
    "time": lambda row: row.mean_latency_ms,
    "confidence": lambda row: row.mean_confidence,
    "cost": lambda row: row.cost_usd,
}
"""By which column; a minus before it turns the order around."""
ASCENDING: Final = frozenset({"model", "feature"})
"""Columns that begin with the smallest."""
USUAL: Final = "date"


@dataclass(frozen=True)
class DailyPage:
    """The rows of page `number` of `pages`, from 1; `whole` is of all pages."""

    rows: Sequence[DailyRow]
    number: int
    pages: int
    count: int
    whole: Sums


def model_words(row: DailyRow) -> str:
    return row.model.reference or row.model.label


def daily_page(rows: Sequence[DailyRow], sort: str, number: int) -> DailyPage:
    """A page that is not there is the nearest."""
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    shown = min(max(number, 1), pages)
    first = (shown - 1) * PAGE_ROWS
    return DailyPage(
        rows=in_order(rows, sort)[first : first + PAGE_ROWS],
        number=shown,
        pages=pages,
        count=len(rows),
        whole=total(row.sums for row in rows),
    )


def column_of(sort: str) -> tuple[str, bool]:
    """Which column, and whether turned around; one that is not known is the usual."""
    name = sort.removeprefix("-")
    return (name, sort.startswith("-")) if name in SORTS else (USUAL, False)


def in_order(rows: Sequence[DailyRow], sort: str) -> list[DailyRow]:
    """What is not known comes last, whichever way round; equals by day, the newest
    first."""
    column, is_reversed = column_of(sort)
    value = SORTS[column]
    by_day = sorted(rows, key=lambda row: row.date, reverse=True)
    known = [row for row in by_day if value(row) is not None]
    descending = (column not in ASCENDING) != is_reversed
    ordered = sorted(known, key=value, reverse=descending)
    return [*ordered, *(row for row in by_day if value(row) is None)]


def spans(
    first: datetime.date, last: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """The days in stretches that one question is asked about, so that a file of years
    is made as it is sent."""
    while first <= last:
        end = min(first + datetime.timedelta(days=CHUNK_DAYS - 1), last)
        yield first, end
        first = end + datetime.timedelta(days=1)


def csv_of(rows: Iterable[DailyRow], organization: str) -> Iterator[str]:
    return csv_lines(chain([COLUMNS], (_values(row, organization) for row in rows)))


def json_of(rows: Iterable[DailyRow], organization: str) -> Iterator[str]:
    """A list, row by row."""
    yield "["
    for number, row in enumerate(rows):
        document = dict(zip(COLUMNS, _values(row, organization), strict=True))
        yield (",\n" if number else "\n") + json.dumps(document)
    yield "\n]\n"


def _values(row: DailyRow, organization: str) -> tuple[Any, ...]:
    rate, cost = row.success, row.cost_usd
    return (
        row.date.isoformat(),
        organization,
        model_words(row),
        row.feature.label,
        row.requests,
        row.calls,
        rate and rate.share,
        rate and rate.low,
        rate and rate.high,
        row.mean_latency_ms,
        row.mean_confidence,
        None if cost is None else exact_text(cost),
        row.unpriced_calls,
    )
