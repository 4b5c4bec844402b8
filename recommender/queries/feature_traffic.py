"""What the features of an organisation did in the last month, and what it would have
cost on other models."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from analytics.bands.what_if import Alternative, Cell, ModelFacts, Row
from analytics.queries.measures import measure_all
from analytics.queries.what_if import Prices, WhatIfQuestion, what_if
from analytics.questions import Answer, Dimension, Key, Question, Step
from analytics.sums import Sums, total
from analytics.time_steps import HOUR, hour_before, step_starts
from recommender.recommending.month import MONTH_DAYS, MonthCost, Traffic, traffic_of
from recommender.recommending.pool import PoolModel
from registry.models import Organization

DAYS: Final = datetime.timedelta(days=MONTH_DAYS)


@dataclass(frozen=True)
class Usage:
    """`by_feature` and `by_model` are row ids; `calls` are of one model at one
    feature."""

    traffic: Mapping[int, Traffic] = field(default_factory=dict)
    by_feature: Mapping[int, Sums] = field(default_factory=dict)
    by_model: Mapping[int, Sums] = field(default_factory=dict)
    calls: Mapping[tuple[int, int], Sums] = field(default_factory=dict)

    def of(self, feature_id: int) -> Traffic:
        return self.traffic.get(feature_id, Traffic())


def usage_of(
    organization: Organization,
    now: datetime.datetime,
    feature_id: int | None = None,
) -> Usage:
    """Of the month until `now`: of all features, or only of this one. `by_model` is of
    all calls in either case."""
    calls, models, days = measure_all(_questions(organization, now, feature_id))
    by_feature: defaultdict[int, list[Sums]] = defaultdict(list)
    pairs: dict[tuple[int, int], Sums] = {}
    for part in calls.parts:
        feature, model = part.keys
        if isinstance(feature, int):
            by_feature[feature].append(part.sums)
            if isinstance(model, int):
                pairs[feature, model] = part.sums
    features = {key: total(several) for key, several in by_feature.items()}
    return Usage(
        traffic={key: one for key, one in _traffic(days).items() if key in features},
        by_feature=features,
        by_model={
            part.keys[0]: part.sums
            for part in models.parts
            if isinstance(part.keys[0], int)
        },
        calls=pairs,
    )


def month_costs(
    organization: Organization,
    now: datetime.datetime,
    models: Sequence[PoolModel],
    usage: Usage,
    feature_ids: Collection[int],
) -> dict[tuple[int, int], MonthCost]:
    """By feature and model: a month of the feature's own calls, each priced anew at
    today's prices. Features without traffic are absent."""
    if not models or not feature_ids:
        return {}
    found = what_if(
        WhatIfQuestion(
            organization=organization,
            now=now,
            days=MONTH_DAYS,
            alternatives=tuple(_alternative(one) for one in models),
            feature_ids=frozenset(feature_ids),
            prices=Prices.TODAY,
        )
    )
    return {
        (row.feature_id, model.pk): _month_cost(row, cell, usage.of(row.feature_id))
        for row in found.rows
        if row.feature_id is not None
        for model, cell in zip(models, row.cells, strict=True)
    }


def _questions(
    organization: Organization, now: datetime.datetime, feature_id: int | None
) -> Sequence[Question]:
    """Calls by feature and model, calls by model, cost by feature and day."""
    only: dict[Dimension, frozenset[Key]] = {}
    if feature_id is not None:
        only = {Dimension.FEATURE: frozenset({feature_id})}
    # Whole hours: what begins or ends within one is added up from the records.
    end = hour_before(now) + HOUR
    models = Question(
        organization_id=organization.pk,
        start=end - DAYS,
        end=end,
        zone=organization.zone,
        split=(Dimension.MODEL,),
        with_histograms=True,
    )
    calls = replace(models, split=(Dimension.FEATURE, Dimension.MODEL), only=only)
    days = replace(
        models,
        split=(Dimension.FEATURE,),
        only=only,
        step=Step.DAY,
        with_histograms=False,
    )
    return calls, models, days


def _traffic(answer: Answer) -> dict[int, Traffic]:
    question = answer.question
    starts = step_starts(question.start, question.end, Step.DAY, question.zone)
    places = {one.astimezone(datetime.UTC): number for number, one in enumerate(starts)}
    costs: defaultdict[int, list[float]] = defaultdict(lambda: [0.0] * len(starts))
    requests: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(starts))
    for part in answer.parts:
        (feature,) = part.keys
        if not isinstance(feature, int) or part.start is None:
            continue
        place = places.get(part.start.astimezone(datetime.UTC), 0)
        costs[feature][place] = float(part.sums.cost_usd)
        requests[feature][place] = part.sums.requests
    return {key: traffic_of(costs[key], requests[key]) for key in costs}


def _alternative(model: PoolModel) -> Alternative:
    facts = ModelFacts(
        model.pk,
        model.reference,
        model.facts.context_window,
        model.facts.capabilities,
    )
    return Alternative(model.reference, model.reference, everywhere=facts)


def _month_cost(row: Row, cell: Cell, traffic: Traffic) -> MonthCost:
    sums = cell.sums
    unfit = sums.too_long_requests / row.requests if row.requests else 0.0
    if not sums.is_known or sums.unpriced_calls or cell.missing:
        return MonthCost(None, unfit)
    return MonthCost(_rounded(sums.usd * traffic.month_factor), unfit)


def _rounded(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.000001"))
