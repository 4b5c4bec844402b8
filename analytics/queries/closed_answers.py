"""What was answered about closed days, kept by this process.

A closed day never changes: whoever builds one of its hours anew removes it, and the day
that is closed in its place is another row. So an answer is found again by the rows of
the days it is about, and nobody has to tell when it is wrong."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.db import connection

from analytics.measure_sql import JOINS
from analytics.questions import Dimension, Question
from analytics.sums import Sums
from analytics.tiers import Day, number_of

Found = Sequence[tuple[tuple[Any, ...], Sums]]
"""Keys of the split, and what they add up to."""
MOST_ROWS: Final = 30_000
"""A row takes about a kilobyte of memory."""
ROWS_OF_HISTOGRAMS: Final = 17


@dataclass(frozen=True)
class Stretch:
    """Closed days of one step and of one month, so that a day that is opened takes the
    answer about a month with it, not one about years."""

    step: int
    days: tuple[Day, ...]


def stretches(bounds: Sequence[Any], days: Iterable[Day]) -> list[Stretch]:
    """`days`, in order of time, by the step between `bounds` that they lie in."""

    def place(day: Day) -> tuple[int, int, int]:
        start = day.starts_at
        return number_of(start, bounds), start.year, start.month

    return [Stretch(key[0], tuple(found)) for key, found in groupby(days, place)]


def is_kept(question: Question) -> bool:
    """Not where other tables have a say: what they hold may change."""
    return not {Dimension.TAG, *JOINS} & {*question.split, *question.only}


class ClosedAnswers:
    """Answers by question and days, those asked for last; safe between threads."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most = most_rows
        self._rows = 0
        self._kept: OrderedDict[tuple[Any, ...], Found] = OrderedDict()
        self._lock = threading.Lock()

    def find(
        self, question: Question, wanted: Iterable[Stretch]
    ) -> dict[Stretch, Found]:
        """Of those `wanted` that are known."""
        shape, found = _shape(question), {}
        with self._lock:
            for one in wanted:
                key = (shape, one.days)
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[one] = self._kept[key]
        return found

    def keep(self, question: Question, answers: Mapping[Stretch, Found]) -> None:
        shape = _shape(question)
        with self._lock:
            for one, found in answers.items():
                key = (shape, one.days)
                size = _size(key, found)
                if size <= self._most:
                    self._rows += size - self._forget(key)
                    self._kept[key] = found
            while self._rows > self._most:
                key, found = self._kept.popitem(last=False)
                self._rows -= _size(key, found)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._rows = 0

    def _forget(self, key: tuple[Any, ...]) -> int:
        known = self._kept.pop(key, None)
        return 0 if known is None else _size(key, known)


def _shape(question: Question) -> tuple[Any, ...]:
    """All of a question but its time, which the days stand for: they are of one
    organisation and one zone."""
    return (
        connection.settings_dict["NAME"],
        question.split,
        frozenset(question.only.items()),
        question.with_histograms,
    )


def _size(key: tuple[Any, ...], found: Found) -> int:
    (*_, with_histograms), _days = key
    return 1 + len(found) * (ROWS_OF_HISTOGRAMS if with_histograms else 1)


CLOSED_ANSWERS: Final = ClosedAnswers()
