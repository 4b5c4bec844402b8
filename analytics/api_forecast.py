"""Management API: this month's forecast, growth, and what a planned use would cost."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from analytics.forecast_file import document
from analytics.forecasting.growth import MOST_MONTHS, Growth
from analytics.queries.forecast import month_forecast_of
from analytics.queries.predicted_costs import UsageProjection, predict_model_costs
from analytics.services.forecasts import fresh_forecast
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_lookup import named_model
from registry.models import Role
from registry.schemas import Body, DecimalText, Problem, ShortText
from registry.usage import MAX_QUANTITY

router = Router(tags=["Analytics"])
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=12)]
GrowthPercent = Annotated[Decimal, Field(gt=-100, le=1000, max_digits=10)]
Count = Annotated[int, Field(ge=0, le=10**12)]


class ForecastQuery(Schema):
    growth_percent: GrowthPercent = Field(Decimal(0), description="A month.")
    months: int = Field(6, ge=0, le=MOST_MONTHS)


class PredictionRequest(Body):
    """A month's use of one model: tokens are of one request, `cached_share` is of its
    input, `batch_share` of the requests."""

    model: ShortText
    requests: Count
    input_tokens: int = Field(0, ge=0, le=MAX_QUANTITY)
    output_tokens: int = Field(0, ge=0, le=MAX_QUANTITY)
    cached_share: Share = Decimal(0)
    batch_share: Share = Decimal(0)
    growth_percent: GrowthPercent = Decimal(0)
    months: int = Field(1, ge=1, le=MOST_MONTHS)


class PredictedMonthOut(Schema):
    """`usd` is null where no price is known."""

    month: datetime.date
    requests: int
    usd: DecimalText | None
    price_id: int | None


class PredictionOut(Schema):
    model: str
    total_usd: DecimalText | None
    months: list[PredictedMonthOut]
    notes: list[str]


@router.get("/forecast", summary="What this month will have cost")
def forecast(request: OrganizationRequest, query: Query[ForecastQuery]) -> Any:
    """P10, P50 and P90 of the month with its features and models, and the months after
    it at a stated growth. Amounts are text; null is not known."""
    now = timezone.now()
    organization = request.organization
    found = month_forecast_of(organization, fresh_forecast(organization, now), now)
    growth = Growth(query.growth_percent)
    return document(organization, found, growth, query.months)


@router.post(
    "/predict-costs",
    auth=access(Role.VIEWER),
    response={200: PredictionOut, 404: Problem, 422: Problem},
    summary="What a planned use would cost",
)
def predict_costs(request: OrganizationRequest, asked: PredictionRequest) -> Any:
    """By month, at the prices in force in each; it calls nobody."""
    _, ai_model = named_model(asked.model, request.organization)
    try:
        found = predict_model_costs(
            ai_model,
            request.organization,
            UsageProjection(**asked.dict(exclude={"model"})),
            timezone.now(),
        )
    except ValueError as error:
        raise HttpError(422, str(error)) from error
    return {
        "model": ai_model.reference,
        "total_usd": found.total_usd,
        "months": [{**vars(one), "month": one.first} for one in found.months],
        "notes": found.notes,
    }
