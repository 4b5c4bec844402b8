"""The optimal mix of an organisation: its features, what each may have, and what that
would cost and be worth on the calls of the last month."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from recommender.mix.problem import FeatureNeed, Goal, Limits, Option, Problem
from recommender.queries.candidate_scores import (
    Job,
    candidate_facts,
    yardsticks_of,
)
from recommender.queries.feature_traffic import month_costs
from recommender.queries.model_evidence import CaseScores
from recommender.queries.recommendation_ground import Ground, ground_of
from recommender.queries.recommending import feature_job
from recommender.recommending.month import MonthCost
from recommender.recommending.pool import PoolModel
from recommender.recommending.standing import judge
from recommender.scoring.components import quality
from recommender.scoring.facts import Yardsticks, known
from registry.models import Feature, Organization
from registry.queries.features import features_of


@dataclass(frozen=True, kw_only=True)
class MixAsked:
    """`least_quality` is 0 to 100 for every feature, `most_loss` how many points of it
    a feature may lose against its current model. `is_tested`: only candidates that
    paired benchmarks show to be no worse."""

    goal: Goal = Goal.CHEAPEST
    limits: Limits = Limits()
    least_quality: float | None = None
    most_loss: float | None = None
    most_latency_ms: float | None = None
    is_tested: bool = False


@dataclass(frozen=True)
class MixGround:
    """`features` have a model and calls; `left_out` are the others, with why."""

    features: tuple[Feature, ...] = ()
    left_out: tuple[tuple[Feature, str], ...] = ()
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    untested: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)


def mix_ground(organization: Organization, now: datetime.datetime) -> MixGround:
    """All that problems are made of, whatever is asked then."""
    ground = ground_of(organization, now)
    chosen: list[tuple[Feature, Job]] = []
    left_out = []
    for feature in features_of(organization):
        job = feature_job(ground, feature)
        why = _left_out(ground, feature, job)
        if why:
            left_out.append((feature, why))
        else:
            chosen.append((feature, job))
    current = {job.current_id for _, job in chosen}
    models = [
        one for one in ground.pool.models if one.facts.is_enabled or one.pk in current
    ]
    costs = month_costs(
        organization, now, models, ground.usage, [one.pk for one, _ in chosen]
    )
    options, untested = {}, {}
    for feature, job in chosen:
        cases = ground.asked.for_feature(feature)
        of_feature = {
            pk: one for (owner, pk), one in costs.items() if owner == feature.pk
        }
        options[feature.key] = tuple(_options(ground, job, cases, models, of_feature))
        untested[feature.key] = dict(_untested(ground, job, cases, models))
    return MixGround(
        tuple(one for one, _ in chosen),
        tuple(left_out),
        options,
        untested,
        {one.key: ground.usage.of(one.pk).requests for one, _ in chosen},
    )


def problem_of(ground: MixGround, asked: MixAsked) -> Problem:
    """Raises ValueError for limits that make no sense."""
    return Problem(
        needs=tuple(_need(ground, one.key, asked) for one in ground.features),
        limits=asked.limits,
        goal=asked.goal,
    )


def _left_out(ground: Ground, feature: Feature, job: Job) -> str:
    if job.current_id is None:
        return "has no model"
    if not ground.usage.of(feature.pk).is_enough:
        return "has fewer than three days with calls"
    return ""


def _need(ground: MixGround, key: str, asked: MixAsked) -> FeatureNeed:
    options = ground.options[key]
    if asked.is_tested:
        untested = ground.untested[key]
        options = tuple(
            _barred(one, untested.get(one.reference, "")) for one in options
        )
    floors = [one for one in (asked.least_quality, _floor(options, asked)) if one]
    return FeatureNeed(
        key=key,
        options=options,
        quality_floor=max(floors, default=None),
        latency_ceiling_ms=asked.most_latency_ms,
        importance=float(ground.requests[key]),
    )


def _floor(options: tuple[Option, ...], asked: MixAsked) -> float | None:
    current = next((one.quality for one in options if one.is_current), None)
    if asked.most_loss is None or current is None:
        return None
    return max(0.0, current - asked.most_loss)


def _barred(option: Option, why: str) -> Option:
    if not why or option.is_current or option.excluded:
        return option
    return Option(
        reference=option.reference,
        provider=option.provider,
        cost_usd=option.cost_usd,
        quality=option.quality,
        latency_ms=option.latency_ms,
        excluded=why,
    )


def _options(
    ground: Ground,
    job: Job,
    cases: CaseScores,
    models: list[PoolModel],
    costs: Mapping[int, MonthCost],
) -> Iterator[Option]:
    against = yardsticks_of(ground, job, cases, costs)
    for model in models:
        yield _option(ground, job, cases, model, costs.get(model.pk), against)


def _option(
    ground: Ground,
    job: Job,
    cases: CaseScores,
    model: PoolModel,
    cost: MonthCost | None,
    against: Yardsticks,
) -> Option:
    facts = candidate_facts(ground, job, cases, model, cost)
    usd = cost.usd if cost else None
    is_current = model.pk == job.current_id
    return Option(
        reference=model.reference,
        provider=model.provider,
        cost_usd=float("nan") if usd is None else float(usd),
        quality=quality(facts, against).score,
        latency_ms=known(facts.latency_p95_ms),
        is_current=is_current,
        excluded="; ".join(facts.excluded),
    )


def _untested(
    ground: Ground, job: Job, cases: CaseScores, models: list[PoolModel]
) -> Iterator[tuple[str, str]]:
    """By reference: why a candidate is not shown to be no worse."""
    current = job.current_id or 0
    margin = ground.limits.margin_points / 100
    for model in models:
        if model.pk == current:
            continue
        judgement = judge(cases.pairing(model.pk, current), margin)
        if judgement.standing.needs_benchmark:
            yield model.reference, "needs a benchmark"
        elif judgement.standing == "worse":
            yield model.reference, "is shown to be worse"
