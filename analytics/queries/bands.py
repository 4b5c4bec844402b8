"""Bands of a time, as few as a question needs."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Max

from analytics.bands.band import Band
from analytics.bands.sql import (
    BANDS,
    KEYS,
    RECORDS,
    SIZES,
    TOTALS,
    other_sums,
    sums,
)
from analytics.models import DroppedUsage
from analytics.services.bands import current_edges
from analytics.tiers import cover
from analytics.time_steps import hour_before

DAY: Final = datetime.timedelta(days=1)
COUNTS: Final = tuple(name for name in TOTALS if name != "cost_usd")
APART: Final = ("period", "clock", "side")
Filters = Mapping[str, frozenset[int | str | None]]


@dataclass(frozen=True, kw_only=True)
class BandQuestion:
    """Bands of calls from `start` to before `end` (aware), by `keys` (of
    `bands.sql.KEYS`; the others are left at their defaults), of those whose keys are
    among `only`. Calls of both sides of one of `moments`, or of one of `clocks`
    (times of day, UTC), are never in one band. `edges` are sizes of input to tell apart
    where `keys` leave `above_tokens` out, which makes far fewer bands."""

    organization_id: int
    start: datetime.datetime
    end: datetime.datetime
    keys: tuple[str, ...] = KEYS
    moments: frozenset[datetime.datetime] = frozenset()
    clocks: frozenset[datetime.time] = frozenset()
    edges: frozenset[int] = frozenset()
    only: Filters = field(default_factory=dict)


def bands_between(question: BandQuestion) -> list[Band]:
    """Whole hours come from stored bands. Hours that begin or end outside, or within
    which a price changes, are added up from their records, while there are some."""
    bounds = {question.start, question.end, *_cuts(question)}
    covered = cover(sorted(bounds), (), _dropped_before())
    found: list[Band] = []
    for relation, stretches in ((BANDS, covered.hours), (RECORDS, covered.records)):
        for start, end in stretches:
            found += _read(relation, question, start, end)
    return found


def _dropped_before() -> datetime.datetime | None:
    last = DroppedUsage.objects.aggregate(last=Max("before"))["last"]
    assert last is None or isinstance(last, datetime.datetime)  # noqa: S101  # for mypy
    return last


def _cuts(question: BandQuestion) -> Iterator[datetime.datetime]:
    """Moments within the range at which a price changes."""
    day = question.start.astimezone(datetime.UTC).date()
    while day <= question.end.astimezone(datetime.UTC).date():
        for clock in question.clocks:
            moment = datetime.datetime.combine(day, clock, datetime.UTC)
            # Hours are told apart anyway; only what is within one costs a query.
            if hour_before(moment) != moment and _is_within(question, moment):
                yield moment
        day += DAY
    yield from (one for one in question.moments if _is_within(question, one))


def _is_within(question: BandQuestion, moment: datetime.datetime) -> bool:
    return question.start < moment < question.end


def _read(
    relation: str,
    question: BandQuestion,
    start: datetime.datetime,
    end: datetime.datetime,
) -> list[Band]:
    values: dict[str, Any] = {
        "organization": question.organization_id,
        "start": start,
        "end": end,
        "edges": current_edges() if relation == RECORDS else None,
        "moments": sorted(question.moments),
        "clocks": sorted(question.clocks),
        "sides": sorted(question.edges),
    }
    cut = relation + _conditions(question.only, values)
    timed = f"SELECT *, {_times(question)} FROM ({cut}) AS cut WHERE true"  # noqa: S608
    keys = (*question.keys, *APART)
    with connection.cursor() as cursor:
        cursor.execute(sums(timed, keys), values)
        rows = cursor.fetchall()
        others = _others(cursor, timed, keys, values, rows)
    return [
        _band(question.keys, row, others.get(row[1 : len(keys) + 1])) for row in rows
    ]


def _times(question: BandQuestion) -> str:
    """Numbers of what is between two moments, two clocks, two edges."""
    side = "width_bucket(above_tokens, %(sides)s::int[])"
    moment = "width_bucket(at, %(moments)s::timestamptz[])"
    clock = "width_bucket((at AT TIME ZONE 'UTC')::time, %(clocks)s::time[])"
    return (
        f"{moment if question.moments else '0'} AS period, "
        f"{clock if question.clocks else '0'} AS clock, "
        f"{side if question.edges else '0'} AS side"
    )


def _conditions(only: Filters, values: dict[str, Any]) -> str:
    """More of a WHERE clause, with its values in `values`. Raises KeyError for what is
    no key of a band."""
    text = ""
    for name, wanted in only.items():
        column = KEYS[KEYS.index(name)]
        values[f"only_{column}"] = [one for one in wanted if one is not None]
        none = f" OR {column} IS NULL" if None in wanted else ""
        text += f" AND ({column} = ANY(%(only_{column})s){none})"
    return text


def _others(
    cursor: Any,  # Django's, which has no public type
    relation: str,
    keys: tuple[str, ...],
    values: dict[str, Any],
    rows: list[tuple[Any, ...]],
) -> dict[tuple[Any, ...], dict[str, Decimal]]:
    """What was used beside tokens, by the values of the keys. No query where nothing
    was."""
    if "other_names" not in keys:
        return {}
    place = 1 + keys.index("other_names")
    if not any(row[place] for row in rows):
        return {}
    cursor.execute(other_sums(relation, keys), values)
    found: defaultdict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(dict)
    for *key, name, total in cursor.fetchall():
        found[tuple(key)][name] = total
    return dict(found)


def _band(
    keys: tuple[str, ...], row: tuple[Any, ...], others: dict[str, Decimal] | None
) -> Band:
    at, *rest = row
    told = dict(zip((*keys, *APART, *SIZES, *TOTALS), rest, strict=True))
    for name in APART:
        del told[name]
    for name in COUNTS:
        told[name] = int(told[name])
    return Band(at=at, other_counts=others or {}, **told)
