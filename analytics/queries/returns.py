"""What features were worth and what they cost: by feature, model and time."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from analytics.models import FeatureValue
from analytics.queries.measures import measure
from analytics.questions import Dimension, Question, Step
from analytics.returns import Return, ReturnTotal, total_of
from analytics.sums import Sums, total
from registry.models import AIModel, Feature, Organization
from registry.pricing import ZERO


@dataclass(frozen=True)
class ModelReturn:
    """`model` None: it is in no catalogue."""

    model: AIModel | None
    found: Return


@dataclass(frozen=True)
class FeatureReturn:
    """`feature` None: calls without a feature."""

    feature: Feature | None
    found: Return
    models: tuple[ModelReturn, ...]


@dataclass(frozen=True)
class StepReturn:
    """Of the features with a value, in one step of time."""

    start: datetime.datetime
    value_usd: Decimal
    cost_usd: Decimal


@dataclass(frozen=True)
class Returns:
    """The dearest feature first; those with a value and no calls last."""

    features: tuple[FeatureReturn, ...]
    steps: tuple[StepReturn, ...]

    @property
    def total(self) -> ReturnTotal:
        return total_of([one.found for one in self.features])

    @property
    def has_value(self) -> bool:
        return any(one.found.value_each_usd is not None for one in self.features)


def returns(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> Returns:
    """Calls from `start` to before `end` (aware), at the values of now."""
    values = {
        one.feature_id: one.usd
        for one in FeatureValue.objects.filter(
            feature__organization=organization, usd__isnull=False
        )
    }
    found = _by_feature(organization, start, end)
    ids = {*values, *(one for one in found if one is not None)}
    features = Feature.objects.filter(organization=organization).in_bulk(ids)
    models = AIModel.objects.select_related("provider").in_bulk(
        {pk for by_model in found.values() for pk in by_model if pk is not None}
    )
    rows = [
        _row(features.get(pk or 0), values.get(pk or 0), by_model, models)
        for pk, by_model in found.items()
    ]
    rows += [
        _row(features[pk], values[pk], {}, models)
        for pk in values
        if pk not in found and pk in features
    ]
    order = sorted(rows, key=lambda one: -one.found.cost_usd)
    return Returns(tuple(order), _steps(organization, start, end, values))


def _by_feature(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> dict[int | None, dict[int | None, Sums]]:
    question = Question(
        organization_id=organization.pk,
        start=start,
        end=end,
        zone=organization.zone,
        split=(Dimension.FEATURE, Dimension.MODEL),
    )
    found: defaultdict[int | None, dict[int | None, Sums]] = defaultdict(dict)
    for part in measure(question).parts:
        feature_id, model_id = (
            one if isinstance(one, int) else None for one in part.keys
        )
        found[feature_id][model_id] = part.sums
    return dict(found)


def _row(
    feature: Feature | None,
    value_usd: Decimal | None,
    by_model: dict[int | None, Sums],
    models: dict[int, AIModel],
) -> FeatureReturn:
    parts = [
        ModelReturn(models.get(pk or 0), Return(sums, value_usd))
        for pk, sums in by_model.items()
    ]
    return FeatureReturn(
        feature,
        Return(total(by_model.values()), value_usd),
        tuple(sorted(parts, key=lambda one: -one.found.cost_usd)),
    )


def _steps(
    organization: Organization,
    start: datetime.datetime,
    end: datetime.datetime,
    values: dict[int, Decimal | None],
) -> tuple[StepReturn, ...]:
    if not values:
        return ()
    question = Question(
        organization_id=organization.pk,
        start=start,
        end=end,
        zone=organization.zone,
        step=Step.DAY,
        split=(Dimension.FEATURE,),
        only={Dimension.FEATURE: frozenset(values)},
    )
    sums: defaultdict[datetime.datetime, list[Decimal]] = defaultdict(
        lambda: [ZERO, ZERO]
    )
    for part in measure(question).parts:
        (pk,) = part.keys
        assert part.start is not None and isinstance(pk, int)  # noqa: S101, PT018  # for mypy
        sums[part.start][0] += (values[pk] or ZERO) * part.sums.answered
        sums[part.start][1] += part.sums.cost_usd
    return tuple(StepReturn(at, *both) for at, both in sorted(sums.items()))
