"""Which model is the best one: for a feature, for a use case, for a budget."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.utils import timezone

from recommender.queries.candidate_scores import Job, Sifted, scored, sift
from recommender.queries.current_condition import condition_of
from recommender.queries.feature_traffic import month_costs
from recommender.queries.model_evidence import CaseScores
from recommender.queries.recommendation_ground import Ground, ground_of
from recommender.queries.scoring_rules import weights_of
from recommender.recommending.asked import AskedError, Constraints, ExpectedUse
from recommender.recommending.family import within_family
from recommender.recommending.feature_use_case import (
    BY_KEY,
    use_case_named,
    use_case_of,
)
from recommender.recommending.month import MonthCost, Traffic, saving
from recommender.recommending.pool import MeanMonth, PoolModel, Wanted
from recommender.recommending.results import (
    Excluded,
    Recommendations,
    Recommended,
    problem_words,
)
from recommender.recommending.standing import Standing, judge
from recommender.scoring.scores import Score
from recommender.scoring.trade_offs import trade_offs
from recommender.use_cases import UseCase
from registry.models import AIModel, Assignment, Feature, Organization, Provider
from registry.pricing import CostState, cost_of
from registry.queries.candidates import requirements_of
from registry.queries.prices import quotes

PAIRED: Final = 12
"""So many of the best are compared case by case with the current model."""
USE_CASE_KEYS: Final = ", ".join(BY_KEY)
Costs = Mapping[tuple[int, int], MonthCost]


def recommend_for_feature(
    feature: Feature,
    *,
    now: datetime.datetime | None = None,
    use_case: str = "",
    is_any_model: bool = False,
    barred: Mapping[int, str] | None = None,
    ground: Ground | None = None,
    costs: Costs | None = None,
) -> Recommendations:
    """Every model as a candidate for `feature`, the best first. Cost is that of the
    feature's own calls of the last 30 days, each priced anew. `is_any_model`: those
    that are not enabled, too. `ground` and `costs` are handed in where many features
    are asked for. Raises AskedError for a use case that nobody knows."""
    moment = now or timezone.now()
    known = ground or ground_of(feature.organization, moment, feature.pk)
    job = feature_job(known, feature, use_case, is_any_model, barred or {})
    cases = known.asked.for_feature(feature)
    sifted = sift(known, job, cases)
    found = costs if costs is not None else _costs(known, feature, sifted)
    by_model = {
        model: one for (owner, model), one in found.items() if owner == feature.pk
    }
    scores = scored(known, job, cases, sifted.finalists, by_model)
    answer = _answer(
        known, job, cases, sifted, scores, known.usage.of(feature.pk), feature.name
    )
    return replace(answer, condition=condition_of(known, job, answer.current))


def recommend_for_use_case(
    organization: Organization,
    use_case: str,
    constraints: Constraints | None = None,
    *,
    use: ExpectedUse | None = None,
    now: datetime.datetime | None = None,
) -> Recommendations:
    """The best models for a kind of work, at the cost of a month of `use`. Raises
    AskedError."""
    asked, month = constraints or Constraints(), use or ExpectedUse()
    _known_providers(asked.providers)
    ground = ground_of(organization, now or timezone.now())
    known = _use_case(use_case)
    weights = weights_of(
        ground.weights,
        use_case,
        asked.accuracy,
        asked.urgency,
        asked.budget_sensitivity,
    )
    job = Job(
        use_case=known,
        weights=weights,
        wanted=asked.wanted,
        month=month.month,
        urgency=asked.urgency,
        timeout_ms=asked.most_latency_ms,
        most_usd=asked.most_usd,
        least_quality=asked.least_quality,
    )
    cases = ground.asked.of_all()
    sifted = sift(ground, job, cases)
    costs = _expected_costs(ground, sifted.finalists, month)
    scores = scored(ground, job, cases, sifted.finalists, costs)
    return _answer(ground, job, cases, sifted, scores, None, known.label.lower())


def recommend_for_budget(
    organization: Organization,
    monthly_budget_usd: Decimal,
    usage: ExpectedUse,
    *,
    use_case: str = "chat",
    constraints: Constraints | None = None,
    now: datetime.datetime | None = None,
) -> Recommendations:
    """The best models whose month of `usage` costs at most the budget; $0 leaves the
    free ones. Raises AskedError."""
    asked = replace(constraints or Constraints(), most_usd=monthly_budget_usd)
    return recommend_for_use_case(organization, use_case, asked, use=usage, now=now)


def feature_job(
    ground: Ground,
    feature: Feature,
    use_case: str = "",
    is_any_model: bool = False,
    barred: Mapping[int, str] | None = None,
) -> Job:
    """What `feature` asks of candidates. Raises AskedError."""
    key = use_case or use_case_of(
        feature.key,
        feature.required_capabilities,
        feature.min_context_tokens,
        feature.urgency,
    )
    sums = ground.usage.by_feature.get(feature.pk)
    month = MeanMonth()
    if sums is not None:
        month = MeanMonth(sums.input_tokens, sums.cache_read_tokens, sums.output_tokens)
    return Job(
        use_case=_use_case(key),
        weights=weights_of(
            ground.weights,
            key,
            feature.accuracy_level,
            feature.urgency,
            feature.budget_sensitivity,
        ),
        wanted=Wanted(requirements_of(feature), is_any_model=is_any_model),
        month=month,
        feature_id=feature.pk,
        current_id=current_model_id(feature),
        urgency=feature.urgency,
        timeout_ms=1_000.0 * feature.timeout_seconds,
        barred=barred or {},
    )


def current_model_id(feature: Feature) -> int | None:
    # Asked for anew: the instance may remember that there was none.
    return (
        Assignment.objects.filter(feature=feature)
        .values_list("revision__ai_model_id", flat=True)
        .first()
    )


def _known_providers(slugs: Collection[str]) -> None:
    if not slugs:
        return
    rows = Provider.objects.filter(slug__in=[one.replace("\x00", "") for one in slugs])
    found = set(rows.values_list("slug", flat=True))
    unknown = next((one for one in slugs if one not in found), None)
    if unknown is not None:
        raise AskedError(f"There is no provider “{unknown[:80]}”.")


def _use_case(key: str) -> UseCase:
    found = use_case_named(key)
    if found is None:
        raise AskedError(f"There is no use case “{key[:80]}”; one of {USE_CASE_KEYS}.")
    return found


def _costs(ground: Ground, feature: Feature, sifted: Sifted) -> Costs:
    if not ground.usage.of(feature.pk).requests:
        return {}
    return month_costs(
        ground.organization, ground.now, sifted.finalists, ground.usage, [feature.pk]
    )


def _expected_costs(
    ground: Ground, finalists: Iterable[PoolModel], use: ExpectedUse
) -> dict[int, MonthCost]:
    models = AIModel.objects.only("pk").in_bulk([one.pk for one in finalists])
    found = quotes(models.values(), ground.organization, ground.now)
    costs = {}
    for pk, quote in found.items():
        one = cost_of(use.usage, quote.rates, ground.now)
        each = None if one.state is CostState.UNPRICED else one.total_usd
        costs[pk] = MonthCost(None if each is None else each * use.requests)
    return costs


def _answer(
    ground: Ground,
    job: Job,
    cases: CaseScores,
    sifted: Sifted,
    scores: list[Score],
    traffic: Traffic | None,
    subject: str,
) -> Recommendations:
    models = {one.reference: one for one in sifted.finalists}
    current = next((one for one in scores if one.facts.is_current), None)
    left = [one for one in scores if not one.is_excluded]
    ranked = tuple(
        _recommended(ground, cases, models, one, current, traffic, place < PAIRED)
        for place, one in enumerate(left)
    )
    judged = within_family([one.judgement for one in ranked], margin_of(ground))
    ranked = tuple(
        replace(one, judgement=each) for one, each in zip(ranked, judged, strict=True)
    )
    # Whatever it scores: what benchmarks show to be worse is not the best.
    ranked = tuple(sorted(ranked, key=_is_shown_worse))
    known = {one.reference for one in sifted.excluded}
    excluded = [
        Excluded(one.reference, one.facts.excluded, one.facts.is_current)
        for one in scores
        if one.is_excluded and one.reference not in known
    ]
    excluded += sorted(sifted.excluded, key=lambda one: not one.is_current)
    looked_at = len(ground.pool.models)
    return Recommendations(
        use_case=job.use_case.key,
        weights=job.weights,
        ranked=ranked,
        current=None
        if current is None
        else _recommended(ground, cases, models, current, current, traffic, False),
        excluded=tuple(excluded),
        looked_at=looked_at,
        possible=sifted.possible,
        traffic=traffic,
        problem=problem_words(len(ranked), looked_at, excluded, subject),
    )


def margin_of(ground: Ground) -> float:
    """What a candidate may lose, 0 to 1."""
    return ground.limits.margin_points / 100


def _is_shown_worse(one: Recommended) -> bool:
    return one.judgement is not None and one.judgement.standing is Standing.WORSE


def _recommended(
    ground: Ground,
    cases: CaseScores,
    models: Mapping[str, PoolModel],
    one: Score,
    current: Score | None,
    traffic: Traffic | None,
    is_paired: bool,
) -> Recommended:
    model = models[one.reference]
    if current is None or one.facts.is_current:
        return Recommended(model, one)
    now, margin = models[current.reference], margin_of(ground)
    return Recommended(
        model,
        one,
        trade_offs(one, current),
        saving(
            current.facts.monthly_usd,
            one.facts.monthly_usd,
            traffic or Traffic(),
            (now.provider, model.provider),
        ),
        judge(cases.pairing(model.pk, now.pk), margin) if is_paired else None,
    )
