"""The models of a run against themselves in an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.benchmarking.pairwise import comparison
from analytics.benchmarking.statistics.verdicts import Comparison, verdict
from analytics.models import BenchmarkContender, BenchmarkRun, RunState
from analytics.queries.benchmark_evidence import pair_of_scores, scores_by_digest

MODELS: Final = 8
RUNS: Final = 20


@dataclass(frozen=True)
class Drifted:
    """One model now and then. `now` and `then` are its parts of the summaries."""

    contender: BenchmarkContender
    found: Comparison | None
    words: str
    now: Mapping[str, Any]
    then: Mapping[str, Any]


def earlier_runs(run: BenchmarkRun) -> list[BenchmarkRun]:
    """Finished ones with a model of this run, the latest first."""
    references = run.contenders.values("reference")
    return list(
        BenchmarkRun.objects.filter(
            organization_id=run.organization_id,
            state=RunState.DONE,
            number__lt=run.number,
            contenders__reference__in=references,
        )
        .select_related("suite")
        .distinct()
        .order_by("-number")[:RUNS]
    )


def drift(run: BenchmarkRun, before: BenchmarkRun) -> list[Drifted]:
    """Over the cases whose content is the same in both runs."""
    older = {one.reference: one for one in before.contenders.all()}
    shared = [one for one in run.contenders.all() if one.reference in older]
    return [_drifted(one, older[one.reference], before) for one in shared[:MODELS]]


def _drifted(
    now: BenchmarkContender, then: BenchmarkContender, before: BenchmarkRun
) -> Drifted:
    pair = pair_of_scores(
        scores_by_digest(now.results.all()), scores_by_digest(then.results.all())
    )
    found = comparison(pair) if pair else None
    return Drifted(
        now,
        found,
        verdict(found, "This run", f"run {before.number}")
        if found
        else "No case is the same in both runs.",
        part_of(now.run, now),
        part_of(before, then),
    )


def part_of(run: BenchmarkRun, contender: BenchmarkContender) -> Mapping[str, Any]:
    """What the summary of the run says of one model."""
    models: list[dict[str, Any]] = run.summary.get("models", [])
    return next((one for one in models if one["contender_id"] == contender.pk), {})
