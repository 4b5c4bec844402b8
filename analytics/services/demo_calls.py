"""Writes the calls of the sample organisation: by COPY, some thousands at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from psycopg import sql

from analytics.demo.attempts import attempts
from analytics.demo.drafts import drafts
from analytics.demo.judging import Judgement, judgements
from analytics.demo.world import World
from analytics.months import Month
from analytics.recording.calls import Call
from analytics.recording.columns import ROW_COLUMNS, row_values
from analytics.services.partitions import ensure_partitions

AT_ONCE: Final = 4_000
USAGE: Final = "analytics_usagerecord"
FEEDBACK: Final = "analytics_feedback"
FEEDBACK_COLUMNS: Final = (
    "organization_id",
    "request_id",
    "name",
    "score",
    "comment",
    "tags",
    "created_at",
    "updated_at",
)
Tell = Callable[[float], None]
"""Hears which share (0–1) is done."""
Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True)
class Written:
    requests: int = 0
    calls: int = 0
    judgements: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(
            self.requests + other.requests,
            self.calls + other.calls,
            self.judgements + other.judgements,
        )


def write_calls(
    world: World, *, requests_per_day: float, seed: int, tell: Tell
) -> Written:
    """All calls of the period and what was said of them. Not one transaction: whoever
    is interrupted removes what is there."""
    story = world.story
    make_partitions(world)
    written = Written()
    drawn = drafts(story, requests_per_day, seed)
    while chunk := list(itertools.islice(drawn, AT_ONCE)):
        calls: list[tuple[object, ...]] = []
        said: list[tuple[object, ...]] = []
        for draft in chunk:
            rows = attempts(draft, world)
            calls += [row_values(Call(row)) for row in rows]
            said += [
                (world.organization_id, *_said(one))
                for one in judgements(draft, rows, story.prompt_changed_at)
            ]
        _copy(USAGE, ROW_COLUMNS, calls)
        _copy(FEEDBACK, FEEDBACK_COLUMNS, said)
        written += Written(len(chunk), len(calls), len(said))
        passed = chunk[-1].at - story.starts_at
        tell(passed / (story.ends_at - story.starts_at))
    return written


def make_partitions(world: World) -> None:
    """Months that are over have no partition yet, unless somebody used them."""
    month = Month.of(world.story.starts_at)
    while month <= Month.of(world.story.ends_at):
        ensure_partitions(0, month.start)
        month = month.plus(1)


def _said(one: Judgement) -> tuple[object, ...]:
    return (one.request_id, one.name, one.score, "", "{}", one.at, one.at)


def _copy(table: str, columns: Iterable[str], rows: Rows) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
