"""What the traffic of the last days would have cost on other models and packs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.bands.what_if import Alternative
from analytics.forms.what_if import (
    CACHE_CHOICES,
    DAYS,
    MOST,
    PRICE_CHOICES,
    UNFIT_CHOICES,
    USUAL_DAYS,
    WhatIfForm,
)
from analytics.queries.alternatives import MIX, PACK, Offer, offers
from analytics.queries.calls import has_calls
from analytics.queries.what_if import WhatIf, what_if
from analytics.table_files import csv_lines, file_response, json_text
from analytics.what_if_table import table_of
from analytics.what_if_words import (
    cost_figure,
    csv_rows,
    document,
    legend,
    unfit_lines,
)
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.models import Feature

TARGET: Final = "what-if"
SUGGESTED: Final = 6


@require_GET
@member_required
def what_if_page(request: OrganizationRequest) -> HttpResponse:
    form = WhatIfForm(request.GET, request.organization)
    is_valid = form.is_valid()
    choices = offers(request.organization)
    if is_valid:
        found = what_if(form.question(timezone.now()))
        alternatives = found.question.alternatives
        context = _results(found) | {"mix": _mix(form, found, choices)}
        context["is_new"] = not found.rows and not has_calls(request.organization)
    else:
        context, alternatives = {}, ()
    return render_page(
        request,
        "analytics/what_if.html",
        "analytics/_what_if.html",
        TARGET,
        context | _form_context(form, choices, alternatives),
        status=200 if is_valid and not form.problems else 422,
    )


@require_GET
@member_required
def what_if_download(request: OrganizationRequest) -> Any:  # a streamed answer, too
    """The same as CSV, or with `?format=json` as JSON; streamed."""
    form = WhatIfForm(request.GET, request.organization)
    if not form.is_valid():
        return JsonResponse(
            {"error": "The address does not fit.", **form.errors}, status=422
        )
    found = what_if(form.question(timezone.now()))
    kind = "json" if request.GET.get("format") == "json" else "csv"
    is_json = kind == "json"
    lines = json_text(document(found)) if is_json else csv_lines(csv_rows(found))
    name = f"what-if-{found.question.end:%Y-%m-%d}-{found.question.days}d.{kind}"
    return file_response(request, name, lines)


def _results(found: WhatIf) -> dict[str, Any]:
    return {
        "found": found,
        "table": table_of(found),
        "unfit": unfit_lines(found),
        "figure": cost_figure(found),
        "legend": legend(found),
    }


def _form_context(
    form: WhatIfForm, choices: list[Offer], alternatives: Iterable[Alternative]
) -> dict[str, Any]:
    data = form.data
    days = data.get("days") or str(USUAL_DAYS)
    names = {one.name: one.label for one in alternatives}
    return {
        "form": form,
        "problems": form.problems,
        "features": form.fields["feature"].queryset,  # type: ignore[attr-defined]
        "days": [
            (str(one), form.address(days=str(one)), str(one) == days) for one in DAYS
        ],
        "chosen_days": days,
        "chips": [
            (name, names.get(name, name), form.without(name)) for name in form.names
        ],
        "mix_address": form.without(MIX) if form.mix else "",
        "offers": choices,
        "suggested": [
            (one.label, form.adding(one.name))
            for one in choices
            if one.name not in form.names
        ][:SUGGESTED],
        "has_room": len(form.names) < MOST,
        "price_choices": PRICE_CHOICES,
        "cache_choices": CACHE_CHOICES,
        "unfit_choices": UNFIT_CHOICES,
        "query": form.address(),
    }


def _mix(
    form: WhatIfForm, found: WhatIf, choices: list[Offer]
) -> list[tuple[Feature, list[tuple[str, str, bool]]]]:
    """A choice of models for each feature with traffic: value, text and whether it is
    the one."""
    models = {one.name: one.label for one in choices if not one.name.startswith(PACK)}
    lines = []
    for row in found.rows:
        feature = found.features.get(row.feature_id or 0)
        if feature is None:
            continue
        chosen = form.mix.get(feature.key, "")
        known = {chosen: chosen, **models} if chosen else models
        options = [
            (f"{feature.key}={name}", label, name == chosen)
            for name, label in known.items()
        ]
        lines.append((feature, options))
    return lines
