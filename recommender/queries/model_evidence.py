"""What the organisation itself found out about models: benchmarks, votes, feedback and
calls, as evidence for one feature."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Avg, BooleanField, Case, Max, Q, Value, When

from analytics.benchmarking.statistics.bootstrap import FEW_CASES
from analytics.models import BenchmarkResult, ResultState, RunState
from analytics.queries.benchmark_evidence import Scores, pair_of_scores
from analytics.sums import Sums
from recommender.queries.vote_strengths import vote_strengths
from recommender.recommending.standing import Pairing
from recommender.scoring.evidence import Kind, Measured
from registry.models import Feature, Organization

PICTURES: Final = "image_analysis"


@dataclass(frozen=True)
class CaseScores:
    """By model: the mean score of each case (by its contents), and the suites."""

    by_model: Mapping[int, Scores] = field(default_factory=dict)
    suites: Mapping[int, frozenset[str]] = field(default_factory=dict)
    _pairs: dict[tuple[int, int], Pairing | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def measured(self, ai_model_id: int) -> Measured | None:
        scores = self.by_model.get(ai_model_id)
        if not scores:
            return None
        weight = math.fsum(one for one, _ in scores.values())
        mean = math.fsum(one * mean for one, mean in scores.values()) / weight
        return Measured(Kind.BENCHMARK, mean, len(scores))

    def pairing(self, candidate: int, current: int) -> Pairing | None:
        """The candidate minus the current model; None where they share no case. Worked
        out once: the bootstrap takes milliseconds, and many features ask."""
        key = (candidate, current)
        if key not in self._pairs:
            self._pairs[key] = self._paired(candidate, current)
        return self._pairs[key]

    def _paired(self, candidate: int, current: int) -> Pairing | None:
        a, b = self.by_model.get(candidate, {}), self.by_model.get(current, {})
        pair = pair_of_scores(a, b)
        if pair is None:
            return None
        shared = self.suites.get(candidate, frozenset()) & self.suites.get(
            current, frozenset()
        )
        return Pairing(
            pair["cases"],
            pair["difference"],
            pair["low"],
            pair["high"],
            pair["mean_square"],
            tuple(sorted(shared)),
        )


@dataclass(frozen=True)
class Asked:
    """All scored cases of finished runs. `own` are the keys of features that the case
    is of: drawn from its requests, tagged with its key or in a suite of that key."""

    rows: tuple[tuple[int, str, float, float, bool, str, frozenset[str]], ...]
    _kept: dict[object, CaseScores] = field(
        default_factory=dict, compare=False, repr=False
    )

    def for_feature(self, feature: Feature) -> CaseScores:
        """The feature's own cases where there are enough; else all that are of its
        kind: with images where it needs them, without where not."""
        own = [one for one in self.rows if feature.key in one[6]]
        if len({one[1] for one in own}) >= FEW_CASES:
            # Features of one suite share its cases, and what is worked out of them.
            return self._of(frozenset((one[1], one[5]) for one in own), own)
        sees = PICTURES in feature.required_capabilities
        return self._of(sees, [one for one in self.rows if one[4] == sees])

    def _of(self, key: object, rows: Collection[tuple[Any, ...]]) -> CaseScores:
        if key not in self._kept:
            self._kept[key] = _scores(rows)
        return self._kept[key]

    def of_all(self) -> CaseScores:
        return _scores(list(self.rows))


def asked_cases(
    organization: Organization, ai_model_ids: Collection[int] | None = None
) -> Asked:
    """One query. Repetitions and runs of the same case are one mean."""
    results = BenchmarkResult.objects.filter(
        run__organization=organization,
        run__state=RunState.DONE,
        state=ResultState.DONE,
        score__isnull=False,
        contender__ai_model__isnull=False,
    )
    if ai_model_ids is not None:
        results = results.filter(contender__ai_model__in=ai_model_ids)
    rows: Any = (  # the stubs do not follow annotations
        results.order_by()
        .annotate(
            has_images=Case(
                When(~Q(case__image_digests=[]), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
        .values_list(
            "contender__ai_model_id",
            "case__digest",
            "has_images",
            "run__suite__key",
            "case__tags",
            "case__origin__feature",
        )
        .annotate(weight=Max("case__weight"), mean=Avg("score"))
    )
    return Asked(
        tuple(
            (pk, digest, weight, mean, images, suite, frozenset({suite, *tags, origin}))
            for pk, digest, images, suite, tags, origin, weight, mean in rows
            if math.isfinite(mean)
        )
    )


def _scores(rows: Collection[tuple[Any, ...]]) -> CaseScores:
    found: defaultdict[int, dict[str, list[tuple[float, float]]]]
    found = defaultdict(lambda: defaultdict(list))
    suites: defaultdict[int, set[str]] = defaultdict(set)
    for pk, digest, weight, mean, _, suite, _ in rows:
        found[pk][digest].append((weight, mean))
        suites[pk].add(suite)
    return CaseScores(
        {
            pk: {digest: _joined(several) for digest, several in cases.items()}
            for pk, cases in found.items()
        },
        {pk: frozenset(keys) for pk, keys in suites.items()},
    )


def _joined(several: list[tuple[float, float]]) -> tuple[float, float]:
    """The same content in several suites is one case."""
    means = [mean for _, mean in several]
    return max(weight for weight, _ in several), math.fsum(means) / len(means)


def voted(organization: Organization, feature_key: str = "") -> dict[str, Measured]:
    """By reference: the share of comparisons that a model wins."""
    return {
        row.reference: Measured(Kind.VOTES, row.strength.share, row.strength.games)
        for row in vote_strengths(organization, feature_key).rows
    }


def from_calls(sums: Sums | None) -> Iterator[Measured]:
    """Feedback, and how many calls went well."""
    if sums is None:
        return
    if sums.feedback_count and sums.mean_feedback is not None:
        mean = (sums.mean_feedback + 1) / 2
        yield Measured(Kind.FEEDBACK, mean, sums.feedback_count)
    success = sums.call_success
    if success is not None:
        yield Measured(Kind.PRODUCTION, success.share, success.count)
