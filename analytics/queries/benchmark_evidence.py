"""What finished benchmark runs say of models: the ground of recommendations, of the
measured indicators and of drift. Cases count as the same where their contents are
(`digest`), whatever suite or run they were asked in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import Avg, Count, Max, Q, QuerySet

from analytics.benchmarking.answers import Asked
from analytics.benchmarking.pairwise import Pair, pairs_of
from analytics.benchmarking.statistics.bootstrap import Interval, mean_intervals
from analytics.benchmarking.tabulating import Table
from analytics.models import BenchmarkResult, ResultState, RunState
from analytics.wilson import Rate, wilson
from registry.models import AIModel, Organization

Scores = dict[str, tuple[float, float]]
"""Digest of a case → its weight and its mean score."""


@dataclass(frozen=True)
class ModelEvidence:
    """`score` is the weighted mean over cases with its 95 % interval; `answered` the
    share of calls that brought an answer at all; `speed` output tokens a second of
    whole calls."""

    cases: int
    runs: int
    score: Interval
    answered: Rate | None
    latency_ms: float | None
    speed: float | None
    suites: tuple[str, ...]


@dataclass(frozen=True)
class PairEvidence:
    """A minus B, 0 to 1, over the cases that both answered in finished runs; both ends
    None where there are too few to say. `p_value` is of this pair alone."""

    cases: int
    difference: float
    low: float | None
    high: float | None
    p_value: float | None
    further_cases: int | None
    suites: tuple[str, ...]


def model_evidence(
    organization: Organization, ai_model: AIModel, *, tag: str = "", suite: str = ""
) -> ModelEvidence | None:
    """None where no finished run scored the model. `suite` is the key of a suite."""
    results = _results(organization, tag, suite).filter(contender__ai_model=ai_model)
    scores = scores_by_digest(results)
    interval = _interval(scores)
    if interval is None:
        return None
    facts = results.aggregate(
        done=Count("id", filter=Q(state=ResultState.DONE)),
        tried=Count("id"),
        runs=Count("run", distinct=True),
        mean_ms=Avg("latency_ms"),
        tokens=Avg("output_tokens", filter=Q(latency_ms__gt=0)),
        spent_ms=Avg("latency_ms", filter=Q(output_tokens__isnull=False)),
    )
    return ModelEvidence(
        cases=len(scores),
        runs=facts["runs"],
        score=interval,
        answered=wilson(facts["done"], facts["tried"]),
        latency_ms=facts["mean_ms"],
        speed=_speed(facts["tokens"], facts["spent_ms"]),
        suites=_suites(results),
    )


def pair_evidence(
    organization: Organization,
    a: AIModel,
    b: AIModel,
    *,
    tag: str = "",
    suite: str = "",
) -> PairEvidence | None:
    """None where the two were never asked the same case."""
    results = _results(organization, tag, suite)
    of_a = results.filter(contender__ai_model=a)
    of_b = results.filter(contender__ai_model=b)
    pair = pair_of_scores(scores_by_digest(of_a), scores_by_digest(of_b))
    if pair is None:
        return None
    return PairEvidence(
        cases=pair["cases"],
        difference=pair["difference"],
        low=pair["low"],
        high=pair["high"],
        p_value=pair["p"],
        further_cases=pair["further_cases"],
        suites=tuple(sorted({*_suites(of_a)} & {*_suites(of_b)})),
    )


def pair_of_scores(a: Scores, b: Scores) -> Pair | None:
    """A minus B over the cases of both; None where they share none."""
    shared = sorted(a.keys() & b.keys())
    if not shared:
        return None
    scores = np.array([[a[one][1], b[one][1]] for one in shared])
    table = Table(
        cases=tuple(Asked(number) for number in range(len(shared))),
        weights=np.array([a[one][0] for one in shared]),
        scores=scores,
        passes=np.full(scores.shape, np.nan),
    )
    return pairs_of(table)[0]


def scores_by_digest(results: QuerySet[BenchmarkResult]) -> Scores:
    """Repetitions and runs of the same case become one mean."""
    rows = (
        results.filter(score__isnull=False)
        .order_by()
        .values("case__digest")
        .annotate(weight=Max("case__weight"), mean=Avg("score"))
        .values_list("case__digest", "weight", "mean")
    )
    return {digest: (weight, mean) for digest, weight, mean in rows}


def _results(
    organization: Organization, tag: str, suite: str
) -> QuerySet[BenchmarkResult]:
    found = BenchmarkResult.objects.filter(
        run__organization=organization,
        run__state=RunState.DONE,
        state__in=(ResultState.DONE, ResultState.FAILED),
    )
    if tag:
        found = found.filter(case__tags__contains=[tag])
    if suite:
        found = found.filter(run__suite__key=suite)
    return found.order_by()


def _interval(scores: Scores) -> Interval | None:
    if not scores:
        return None
    weights, values = np.array(list(scores.values()), dtype=np.float64).T
    return mean_intervals(values[:, None], weights)[0]


def _suites(results: QuerySet[BenchmarkResult]) -> tuple[str, ...]:
    keys = results.order_by().values_list("run__suite__key", flat=True).distinct()
    return tuple(sorted(keys))


def _speed(tokens: float | None, spent_ms: float | None) -> float | None:
    return 1_000 * tokens / spent_ms if tokens and spent_ms else None
