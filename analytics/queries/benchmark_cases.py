"""The cases of a run with what each model scored, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Avg, Exists, F, OuterRef, Q, QuerySet, Subquery

from analytics.benchmark_export import COLUMNS as COLUMNS_OF_FILE
from analytics.models import (
    BenchmarkCase,
    BenchmarkContender,
    BenchmarkResult,
    BenchmarkRun,
    ResultState,
)

PAGE: Final = 50
COLUMNS: Final = 6
ROWS_AT_ONCE: Final = 2_000
EXPORTED: Final = (
    "contender__reference",
    "case__key",
    "case__tags",
    "case__weight",
    *COLUMNS_OF_FILE[4:],
)
After = tuple[int, int] | None


@dataclass(frozen=True)
class CaseLine:
    """`cells` are one a model: a result that stands for it, the mean score of its
    repetitions, and their number."""

    case: BenchmarkCase
    cells: list[tuple[BenchmarkResult | None, float | None, int]]

    @property
    def question(self) -> str:
        messages = self.case.messages or [{}]
        return str(messages[-1].get("content", ""))

    @property
    def gap(self) -> float | None:
        """First minus second model."""
        scores = [score for _, score, _ in self.cells[:2]]
        if len(scores) < 2 or scores[0] is None or scores[1] is None:
            return None
        return scores[0] - scores[1]


@dataclass(frozen=True)
class CasePage:
    contenders: list[BenchmarkContender]
    lines: list[CaseLine]
    next_after: str


def case_page(
    run: BenchmarkRun,
    *,
    contender: BenchmarkContender | None = None,
    tag: str = "",
    outcome: str = "",
    after: After = None,
) -> CasePage:
    """Three queries, whatever the number of results."""
    contenders = list(run.contenders.order_by("position"))
    shown = [contender] if contender else contenders[:COLUMNS]
    cases = _cases(run, contenders[:1])
    if tag:
        cases = cases.filter(tags__contains=[tag])
    if outcome:
        cases = _with_outcome(cases, run, contender, outcome)
    return _page(run, shown, cases, after)


def differing_page(
    run: BenchmarkRun, pair: Sequence[BenchmarkContender], after: After = None
) -> CasePage:
    """The cases that two models scored differently."""
    a, b = (Subquery(_mean(run, one)) for one in pair)
    cases = _cases(run, list(pair[:1])).annotate(score_a=a, score_b=b)
    cases = cases.filter(score_a__isnull=False, score_b__isnull=False)
    return _page(run, list(pair), cases.exclude(score_a=F("score_b")), after)


def case_answers(run: BenchmarkRun, case: BenchmarkCase) -> list[BenchmarkResult]:
    """Every answer to one case, by model and repetition."""
    return list(
        run.results.filter(case=case)
        .select_related("contender__ai_model__provider")
        .order_by("contender__position", "repetition")
    )


def export_rows(run: BenchmarkRun) -> Iterator[tuple[Any, ...]]:
    """Every result, oldest first; some at a time, so that a large run fits."""
    last = 0
    results = run.results.order_by("id").values_list("id", *EXPORTED)
    while rows := list(results.filter(id__gt=last)[:ROWS_AT_ONCE]):
        last = rows[-1][0]
        yield from (row[1:] for row in rows)


def tags_of(run: BenchmarkRun) -> list[str]:
    """From the summary: nobody reads all cases for a list of choices."""
    return [str(one["tag"]) for one in run.summary.get("tags", [])]


def _cases(
    run: BenchmarkRun, first: Sequence[BenchmarkContender]
) -> QuerySet[BenchmarkCase]:
    """Every contender is asked every case, so that the first one knows them all; the
    unique index of results finds a case of a contender at once."""
    asked = BenchmarkResult.objects.filter(
        run=run, contender__in=first, case=OuterRef("pk")
    )
    cases = BenchmarkCase.objects.filter(Exists(asked), suite_id=run.suite_id)
    return cases.order_by("position", "id")


def _with_outcome(
    cases: QuerySet[BenchmarkCase],
    run: BenchmarkRun,
    contender: BenchmarkContender | None,
    outcome: str,
) -> QuerySet[BenchmarkCase]:
    results = BenchmarkResult.objects.filter(run=run, case=OuterRef("pk"))
    if contender and outcome != "split":
        results = results.filter(contender=contender)
    passed = Exists(results.filter(is_passed=True))
    wrong = Exists(results.filter(state=ResultState.DONE, is_passed=False))
    if outcome == "passed":
        return cases.filter(passed)
    if outcome == "failed":
        return cases.filter(wrong)
    if outcome == "split":
        return cases.filter(passed, wrong)
    return cases.filter(Exists(results.filter(state=ResultState.FAILED)))


def _page(
    run: BenchmarkRun,
    shown: list[BenchmarkContender],
    cases: QuerySet[BenchmarkCase],
    after: After,
) -> CasePage:
    if after:
        position, pk = after
        # The first condition is one that an index can begin at.
        cases = cases.filter(position__gte=position).filter(
            Q(position__gt=position) | Q(id__gt=pk)
        )
    found = list(cases[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    cells = _cells(run, shown, found)
    lines = [
        CaseLine(case, [cells[case.pk, one.pk] for one in shown]) for case in found
    ]
    last = found[-1] if found and more else None
    return CasePage(shown, lines, f"{last.position}-{last.pk}" if last else "")


def _cells(
    run: BenchmarkRun,
    shown: Sequence[BenchmarkContender],
    cases: Sequence[BenchmarkCase],
) -> Any:
    found: defaultdict[tuple[int, int], list[BenchmarkResult]] = defaultdict(list)
    results = run.results.filter(contender__in=shown, case__in=cases)
    for one in results.defer("answer", "scores", "error").order_by("repetition"):
        found[one.case_id, one.contender_id].append(one)
    told = {key: _cell(several, run.pass_score) for key, several in found.items()}
    return defaultdict(lambda: (None, None, 0), told)


def _cell(
    several: list[BenchmarkResult], pass_score: float
) -> tuple[BenchmarkResult, float | None, int]:
    scores = [one.score for one in several if one.score is not None]
    mean = sum(scores) / len(scores) if scores else None
    first = several[0]
    if len(several) > 1 and mean is not None:
        # Shown as one answer with the mean of all; it is not saved.
        first.score, first.is_passed = mean, mean >= pass_score
    return first, mean, len(several)


def _mean(run: BenchmarkRun, contender: BenchmarkContender) -> Any:
    return (
        BenchmarkResult.objects.filter(
            run=run, contender=contender, case=OuterRef("pk"), score__isnull=False
        )
        .order_by()
        .values("case")
        .annotate(mean=Avg("score"))
        .values("mean")
    )
