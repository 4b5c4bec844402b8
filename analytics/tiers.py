"""What an answer is put together from: closed days, whole hours, and records where a
step begins or ends within an hour. Pure."""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analytics.time_steps import hour_after, hour_before

Stretch = tuple[datetime.datetime, datetime.datetime]
"""From, to before."""


@dataclass(frozen=True)
class Day:
    """A closed day, by its row id. `version` is the transaction that wrote the row: a
    database that was set back to an earlier state gives the same id twice."""

    pk: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    version: str = ""


@dataclass(frozen=True)
class Cover:
    """Covers a range without gap and without overlap. `hours` are stretches of whole
    hours, `records` lie within an hour each."""

    days: tuple[int, ...]
    hours: tuple[Stretch, ...]
    records: tuple[Stretch, ...]


def cover(
    bounds: Sequence[datetime.datetime],
    days: Iterable[Day] = (),
    dropped_before: datetime.datetime | None = None,
) -> Cover:
    """Cover the range from the first of `bounds` to the last so that nothing lies
    across a bound. `days` are in order of time. Of hours before `dropped_before` there
    are no records any more: such an hour counts as a whole where it begins."""
    taken: list[int] = []
    hours: list[Stretch] = []
    records: list[Stretch] = []
    for low, high, day in _gaps(bounds, days):
        if day is not None:
            taken.append(day)
        elif dropped_before is not None and low < dropped_before:
            split = min(high, dropped_before)
            _add(hours, hour_after(low), hour_after(split))
            if split < high:
                _cover_gap(split, high, hours, records)
        else:
            _cover_gap(low, high, hours, records)
    return Cover(tuple(taken), tuple(hours), tuple(records))


def number_of(moment: datetime.datetime, bounds: Sequence[datetime.datetime]) -> int:
    """The step between `bounds` that a moment lies in, from 1."""
    return bisect.bisect_right(bounds, moment)


def _gaps(
    bounds: Sequence[datetime.datetime], days: Iterable[Day]
) -> Iterator[tuple[datetime.datetime, datetime.datetime, int | None]]:
    """The closed days that lie within a step, with their id, and what is between."""
    waiting = iter(days)
    day = next(waiting, None)
    for low, high in pairwise(bounds):
        at = low
        while day is not None and day.starts_at < high:
            if day.starts_at >= at and day.ends_at <= high:
                if at < day.starts_at:
                    yield at, day.starts_at, None
                yield day.starts_at, day.ends_at, day.pk
                at = day.ends_at
            elif day.ends_at > high:
                break
            day = next(waiting, None)
        if at < high:
            yield at, high, None


def _cover_gap(
    low: datetime.datetime,
    high: datetime.datetime,
    hours: list[Stretch],
    records: list[Stretch],
) -> None:
    first, last = hour_after(low), hour_before(high)
    if first > last:
        records.append((low, high))
        return
    if low < first:
        records.append((low, first))
    _add(hours, first, last)
    if last < high:
        records.append((last, high))


def _add(
    hours: list[Stretch], first: datetime.datetime, last: datetime.datetime
) -> None:
    """Append to what ends where this begins: one long stretch is read quickest."""
    if first >= last:
        return
    if hours and hours[-1][1] == first:
        hours[-1] = (hours[-1][0], last)
    else:
        hours.append((first, last))
