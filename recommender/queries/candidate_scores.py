"""Candidates from first look to score: who may, who is worth pricing, how good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from statistics import median
from typing import Final

import numpy as np

from analytics.wilson import Rate
from recommender.queries.model_evidence import CaseScores
from recommender.queries.recommendation_ground import (
    Ground,
    latency_of,
    success_of,
)
from recommender.recommending.month import MonthCost
from recommender.recommending.pool import MeanMonth, PoolModel, Wanted
from recommender.recommending.results import Excluded
from recommender.scoring.facts import LATENCY_TARGET_MS, CandidateFacts, Yardsticks
from recommender.scoring.scores import Score, ranked, score
from recommender.scoring.weights import Weights
from recommender.use_cases import UseCase
from registry.templatetags.display import usd

FINALISTS: Final = 16
MOST_KNOWN: Final = 40
MOST_UNFIT: Final = 0.01
"""More requests than this share may not be too long for a candidate."""
CALLS_TO_JUDGE: Final = 100


@dataclass(frozen=True, kw_only=True)
class Job:
    """What candidates are wanted for. `barred` are models that are not to be proposed,
    with why. `timeout_ms`: a 95th percentile above it excludes."""

    use_case: UseCase
    weights: Weights
    wanted: Wanted
    month: MeanMonth = MeanMonth()
    feature_id: int | None = None
    current_id: int | None = None
    urgency: str = ""
    timeout_ms: float | None = None
    most_usd: Decimal | None = None
    least_quality: float | None = None
    barred: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sifted:
    """`finalists` are worth pricing; `possible` is how many could have been."""

    finalists: list[PoolModel]
    excluded: list[Excluded]
    possible: int


def sift(ground: Ground, job: Job, cases: CaseScores) -> Sifted:
    """Hard constraints first, then the best of a first look, and everything that the
    organisation knows of itself. The current model is always among them."""
    today = ground.now.date()
    pool = ground.pool
    possible: list[int] = []
    excluded = []
    found = pool.refusals(job.wanted, today)
    for place, (model, why) in enumerate(zip(pool.models, found, strict=True)):
        if model.pk in job.barred:
            why = (*why, job.barred[model.pk])
        if why:
            excluded.append(Excluded(model.reference, why, model.pk == job.current_id))
        else:
            possible.append(place)
    best = _best(ground, job, np.array(possible, dtype=int))
    known = ground.known_ids(cases)
    chosen = {pool.models[place].pk: pool.models[place] for place in best}
    mine = [pool.models[one] for one in possible if pool.models[one].pk in known]
    chosen |= {one.pk: one for one in mine[:MOST_KNOWN]}
    current = pool.by_pk.get(job.current_id or 0)
    if current is not None:
        chosen[current.pk] = current
    return Sifted(list(chosen.values()), excluded, len(possible))


def _best(ground: Ground, job: Job, possible: np.ndarray) -> Collection[int]:
    if len(possible) <= FINALISTS:
        return list(possible)
    points = ground.pool.first_look(job.use_case, job.weights, job.month)[possible]
    if job.most_usd is not None:
        monthly = ground.pool.rates[possible] @ np.array(job.month.kinds) / 1e6
        # What is too dear at list prices makes room for what is not.
        points = np.where(monthly <= float(job.most_usd), points, points - 1_000)
    order = np.argsort(-points, kind="stable")[:FINALISTS]
    return list(possible[order])


def scored(
    ground: Ground,
    job: Job,
    cases: CaseScores,
    finalists: Collection[PoolModel],
    costs: Mapping[int, MonthCost],
) -> list[Score]:
    """The best first; those that a measured fact excludes at the end, with the reason.
    `costs` by model."""
    against = yardsticks_of(ground, job, cases, costs)
    found = []
    for model in finalists:
        facts = candidate_facts(ground, job, cases, model, costs.get(model.pk))
        one = score(facts, job.weights, against)
        found.append(_with_floor(one, job, against))
    return ranked(found)


def yardsticks_of(
    ground: Ground, job: Job, cases: CaseScores, costs: Mapping[int, MonthCost]
) -> Yardsticks:
    """What all candidates of a job are held against."""
    current = costs.get(job.current_id or 0)
    known = [one.usd for one in costs.values() if one.usd is not None]
    reference = current.usd if current and current.usd else None
    if reference is None and known:
        reference = median(known)
    target = LATENCY_TARGET_MS.get(job.urgency, LATENCY_TARGET_MS["interactive"])
    return Yardsticks(
        reference_usd=reference,
        latency_target_ms=target,
        levels=ground.levels(cases, job.feature_id),
    )


def candidate_facts(
    ground: Ground,
    job: Job,
    cases: CaseScores,
    model: PoolModel,
    cost: MonthCost | None,
) -> CandidateFacts:
    sums = ground.sums(model.pk, job.feature_id)
    latency = latency_of(sums)
    success = success_of(sums)
    is_current = model.pk == job.current_id
    place = ground.pool.place(model.pk)
    why = [*ground.pool.refusals(job.wanted, ground.now.date())[place]]
    if model.pk in job.barred:
        why.append(job.barred[model.pk])
    least = ground.limits.least_success_percent / 100
    why += _measured_against(job, cost, latency.p95_ms, success, least)
    return CandidateFacts(
        reference=model.reference,
        suitability=ground.pool.fits(job.use_case)[place],
        rating=model.rating,
        measured=ground.measured(model, cases, job.feature_id),
        latency_p95_ms=latency.p95_ms,
        latency_low_ms=latency.low_ms,
        latency_high_ms=latency.high_ms,
        latency_calls=latency.calls,
        success=success,
        monthly_usd=cost.usd if cost else None,
        is_exact=job.feature_id is not None,
        is_current=is_current,
        excluded=tuple(why),
    )


def _measured_against(
    job: Job,
    cost: MonthCost | None,
    p95: float | None,
    success: Rate | None,
    least_success: float,
) -> list[str]:
    """What traffic and price say against it."""
    found = []
    if cost is not None and cost.unfit_share > MOST_UNFIT:
        found.append(
            f"cannot take {cost.unfit_share:.1%} of the requests: they are longer than "
            "its context window"
        )
    if (
        success is not None
        and success.count >= CALLS_TO_JUDGE
        and success.high < least_success
    ):
        found.append(
            f"answered only {success.share:.1%} of {success.count:,} calls "
            f"({least_success:.0%} are asked for)"
        )
    if job.timeout_ms is not None and p95 is not None and p95 > job.timeout_ms:
        found.append(
            f"takes {p95:,.0f} ms for 95 of 100 answers, and the limit is "
            f"{job.timeout_ms:,.0f} ms"
        )
    if job.most_usd is not None:
        if cost is None or cost.usd is None:
            found.append("has no known cost, so that it fits no budget")
        elif cost.usd > job.most_usd:
            found.append(f"costs {usd(cost.usd)} a month, above {usd(job.most_usd)}")
    return found


def _with_floor(one: Score, job: Job, against: Yardsticks) -> Score:
    if job.least_quality is None:
        return one
    quality = one.component("quality").score
    if quality is not None and quality >= job.least_quality:
        return one
    said = "not known" if quality is None else f"{quality:.0f} of 100"
    why = f"has a quality of {said}, and {job.least_quality:g} are asked for"
    facts = replace(one.facts, excluded=(*one.facts.excluded, why))
    return score(facts, job.weights, against)
