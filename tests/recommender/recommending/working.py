"""An organisation with features at work, for tests of recommendations."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from registry.models import AIModel, Feature, Organization
from registry.pricing import cost_of
from registry.rates import Rates
from registry.services.assignments import assign_model
from registry.usage import Usage
from tests.analytics.calls import failed
from tests.analytics.records import record, stored
from tests.analytics.rolling import rolled_up
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    ModelSettingFactory,
    PriceFactory,
)

DAYS = 6


def priced(
    organization: Organization,
    name: str,
    input_usd: str,
    output_usd: str,
    rating: float | None = None,
    **facts: Any,
) -> AIModel:
    """An enabled model with a flat price and, where given, an overall rating."""
    ratings = {"overall": {"score": rating}} if rating else {}
    ai_model = AIModelFactory(model_name=name, ratings=ratings, **facts)
    PriceFactory(ai_model=ai_model, input_usd=input_usd, output_usd=output_usd)
    ModelSettingFactory(organization=organization, ai_model=ai_model)
    return ai_model


def at_work(
    organization: Organization, ai_model: AIModel, key: str = "support", **facts: Any
) -> Feature:
    """A feature on `ai_model`, with four calls on each of the last six days."""
    feature = FeatureFactory(organization=organization, key=key, **facts)
    assign_model(feature=feature, ai_model=ai_model, actor=None, expected_revision=0)
    called(feature, ai_model)
    return feature


def called(
    feature: Feature,
    ai_model: AIModel,
    *,
    days: int = DAYS,
    each: int = 4,
    input_tokens: int = 20_000,
    **facts: Any,
) -> None:
    """Calls of `input_tokens` in and 1,000 out; day by day the same, summed up. `facts`
    are of each call."""
    now = timezone.now()
    price = ai_model.prices.get()
    usage = Usage(input_tokens=input_tokens, output_tokens=1_000)
    for day in range(days):
        at = now - datetime.timedelta(days=day, minutes=5)
        for _ in range(each):
            record(
                feature.organization,
                started_at=at,
                feature_id=feature.pk,
                ai_model_id=ai_model.pk,
                price_id=price.pk,
                request_id=uuid.uuid4(),
                usage=usage,
                cost=cost_of(usage, Rates(price.rates), at),
                **facts,
            )
    rolled_up(feature.organization)


def refused(feature: Feature, ai_model: AIModel, count: int) -> None:
    """So many calls that failed, an hour ago."""
    at = timezone.now() - datetime.timedelta(hours=1)
    for _ in range(count):
        stored(
            failed(
                organization_id=feature.organization_id,
                started_at=at,
                feature_id=feature.pk,
                ai_model_id=ai_model.pk,
                request_id=uuid.uuid4(),
            )
        )
    rolled_up(feature.organization)
