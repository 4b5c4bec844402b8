"""Keeps beside a run what its pages show, so that none of them reads all results."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, FloatField, Q, Sum
from django.utils import timezone

from analytics.benchmarking.answers import Answer, Asked, Entrant
from analytics.benchmarking.judging import JUDGE, judge_agreement
from analytics.benchmarking.measuring import costs_of, rate
from analytics.benchmarking.summary import VERSION, Results, Summary, gist, summarise
from analytics.models import (
    BenchmarkCase,
    BenchmarkResult,
    BenchmarkRun,
    ResultState,
    RunState,
)
from analytics.queries.benchmark_progress import counts_to_keep
from analytics.services.model_measurements import note_run

FULL_UP_TO: Final = 3_000
"""Results of a run in progress that are summed up whole; more are only averaged."""
LIVE_RESAMPLES: Final = 300
UNTIL_THE_END: Final = (
    "rank",
    "wins",
    "p50_ms",
    "p95_ms",
    "ttft_p50_ms",
    "ttft_p95_ms",
    "tokens_per_s",
)
BY_A_JUDGE: Final = [{"kind": JUDGE}]
DONE: Final = Q(state=ResultState.DONE)
FAILED: Final = Q(state=ResultState.FAILED)


def refresh(run: BenchmarkRun) -> Summary:
    """Sum up the results that the run has, and store it with the run. Intervals and
    comparisons are left out while a long run is at work. Cheap enough for every few
    seconds; the last call, when nothing is left to be asked, makes all of it and tells
    the registry what was measured of the models."""
    waiting = run.results.filter(
        state__in=(ResultState.WAITING, ResultState.ASKING)
    ).count()
    total = run.results.count()
    if run.is_over or not waiting:
        kept = {"judge": _judged(run), "counts": counts_to_keep(run)}
        summary = summarise(results_of(run)) | kept
    elif total - waiting <= FULL_UP_TO:
        summary = summarise(results_of(run), LIVE_RESAMPLES)
    else:
        summary = _averages(run)
    summary |= {
        "is_final": run.is_over or not waiting,
        "as_of": timezone.now().isoformat(),
        "calls": total,
        "waiting": waiting,
    }
    BenchmarkRun.objects.filter(pk=run.pk).update(summary=summary)
    run.summary = summary
    if run.state == RunState.DONE:
        note_run(run)
    return summary


def _judged(run: BenchmarkRun) -> dict[str, Any]:
    """Read at the end only: scores with their details are wide."""
    judged = run.results.filter(state=ResultState.DONE, scores__contains=BY_A_JUDGE)
    scores = judged.order_by().values_list("scores", flat=True)
    return judge_agreement(scores.iterator(chunk_size=2_000))


def results_of(run: BenchmarkRun) -> Results:
    """All results of a run that are there, waiting ones too. Three queries."""
    cases = BenchmarkCase.objects.filter(
        pk__in=run.results.order_by().values("case_id").distinct()
    )
    return Results(
        cases=[
            Asked(pk, weight, tuple(tags))
            for pk, weight, tags in cases.order_by("position", "id").values_list(
                "id", "weight", "tags"
            )
        ],
        models=_models(run),
        answers=[
            Answer._make(row)
            for row in run.results.order_by().values_list(*Answer._fields)
        ],
    )


def _models(run: BenchmarkRun) -> list[Entrant]:
    return [
        Entrant(*row)
        for row in run.contenders.order_by("position").values_list(
            "id", "position", "reference"
        )
    ]


def _averages(run: BenchmarkRun) -> Summary:
    """The same document from sums of the database, without what needs every row."""
    rows = {row["contender_id"]: row for row in _sums(run)}
    models = [_averaged(one, rows.get(one.pk, {})) for one in _models(run)]
    return {
        "version": VERSION,
        "has_intervals": False,
        "cases": run.results.order_by().values("case_id").distinct().count(),
        "models": models,
        "pairs": [],
        "tags": [],
        **gist(models),
        "ties": None,
        "smallest_gap": None,
    }


def _sums(run: BenchmarkRun) -> Any:
    weight = F("case__weight")
    scored = DONE & Q(score__isnull=False)
    return (
        BenchmarkResult.objects.filter(run=run)
        .order_by()
        .values("contender_id")
        .annotate(
            calls=Count("id"),
            done=Count("id", filter=DONE),
            failed=Count("id", filter=FAILED),
            skipped=Count("id", filter=Q(state=ResultState.SKIPPED)),
            scored=Count("id", filter=scored),
            passes=Count("id", filter=scored & Q(is_passed=True)),
            weighted=Sum(F("score") * weight, filter=scored, output_field=FloatField()),
            weights=Sum(weight, filter=scored, output_field=FloatField()),
            cost=Sum("cost_usd", filter=DONE),
            judge_cost=Sum("judge_cost_usd", filter=DONE),
            priced=Count("cost_usd", filter=DONE),
            priced_passes=Count(
                "id", filter=DONE & Q(is_passed=True, cost_usd__isnull=False)
            ),
        )
    )


def _averaged(model: Entrant, row: dict[str, Any]) -> dict[str, Any]:
    done, failed, scored = (row.get(one, 0) for one in ("done", "failed", "scored"))
    judge: Decimal | None = row.get("judge_cost")
    return {
        "contender_id": model.pk,
        "position": model.position,
        "reference": model.reference,
        "score": {
            "value": row["weighted"] / row["weights"],
            "low": None,
            "high": None,
            "cases": scored,
        }
        if scored
        else None,
        "passed": rate(row.get("passes", 0), scored),
        "calls": row.get("calls", 0),
        "done": done,
        "failed": failed,
        "skipped": row.get("skipped", 0),
        "unscored": done - scored,
        "answered": rate(done, done + failed),
        "errors": {},
        **dict.fromkeys(UNTIL_THE_END),
        **costs_of(row.get("cost"), row.get("priced", 0), row.get("priced_passes", 0)),
        "judge_cost_usd": None if judge is None else str(judge),
        "unpriced": done - row.get("priced", 0),
    }
