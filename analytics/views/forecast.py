"""What this month will have cost, and what months to come would."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.charts_forecast import days_figure, month_figure, months_figure
from analytics.forecast_file import document, file_rows, names_of
from analytics.forecast_table import forecast_rows
from analytics.forecasting.growth import projected
from analytics.forms.forecast import GrowthForm, PredictionForm
from analytics.queries.forecast import MonthForecast, month_forecast_of
from analytics.queries.forecast_budget import monthly_budget
from analytics.queries.predicted_costs import predict_model_costs
from analytics.services.forecasts import fresh_forecast
from analytics.table_files import csv_lines, file_response, json_text
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.models import Feature
from registry.queries.references import resolve_reference, similar_references

TARGET: Final = "forecast"


@require_GET
@member_required
def forecast_page(request: OrganizationRequest) -> HttpResponse:
    now = timezone.now()
    found = _found(request, now)
    form = _growth_form(request, found)
    prediction = PredictionForm(request.GET)
    context = {
        "found": found,
        "form": form,
        "query": form.query(),
        **_month(request, found, now),
        **_growth(found, form),
        **_prediction(request, form, prediction, now),
    }
    is_right = form.is_valid() and not prediction.errors
    return render_page(
        request,
        "analytics/forecast.html",
        "analytics/_forecast.html",
        TARGET,
        context,
        status=200 if is_right and not context.get("problem") else 422,
    )


@require_GET
@member_required
def forecast_download(request: OrganizationRequest, extension: str) -> Any:
    """The same as a file. A growth that is none is left out, as on the page."""
    found = _found(request, timezone.now())
    growth, months = _growth_form(request, found).asked
    organization = request.organization
    if extension == "json":
        told = document(organization, found, growth, months)
        lines = json_text(told)
    else:
        lines = csv_lines(list(file_rows(organization, found, growth, months)))
    name = f"forecast-{timezone.now():%Y-%m-%d}.{extension}"
    return file_response(request, name, lines)


def _found(request: OrganizationRequest, now: datetime.datetime) -> MonthForecast:
    row = fresh_forecast(request.organization, now)
    return month_forecast_of(request.organization, row, now)


def _growth_form(request: OrganizationRequest, found: MonthForecast) -> GrowthForm:
    features: list[Feature] = []
    if found.made:
        known, _ = names_of(request.organization, found.made)
        order = [one.feature_id for one in found.made.features]
        features = [known[pk] for pk in order if pk in known]
    return GrowthForm(request.GET, request.organization, features)


def _month(
    request: OrganizationRequest, found: MonthForecast, now: datetime.datetime
) -> dict[str, Any]:
    budget = monthly_budget(request.organization, now)
    limit = budget.limit_usd if budget else None
    made = found.made
    if made is None or not found.is_known:
        return {"budget": budget}
    return {
        "budget": budget,
        "made": made,
        "month_figure": month_figure(made, limit),
        "days_figure": days_figure(made),
        "rows": forecast_rows(made, *names_of(request.organization, made)),
    }


def _growth(found: MonthForecast, form: GrowthForm) -> dict[str, Any]:
    growth, months = form.asked
    context = {"growth": growth, "months_ahead": months}
    if found.made is None or found.p50_usd is None:
        return context
    ahead = projected(found.made.lines, growth, found.made.month_end, months)
    start = found.made.month_start
    names = form.features.values()
    return context | {
        "ahead": ahead,
        "ahead_usd": sum(one.usd for one in ahead),
        "months_figure": months_figure(start, found.p50_usd, ahead, None),
        "ahead_rows": [
            (form[f"growth-{one.key}"], one, [m.by_feature.get(one.pk) for m in ahead])
            for one in names
        ],
    }


def _prediction(
    request: OrganizationRequest,
    growth_form: GrowthForm,
    form: PredictionForm,
    now: datetime.datetime,
) -> dict[str, Any]:
    context: dict[str, Any] = {"prediction": form}
    if not form.is_valid() or not form.cleaned_data["model"]:
        return context
    name = form.cleaned_data["model"]
    ai_model = resolve_reference(name, request.organization).ai_model
    if ai_model is None:
        near = " or ".join(similar_references(name, request.organization))
        hint = f" Did you mean {near}?" if near else ""
        return context | {"problem": f"No model {name} is known here.{hint}"}
    projection = form.projection(*growth_form.asked)
    made = predict_model_costs(ai_model, request.organization, projection, now)
    return context | {"predicted": made}
