"""What people say of answers, and how far judges agree with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q

from analytics.benchmarking.agreement import Agreement, with_people
from analytics.benchmarking.judging import JUDGE
from analytics.models import BenchmarkResult, BenchmarkRun, BenchmarkVerdict
from registry.models import User

MOST_READ: Final = 5_000
"""Answers with verdicts of people that are read; nobody judges more by hand."""


@dataclass(frozen=True)
class Said:
    """What people said of one answer; `mine` None: the person who looks did not."""

    right: int = 0
    wrong: int = 0
    mine: bool | None = None

    @property
    def words(self) -> str:
        """“2 right, 1 wrong”; nothing where nobody said anything."""
        both = ((self.right, "right"), (self.wrong, "wrong"))
        return ", ".join(f"{count} {word}" for count, word in both if count)


@dataclass(frozen=True)
class AgainstPeople:
    """How far judges, and the score as a whole, agree with people. `judged` are
    answers that a person judged; those on which people are even count for nobody."""

    has_judges: bool
    judged: int
    lines: tuple[tuple[str, Agreement], ...]


def said_of(
    results: Sequence[BenchmarkResult], person: User
) -> list[tuple[BenchmarkResult, Said]]:
    """Each answer with what people said of it; one query."""
    rows = BenchmarkVerdict.objects.filter(result__in=results).values_list(
        "result_id", "is_right", "by_id"
    )
    found: defaultdict[int, list[tuple[bool, int | None]]] = defaultdict(list)
    for result_id, is_right, by_id in rows:
        found[result_id].append((is_right, by_id))
    return [(one, _said(found[one.pk], person)) for one in results]


def against_people(run: BenchmarkRun) -> AgainstPeople:
    """A judge calls an answer right from the pass score of the run on. One query."""
    rows = list(
        run.results.filter(verdicts__isnull=False)
        .order_by()
        .annotate(
            right=Count("verdicts", filter=Q(verdicts__is_right=True)),
            wrong=Count("verdicts", filter=Q(verdicts__is_right=False)),
        )
        .values_list("pk", "score", "scores", "right", "wrong")[:MOST_READ]
    )
    voted: dict[Hashable, float] = {
        pk: float(right > wrong) for pk, _, _, right, wrong in rows if right != wrong
    }
    by_judge = _by_judge({pk: scores for pk, _, scores, _, _ in rows})
    whole: dict[Hashable, float] = {
        pk: score for pk, score, _, _, _ in rows if score is not None
    }
    lines = [
        (name, with_people(judged, voted, run.pass_score))
        for name, judged in sorted(by_judge.items())
    ]
    if voted:
        lines.append(("The score", with_people(whole, voted, run.pass_score)))
    has_judges = bool(by_judge) or bool(run.summary.get("judge"))
    return AgainstPeople(has_judges, len(voted), tuple(lines))


def _by_judge(
    scores_of: Mapping[int, Sequence[Mapping[str, Any]]],
) -> dict[str, dict[Hashable, float]]:
    """Model of a judge → its values by answer. A judge that stands in two scorers
    counts with the first."""
    found: defaultdict[str, dict[Hashable, float]] = defaultdict(dict)
    for pk, scores in scores_of.items():
        for score in scores:
            if score.get("kind") != JUDGE:
                continue
            for one in score.get("details", {}).get("judges", ()):
                if one.get("value") is not None:
                    found[str(one["model"])].setdefault(pk, float(one["value"]))
    return dict(found)


def _said(rows: Sequence[tuple[bool, int | None]], person: User) -> Said:
    mine = next((is_right for is_right, by in rows if by == person.pk), None)
    right = sum(is_right for is_right, _ in rows)
    return Said(right, len(rows) - right, mine)
