"""What features are worth against what they cost."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analytics.charts_roi import return_figure
from analytics.forms.roi import DAYS, RoiForm, ValueForm
from analytics.queries.calls import has_calls
from analytics.queries.returns import Returns, returns
from analytics.roi_file import COLUMNS
from analytics.roi_file import rows as file_rows
from analytics.services.feature_values import set_value, undo_value
from analytics.table_files import as_objects, csv_lines, file_response, json_text
from analytics.time_steps import DAY, midnight
from registry.access import OrganizationRequest, editor_required, member_required
from registry.models import Feature
from registry.money import exact_text


@require_GET
@member_required
def roi_page(request: OrganizationRequest) -> HttpResponse:
    return _page(request)


@require_POST
@editor_required
def value_save(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = get_object_or_404(Feature, organization=request.organization, key=key)
    form = ValueForm(request.POST)
    if not form.is_valid():
        wrong = {"key": key, "text": form.errors["value"][0]}
        wrong["typed"] = request.POST.get("value", "")[:40]
        return _page(request, wrong, status=422)
    usd: Decimal | None = form.cleaned_data["value"]
    if set_value(feature=feature, usd=usd, actor=request.user):
        said = "has no value any more." if usd is None else f"${exact_text(usd)} it is."
        messages.success(
            request,
            f"{feature.name}: {said}",
            extra_tags=reverse("analytics:value_undo", args=[key]),
        )
    kept = {name: request.POST.get(name, "") for name in ("days", "fixed")}
    query = urlencode({name: value for name, value in kept.items() if value})
    return redirect(f"{reverse('analytics:roi')}{'?' if query else ''}{query}")


@require_POST
@editor_required
def value_undo(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = get_object_or_404(Feature, organization=request.organization, key=key)
    if undo_value(feature=feature, actor=request.user):
        messages.success(request, f"The value of {feature.name} is as it was.")
    else:
        messages.error(request, "There is nothing to take back.")
    return redirect("analytics:roi")


@require_GET
@member_required
def roi_download(request: OrganizationRequest, extension: str) -> Any:
    """The table as a file. A time or a fixed cost that is none is left out, as on the
    page."""
    form = RoiForm(request.GET)
    now = timezone.now()
    found = returns(request.organization, _start(request, form.asked_days, now), now)
    rows = list(file_rows(found, form.fixed_usd))
    is_json = extension == "json"
    told = json_text(as_objects(COLUMNS, rows)) if is_json else None
    name = f"return-{form.asked_days}-days-to-{now:%Y-%m-%d}.{extension}"
    return file_response(request, name, told or csv_lines([COLUMNS, *rows]))


def _page(
    request: OrganizationRequest,
    wrong: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    form = RoiForm(request.POST if wrong else request.GET)
    now = timezone.now()
    found = returns(request.organization, _start(request, form.asked_days, now), now)
    fixed = form.fixed_usd
    context = {
        "form": form,
        "is_new": not found.features and not has_calls(request.organization),
        "found": found,
        "rows": _rows(found, fixed),
        "figure": return_figure(found.steps),
        "fixed": fixed,
        "days": [(one, one == form.asked_days) for one in DAYS],
        "asked_days": form.asked_days,
        "wrong": wrong,
    }
    status = 422 if form.errors else status
    return render(request, "analytics/roi.html", context, status=status)


def _start(
    request: OrganizationRequest, days: int, now: datetime.datetime
) -> datetime.datetime:
    zone = request.organization.zone
    return midnight(now.astimezone(zone).date() - (days - 1) * DAY, zone)


def _rows(found: Returns, fixed: Decimal | None) -> list[tuple[Any, int | None]]:
    """Each feature, and how many of its requests pay the fixed cost."""
    return [
        (one, one.found.break_even_requests(fixed) if fixed else None)
        for one in found.features
    ]
