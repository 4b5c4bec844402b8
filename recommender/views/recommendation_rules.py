"""Weights of the score by use case, and limits of every recommendation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from recommender.forms.recommendations import PARTS, LimitsForm, WeightsForm
from recommender.queries.scoring_rules import (
    limits_of,
    own_weights,
    weights_in_force,
)
from recommender.recommending.feature_use_case import BY_KEY
from recommender.services.scoring_rules import reset_weights, set_limits, set_weights
from registry.access import OrganizationRequest, editor_required, member_required

PAGE = "recommender/recommendation_rules.html"


@require_http_methods(["GET", "HEAD"])
@member_required
def recommendation_rules(request: OrganizationRequest) -> HttpResponse:
    return render(request, PAGE, _context(request))


@require_http_methods(["POST"])
@editor_required
def weights_save(request: OrganizationRequest) -> HttpResponse:
    form = WeightsForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, _context(request, wrong=form), status=422)
    use_case = form.cleaned_data["use_case"]
    facts = {
        "organization": request.organization,
        "use_case": use_case,
        "actor": request.user,
    }
    if form.cleaned_data["reset"]:
        changed = reset_weights(**facts)
    else:
        changed = set_weights(**facts, weights=form.weights)
    label = BY_KEY[use_case].label
    said = "saved" if changed else "nothing changed"
    messages.success(request, f"{label}: {said}.")
    return redirect("recommender:recommendation_rules")


@require_http_methods(["POST"])
@editor_required
def limits_save(request: OrganizationRequest) -> HttpResponse:
    form = LimitsForm(request.POST, instance=limits_of(request.organization))
    if not form.is_valid():
        return render(request, PAGE, _context(request, limits=form), status=422)
    changed = set_limits(
        organization=request.organization, actor=request.user, **form.cleaned_data
    )
    messages.success(request, "Limits saved." if changed else "Nothing changed.")
    return redirect("recommender:recommendation_rules")


def _context(
    request: OrganizationRequest,
    wrong: WeightsForm | None = None,
    limits: LimitsForm | None = None,
) -> dict[str, Any]:
    in_force = weights_in_force(request.organization)
    own = own_weights(request.organization)
    typed = wrong.data if wrong is not None else {}
    rows = [
        {
            "use_case": use_case,
            "is_own": key in own,
            "parts": [
                (
                    name,
                    typed.get(name, "")
                    if typed.get("use_case") == key
                    else f"{value:g}",
                )
                for name, value in in_force[key].by_name.items()
            ],
            "problems": _problems(wrong) if typed.get("use_case") == key else [],
        }
        for key, use_case in BY_KEY.items()
    ]
    return {
        "rows": rows,
        "part_names": [name.capitalize() for name in PARTS],
        "unknown": _problems(wrong)
        if wrong is not None and typed.get("use_case") not in BY_KEY
        else [],
        "limits_form": limits or LimitsForm(instance=limits_of(request.organization)),
    }


def _problems(form: WeightsForm | None) -> list[str]:
    if form is None:
        return []
    return [
        str(text) if name == "__all__" else f"{name.capitalize()}: {text}"
        for name, texts in form.errors.items()
        for text in texts
    ]
