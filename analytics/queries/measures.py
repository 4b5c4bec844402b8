"""Answers about usage, from rollups."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from analytics.histogram import Histogram
from analytics.measure_sql import statement
from analytics.queries.closed_answers import (
    CLOSED_ANSWERS,
    Found,
    Stretch,
    is_kept,
    stretches,
)
from analytics.questions import Answer, Dimension, Part, Question, Step
from analytics.sums import ADDITIVE, Sums, total
from analytics.tiers import Cover, Day, cover
from analytics.time_steps import step_starts

FACTS: Final = """
SELECT (SELECT max(before) FROM analytics_droppedusage),
    (SELECT min(marked_at) FROM analytics_dirtyhour WHERE organization_id = %s)
"""
CLOSED: Final = """
SELECT id, starts_at, ends_at, xmin::text FROM analytics_closedday AS day
WHERE organization_id = %s AND zone = %s AND starts_at >= %s AND ends_at <= %s
    AND NOT EXISTS (
        SELECT FROM analytics_dirtyhour AS mark
        WHERE mark.organization_id = day.organization_id
            AND mark.hour > day.starts_at - interval '1 hour'
            AND mark.hour < day.ends_at
    )
ORDER BY starts_at
"""
STILL_CLOSED: Final = "SELECT count(*) FROM analytics_closedday WHERE id = ANY(%s)"
Place = tuple[int, tuple[Any, ...]]
"""The number of a step, and the keys."""


def measure(question: Question) -> Answer:
    """The sums that `question` asks for.

    Closed days and whole hours come from rollups, what begins or ends within an hour
    from the records themselves, so that every time zone adds up: the parts of a range
    are its sum, and two ranges that touch share nothing. Where records were dropped
    for their age, an hour counts as a whole in the part that it begins in. Steps of an
    hour are hours in UTC. Calls recorded until `as_of` are in the answer; later ones
    may be. Three statements, some more for tags. Raises ValueError for a range of too
    many steps."""
    return measure_all([question])[0]


def measure_all(questions: Sequence[Question]) -> list[Answer]:
    """What `measure` says of each. All are about one organisation and one time zone:
    what holds for every answer is asked for once. Raises ValueError where they are
    not."""
    if len({(one.organization_id, one.zone.key) for one in questions}) != 1:
        raise ValueError("Questions of one page share organisation and time zone.")
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [questions[0].organization_id])
        dropped_before, dirty_since = cursor.fetchone()
    days = _closed_days([one for one in questions if one.step is not Step.HOUR])
    as_of = dirty_since or timezone.now()
    return [_answer(one, dropped_before, days, as_of) for one in questions]


def _answer(
    question: Question,
    dropped_before: datetime.datetime | None,
    closed: Sequence[Day],
    as_of: datetime.datetime,
) -> Answer:
    starts = _step_starts(question)
    bounds = [question.start, *starts[1:], question.end]
    reader = _Reader(bounds, dropped_before, _days_within(question, closed))
    found = (
        _by_tag(question, reader)
        if Dimension.TAG in {*question.split, *question.only}
        else reader.read(question)
    )
    # Thousands of parts share a few starts.
    there = [one.astimezone(question.zone) for one in starts]
    parts = [
        Part(there[step - 1] if question.step else None, keys, sums)
        for (step, keys), sums in _in_order(found)
    ]
    return Answer(question, tuple(parts), as_of)


def _closed_days(questions: Sequence[Question]) -> list[Day]:
    if not questions:
        return []
    start = min(one.start for one in questions)
    end = max(one.end for one in questions)
    first = questions[0]
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, [first.organization_id, first.zone.key, start, end])
        return [Day(*row) for row in cursor.fetchall()]


def _days_within(question: Question, days: Sequence[Day]) -> list[Day]:
    if question.step is Step.HOUR:
        return []
    start, end = question.start, question.end
    return [one for one in days if one.starts_at >= start and one.ends_at <= end]


def _step_starts(question: Question) -> list[datetime.datetime]:
    if question.step is None:
        return [question.start]
    return step_starts(question.start, question.end, question.step, question.zone)


def _in_order(found: dict[Place, Sums]) -> list[tuple[Place, Sums]]:
    # The same few keys stand in every step.
    words = {keys: [str(key) for key in keys] for _, keys in found}

    def place(one: tuple[Place, Sums]) -> tuple[object, ...]:
        (step, keys), sums = one
        return step, -sums.cost_usd, -sums.calls, words[keys]

    return sorted(found.items(), key=place)


@dataclasses.dataclass(frozen=True)
class _Reader:
    bounds: list[datetime.datetime]
    dropped_before: datetime.datetime | None
    closed: Sequence[Day]

    def read(self, question: Question) -> dict[Place, Sums]:
        """By step and keys; of tags, only calls that carry the tag."""
        is_by_tag = Dimension.TAG in {*question.split, *question.only}
        days = () if is_by_tag else self.closed
        found = cover(self.bounds, days, self.dropped_before)
        if not found.days:
            return dict(_read(question, self.bounds, found))
        closed = self._of_days(question, set(found.days))
        if closed is None:
            # One of their hours was built anew while this was read.
            whole = cover(self.bounds, (), self.dropped_before)
            return dict(_read(question, self.bounds, whole))
        if not (found.hours or found.records):
            return _merged(closed)
        rest = dataclasses.replace(found, days=())
        return _merged(chain(closed, _read(question, self.bounds, rest)))

    def _of_days(
        self, question: Question, taken: Collection[int]
    ) -> Iterator[tuple[Place, Sums]] | None:
        """Of closed days, those that were asked for before from memory; None where
        one is closed no more."""
        days = [one for one in self.closed if one.pk in taken]
        wanted = stretches(self.bounds, days)
        can_keep = is_kept(question)
        known = CLOSED_ANSWERS.find(question, wanted) if can_keep else {}
        missing = [one for one in wanted if one not in known]
        if missing:
            read = _read_days(question, missing)
            if not _are_still_closed(missing):
                return None
            if can_keep:
                CLOSED_ANSWERS.keep(question, read)
            known |= read
        return (((one.step, keys), sums) for one in wanted for keys, sums in known[one])


def _read(
    question: Question, bounds: Sequence[datetime.datetime], found: Cover
) -> list[tuple[Place, Sums]]:
    wanted = statement(question, bounds, found)
    with connection.cursor() as cursor:
        cursor.execute(wanted.text, wanted.parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [(_place(question, row), _sums(question, row)) for row in rows]


def _read_days(question: Question, wanted: Sequence[Stretch]) -> dict[Stretch, Found]:
    bounds = [one.days[0].starts_at for one in wanted]
    ids = tuple(day.pk for one in wanted for day in one.days)
    found: dict[Stretch, list[tuple[tuple[Any, ...], Sums]]] = {
        one: [] for one in wanted
    }
    for (number, keys), sums in _read(question, bounds, Cover(ids, (), ())):
        found[wanted[number - 1]].append((keys, sums))
    return {**found}


def _are_still_closed(wanted: Iterable[Stretch]) -> bool:
    days = [day.pk for one in wanted for day in one.days]
    with connection.cursor() as cursor:
        cursor.execute(STILL_CLOSED, [days])
        return bool(cursor.fetchone()[0] == len(days))


def _place(question: Question, row: tuple[Any, ...]) -> Place:
    return row[0], tuple(row[1 : 1 + len(question.split)])


def _sums(question: Question, row: tuple[Any, ...]) -> Sums:
    first = 1 + len(question.split)
    last = first + len(ADDITIVE)
    numbers = dict(zip(ADDITIVE, row[first:last], strict=True))
    if not question.with_histograms:
        return Sums(**numbers)
    latency, ttft = map(Histogram.from_bytes, row[last:])
    return Sums(**numbers, latency=latency, ttft=ttft)


def _by_tag(question: Question, reader: _Reader) -> dict[Place, Sums]:
    """Calls that carry the tag by its values, and those that do not as None: these are
    all calls less all that carry it."""
    wanted = question.only.get(Dimension.TAG)
    found = reader.read(question)
    if wanted is not None and None not in wanted:
        return found
    rest = _without_tag(question, reader)
    if Dimension.TAG in question.split:
        at = question.split.index(Dimension.TAG)
        rest = {
            (step, (*keys[:at], None, *keys[at:])): sums
            for (step, keys), sums in rest.items()
        }
    return _merged([*found.items(), *rest.items()])


def _without_tag(question: Question, reader: _Reader) -> dict[Place, Sums]:
    only = dict(question.only)
    only.pop(Dimension.TAG, None)
    split = tuple(one for one in question.split if one != Dimension.TAG)
    all_calls = reader.read(dataclasses.replace(question, only=only, split=split))
    tagged = _merged(
        ((step, keys[:-1]), sums)
        for (step, keys), sums in reader.read(
            dataclasses.replace(question, only=only, split=(*split, Dimension.TAG))
        ).items()
    )
    rest = {
        place: sums - tagged[place] if place in tagged else sums
        for place, sums in all_calls.items()
    }
    return {place: sums for place, sums in rest.items() if sums.calls > 0}


def _merged(found: Iterable[tuple[Place, Sums]]) -> dict[Place, Sums]:
    """Most places are found once; these cost next to nothing."""
    merged: dict[Place, Sums] = {}
    again: defaultdict[Place, list[Sums]] = defaultdict(list)
    for place, sums in found:
        if merged.setdefault(place, sums) is not sums:
            again[place].append(sums)
    for place, several in again.items():
        merged[place] = total([merged[place], *several])
    return merged
