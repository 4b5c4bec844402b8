"""`/api/calculator`: the same figures as the calculator's page, as JSON."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from ninja import Body, Router, Schema
from ninja.errors import ValidationError

from recommender.exports_calculator import calculation_document
from recommender.forms.calculator import CalculatorForm, query_of
from recommender.queries.calculation import calculate
from recommender.queries.calculator_form import active_features
from recommender.queries.rows import now
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_form_parameters import form_parameters
from registry.models import Role
from registry.schemas import Problem

router = Router(tags=["Costs"])

MAX_VALUES = 100
"""How many values a list in the body may have."""


class RowOut(Schema):
    """One option. Amounts are exact decimal numbers as text; null is not known. The
    parts add up to `monthly_usd`; `batch_usd` is contained in them."""

    model: str
    state: str
    per_item_usd: str | None
    monthly_usd: str | None
    yearly_usd: str | None
    input_usd: str | None
    cached_usd: str | None
    output_usd: str | None
    other_usd: str | None
    batch_usd: str | None
    change_usd: str | None
    change_percent: str | None
    image_tokens: int | None
    negotiated: bool
    baseline: bool
    fits: bool
    notes: str


class LeftOutOut(Schema):
    reason: str
    count: int
    models: list[str]


class CrossingOut(Schema):
    """Volume and cost as exact fractions: "340/3" or "180000"."""

    volume: str
    usd: str
    is_step: bool


class BreakEvenOut(Schema):
    first: str
    second: str
    answer: str
    crossings: list[CrossingOut]
    is_complete: bool


class RoiOut(Schema):
    model: str
    value_usd: str
    cost_usd: str
    net_usd: str
    setup_usd: str
    percent: str | None
    payback_months: str | None
    first_year_net_usd: str
    answer: str


class FeatureCostOut(Schema):
    feature: str
    today: RowOut
    alternatives: list[RowOut]


class CalculationOut(Schema):
    at: str
    link: str
    items: int | None
    baseline: str | None
    rows: list[RowOut]
    left_out: list[LeftOutOut]
    messages: list[str]
    break_even: BreakEvenOut | None
    roi: RoiOut | None
    features: list[FeatureCostOut]


ANSWERS = {200: CalculationOut, 422: Problem}


@router.get(
    "/calculator",
    response=ANSWERS,
    summary="Cost of a workload (address)",
    openapi_extra=form_parameters(CalculatorForm.base_fields),
)
def calculate_from_query(request: OrganizationRequest) -> Any:
    """Takes the same parameters as the page `/calculator/`, e.g.
    `?requests=50000&input_tokens=1500&output_tokens=350&m=openai/gpt-5-mini`."""
    return _answer(request, request.GET)


@router.post(
    "/calculator",
    response=ANSWERS,
    auth=access(Role.VIEWER),
    summary="Cost of a workload (body)",
)
def calculate_from_body(
    request: OrganizationRequest,
    body: Body[dict[str, str | int | list[str]]],
) -> Any:
    """Takes the same names in a JSON object. Amounts are text ("0.05"), because JSON
    numbers would round them; `m`, `capability` and `feature` are lists."""
    strange = [name for name in body if name not in CalculatorForm.base_fields]
    if strange:
        raise ValidationError(
            [{"type": "extra_forbidden", "loc": (name,), "msg": ""} for name in strange]
        )
    data = QueryDict(mutable=True)
    for name, value in body.items():
        if isinstance(value, list):
            data.setlist(name, value[:MAX_VALUES])
        else:
            data[name] = str(value)
    return _answer(request, data)


def _answer(request: OrganizationRequest, data: QueryDict) -> Any:
    form = CalculatorForm(data, active_features(request.organization))
    if not form.is_valid():
        raise ValidationError(
            [
                {"type": "value_error", "loc": (name,), "msg": str(errors[0])}
                for name, errors in form.errors.items()
            ]
        )
    calculation = calculate(request.organization, form.to_request(), now())
    path = f"{reverse('recommender:calculator')}?{query_of(data)}"
    return calculation_document(calculation, request.build_absolute_uri(path))
