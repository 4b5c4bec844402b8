"""The calculator: page with live results, search for models to add, downloads."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from modelhub.htmx import is_fragment, render_page
from recommender.calculation import Calculation, Scope
from recommender.charts_calculator import (
    break_even_figure,
    chart_size,
    monthly_cost_figure,
    monthly_cost_series,
)
from recommender.exports_calculator import calculation_csv, calculation_markdown
from recommender.forms.calculator import CalculatorForm, query_of
from recommender.presets import PRESETS, Preset
from recommender.queries.calculation import calculate
from recommender.queries.calculator_form import (
    active_features,
    addable_models,
    catalogue_providers,
)
from recommender.queries.candidates import usual_models
from recommender.queries.rows import now
from recommender.words_calculator import break_even_words, roi_words, span_rows
from registry.access import OrganizationRequest, member_required

CHANGES = frozenset({"add", "remove", "reset"})
RESULTS = "calculator-results"
# Fields with a place for a message beside them; others are named above the results.
HINTED = frozenset(CalculatorForm.base_fields) - {
    "mode",
    "scope",
    "m",
    "provider",
    "base",
    "first",
    "second",
    "roi_of",
}


@require_GET
@member_required
def calculator(request: OrganizationRequest) -> HttpResponse:
    """The page, or its results alone while somebody types."""
    if CHANGES & request.GET.keys():
        return _change_models(request)
    form, calculation = _answer(request)
    response = render_page(
        request,
        "recommender/calculator.html",
        "recommender/_calculator_fragment.html",
        RESULTS,
        _context(request, form, calculation),
        status=422 if form.errors else 200,
    )
    if is_fragment(request, RESULTS):
        response["HX-Push-Url"] = _address(request.GET)
    return response


@require_GET
@member_required
def calculator_models(request: OrganizationRequest) -> HttpResponse:
    """Models to add that match the words typed so far."""
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    context = {"words": words, "ai_models": addable_models(request.organization, words)}
    return render(request, "recommender/_calculator_models.html", context)


@require_GET
@member_required
def calculator_csv(request: OrganizationRequest) -> HttpResponse:
    form, calculation = _answer(request)
    if form.errors:
        return HttpResponseRedirect(_address(request.GET))
    return _download(calculation_csv(calculation), "text/csv", "csv")


@require_GET
@member_required
def calculator_markdown(request: OrganizationRequest) -> HttpResponse:
    form, calculation = _answer(request)
    if form.errors:
        return HttpResponseRedirect(_address(request.GET))
    link = request.build_absolute_uri(_address(request.GET))
    return _download(calculation_markdown(calculation, link), "text/markdown", "md")


def _answer(request: OrganizationRequest) -> tuple[CalculatorForm, Calculation]:
    form = CalculatorForm(request.GET, active_features(request.organization))
    form.is_valid()
    return form, calculate(request.organization, form.to_request(), now())


def _context(
    request: OrganizationRequest, form: CalculatorForm, calculation: Calculation
) -> dict[str, Any]:
    result, query = calculation.break_even, query_of(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "calculation": calculation,
        "query": query,
        "permalink": request.build_absolute_uri(_address(request.GET)),
        "item": "photo" if form.is_images else "request",
        "errors": form.errors,
        "hinted": HINTED,
        "stray_errors": [
            f"{name.replace('_', ' ')}: {errors[0]}"
            for name, errors in form.errors.items()
            if name not in HINTED
        ],
        "cost_figure": monthly_cost_figure(calculation),
        "cost_series": monthly_cost_series(calculation),
        "chart_size": chart_size(calculation),
        "answer": result and break_even_words(result),
        "spans": span_rows(result) if result else [],
        "break_even_figure": result
        and break_even_figure(result, calculation.request.items),
        "roi_answer": calculation.roi and roi_words(calculation.roi),
    }
    if not is_fragment(request, RESULTS):
        context |= {
            "presets": [_preset_link(preset, request.GET) for preset in PRESETS],
            "providers": catalogue_providers(),
            "is_all": calculation.request.scope is Scope.ALL,
            **_chips(request, calculation),
        }
    return context


def _chips(request: OrganizationRequest, calculation: Calculation) -> dict[str, Any]:
    """The models as chips; those nobody chose are the organisation's usual ones."""
    chosen = list(dict.fromkeys(calculation.request.references))
    usual = [] if chosen else usual_models(request.organization)
    return {
        "chosen": bool(chosen),
        "chips": chosen or [model.reference for model in usual],
    }


def _preset_link(preset: Preset, data: QueryDict) -> tuple[str, str]:
    """A preset with the models that are chosen now."""
    filled = data.copy()
    for name, value in preset.values.items():
        filled[name] = value
    return preset.name, f"?{query_of(filled)}"


def _change_models(request: OrganizationRequest) -> HttpResponse:
    """Adds or removes one model and answers with the address of the new list."""
    data = request.GET.copy()
    chosen = [each for each in data.getlist("m") if each]
    if not chosen:
        chosen = [model.reference for model in usual_models(request.organization)]
    added, removed = data.get("add", "").strip(), data.get("remove", "")
    if added and added not in chosen:
        chosen.append(added)
    kept = [each for each in chosen if each != removed]
    data.setlist("m", [] if "reset" in data else kept)
    data["scope"] = Scope.CHOSEN.value
    return HttpResponseRedirect(_address(data))


def _address(data: QueryDict) -> str:
    query = query_of(data)
    address = reverse("recommender:calculator")
    return f"{address}?{query}" if query else address


def _download(text: str, content_type: str, suffix: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="calculation.{suffix}"'
    return response
