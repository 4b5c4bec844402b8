"""The cases of a suite as its page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q, QuerySet

from analytics.benchmarking.asking import facts_of
from analytics.benchmarking.scorers import (
    SCORER_KINDS,
    FieldType,
    ScorerField,
    can_score,
    read_scorers,
)
from analytics.benchmarking.scoring import Scorer, shown
from analytics.models import BenchmarkCase, BenchmarkSuite
from analytics.services.benchmark_cases import content_of, living_cases

PER_PAGE: Final = 50
LOOKED_AT: Final = 2_000
"""So many cases at most are looked at for what they lack."""


@dataclass(frozen=True)
class CaseLine:
    """`place` counts from 1 among those shown, on every page. `lack` says why nothing
    can score the case; empty where something can."""

    place: int
    case: BenchmarkCase
    prompt: str
    expected: str
    lack: str


@dataclass(frozen=True)
class CasesPage:
    lines: list[CaseLine]
    page: Page[BenchmarkCase]
    tags: list[tuple[str, int]]
    case_count: int
    unscored: int | None


@dataclass(frozen=True)
class ScorerLine:
    """A scorer of a suite in words; `number` from 1."""

    number: int
    label: str
    meaning: str
    settings: str
    weight: float


def cases_page(
    suite: BenchmarkSuite, words: str = "", tag: str = "", number: Any = 1
) -> CasesPage:
    """`unscored` is how many cases nothing can score, None in a very large suite."""
    everything = living_cases(suite).order_by("position", "pk")
    page = Paginator(_filtered(everything, words, tag), PER_PAGE).get_page(number)
    scorers = read_scorers(suite.scorers)
    case_count = everything.count()
    unscored = None
    if case_count <= LOOKED_AT:
        unscored = sum(bool(lack_of(one, scorers)) for one in everything)
    first = page.start_index()
    lines = [
        _line(place, case, scorers)
        for place, case in enumerate(page.object_list, start=first)
    ]
    return CasesPage(lines, page, tags_of(suite), case_count, unscored)


def lack_of(case: BenchmarkCase, scorers: Sequence[Scorer]) -> str:
    """Why nothing can score the case with the scorers of its suite, or its own."""
    facts = facts_of(case, "")
    return can_score(facts, read_scorers(case.scorers) if case.scorers else scorers)


def tags_of(suite: BenchmarkSuite) -> list[tuple[str, int]]:
    """Every tag with its number of cases, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tag, count(*) FROM analytics_benchmarkcase, unnest(tags) AS tag "
            "WHERE suite_id = %s AND replaced_at IS NULL GROUP BY tag ORDER BY tag",
            [suite.pk],
        )
        return [(str(tag), int(count)) for tag, count in cursor.fetchall()]


def scorer_lines(scorers: Sequence[dict[str, Any]]) -> list[ScorerLine]:
    lines = []
    for number, said in enumerate(scorers, start=1):
        kind = SCORER_KINDS[said["kind"]]
        fields = {one.name: one for one in kind.fields}
        settings = [
            f"{fields[name].label}: {_set_to(fields[name], value)}"
            for name, value in said.items()
            if name in fields
        ]
        weight = float(said.get("weight", 1))
        lines.append(
            ScorerLine(number, kind.label, kind.meaning, "; ".join(settings), weight)
        )
    return lines


def _filtered(
    cases: QuerySet[BenchmarkCase], words: str, tag: str
) -> QuerySet[BenchmarkCase]:
    if tag:
        cases = cases.filter(tags__contains=[tag])
    if words:
        cases = cases.filter(
            Q(key__icontains=words)
            | Q(messages__icontains=words)
            | Q(rubric__icontains=words)
        )
    return cases


def _line(place: int, case: BenchmarkCase, scorers: Sequence[Scorer]) -> CaseLine:
    expected = "" if case.expected is None else shown(case.expected, None)
    prompt = content_of(case).prompt
    return CaseLine(place, case, prompt, expected, lack_of(case, scorers))


def _set_to(field: ScorerField, value: Any) -> str:
    """The value of a setting in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.type == FieldType.CHOICE:
        return dict(field.choices).get(value, str(value))
    if field.type == FieldType.TEXTS:
        texts = [value] if isinstance(value, str) else value
        return ", ".join(f"“{one}”" for one in texts)
    return shown(value, None)
