"""The optimal mix of an organisation: its features, what each may have, and what that
would cost and be worth on the calls of the last month."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

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
from recommender.recommending.month import MonthCost, Traffic
from recommender.recommending.pool import PoolModel
from recommender.recommending.standing import Standing, judge
from recommender.scoring.components import quality
from recommender.scoring.facts import Yardsticks, known
from registry.models import Feature, Organization
from registry.queries.features import features_of


@dataclass(frozen=True, kw_only=True)
class MixAsked:
    """`least_quality` is 0 to 100 for every feature, `most_loss` how many points of it
    a feature may lose against its current model; None: any. `is_tested`: only
    candidates that paired benchmarks show to be no worse."""

    goal: Goal = Goal.CHEAPEST
    limits: Limits = Limits()
    least_quality: float | None = None
    most_loss: float | None = None
    most_latency_ms: float | None = None
    is_tested: bool = False


@dataclass(frozen=True)
class MixGround:
    """`features` have a model and calls; `left_out` are the others, with why.
    `standings` are of candidates against the current model, by paired cases."""

    features: tuple[Feature, ...] = ()
    left_out: tuple[tuple[Feature, str], ...] = ()
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    standings: Mapping[str, Mapping[str, Standing]] = field(default_factory=dict)
    traffic: Mapping[str, Traffic] = field(default_factory=dict)


def mix_ground(
    organization: Organization, now: datetime.datetime, asked: MixAsked
) -> MixGround:
    """All that problems are made of."""
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
    options, standings = {}, {}
    margin = _margin(ground, asked)
    for feature, job in chosen:
        cases = ground.asked.for_feature(feature)
        of_feature = {
            pk: one for (owner, pk), one in costs.items() if owner == feature.pk
        }
        options[feature.key] = tuple(_options(ground, job, cases, models, of_feature))
        if margin is not None:
            pairs = _standings(job, cases, models, margin)
            standings[feature.key] = dict(pairs)
    return MixGround(
        tuple(one for one, _ in chosen),
        tuple(left_out),
        options,
        standings,
        {one.key: ground.usage.of(one.pk) for one, _ in chosen},
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
    standings = ground.standings.get(key, {})
    options = tuple(
        _barred(one, standings.get(one.reference), asked.is_tested) for one in options
    )
    floors = [one for one in (asked.least_quality, _floor(options, asked)) if one]
    return FeatureNeed(
        key=key,
        options=options,
        quality_floor=max(floors, default=None),
        latency_ceiling_ms=asked.most_latency_ms,
        importance=float(ground.traffic[key].requests),
    )


def _floor(options: tuple[Option, ...], asked: MixAsked) -> float | None:
    current = next((one.quality for one in options if one.is_current), None)
    if asked.most_loss is None or current is None:
        return None
    return max(0.0, current - asked.most_loss)


def _margin(ground: Ground, asked: MixAsked) -> float | None:
    """By how much a candidate may be worse, 0 to 1; None: by anything."""
    if asked.most_loss is not None:
        return max(asked.most_loss, ground.limits.margin_points) / 100
    return ground.limits.margin_points / 100 if asked.is_tested else None


def _barred(option: Option, standing: Standing | None, is_tested: bool) -> Option:
    """What benchmarks show to be worse never, what they do not tell of only where all
    is to be tested."""
    if option.is_current or option.excluded or standing is None:
        return option
    if standing is Standing.WORSE:
        return replace(option, excluded="is shown to be worse by benchmarks")
    if is_tested and standing.needs_benchmark:
        return replace(option, excluded="needs a benchmark")
    return option


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
    worth = quality(facts, against)
    is_known = worth.score is not None
    is_current = model.pk == job.current_id
    return Option(
        reference=model.reference,
        provider=model.provider,
        cost_usd=float("nan") if usd is None else float(usd),
        quality=worth.score,
        quality_low=worth.low if is_known else None,
        quality_high=worth.high if is_known else None,
        latency_ms=known(facts.latency_p95_ms),
        is_current=is_current,
        excluded="; ".join(facts.excluded),
    )


def _standings(
    job: Job, cases: CaseScores, models: list[PoolModel], margin: float
) -> Iterator[tuple[str, Standing]]:
    current = job.current_id or 0
    for model in models:
        if model.pk != current:
            pairing = cases.pairing(model.pk, current)
            yield model.reference, judge(pairing, margin).standing
