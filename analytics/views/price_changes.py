"""How prices of used models changed, and what that did to the bill."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.forms.price_changes import DAYS, PriceChangesForm
from analytics.queries.calls import has_calls
from analytics.queries.price_effects import PriceEffects, ShownEffect, price_effects
from analytics.table_files import as_objects, csv_lines, file_response, json_text
from analytics.time_steps import hour_after
from registry.access import OrganizationRequest, member_required
from registry.charts import price_history_figure
from registry.money import exact_text

COLUMNS: Final = (
    "model",
    "changed_at",
    "month",
    "calls",
    "at_price_before_usd",
    "at_price_after_usd",
    "effect_usd",
    "source",
)


@require_GET
@member_required
def price_changes(request: OrganizationRequest) -> HttpResponse:
    form = PriceChangesForm(request.GET)
    now = timezone.now()
    found = _found(request, form.asked_days, now)
    name = form.asked_model
    effects = [one for one in found.effects if name in ("", one.model.reference)]
    models = {model.reference: model for model, _ in found.used}
    first = effects[0].model if effects else None
    chosen = models.get(name) or first or next(iter(models.values()), None)
    points = found.points.get(chosen.pk, []) if chosen else []
    context = {
        "form": form,
        "is_new": not found.used and not has_calls(request.organization),
        "found": found,
        "effects": effects,
        "models": models,
        "name": name,
        "is_unknown": bool(name) and name not in models,
        "chosen": chosen,
        "figure": price_history_figure(points, now.date()) if points else None,
        "days": [(one, one == form.asked_days) for one in DAYS],
        "asked_days": form.asked_days,
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/price_changes.html", context, status=status)


@require_GET
@member_required
def price_changes_download(request: OrganizationRequest, extension: str) -> Any:
    """A row for each change and month."""
    form = PriceChangesForm(request.GET)
    rows = _rows(_found(request, form.asked_days, timezone.now()).effects)
    is_json = extension == "json"
    told = json_text(as_objects(COLUMNS, rows)) if is_json else None
    name = f"price-changes-{timezone.now():%Y-%m-%d}.{extension}"
    return file_response(request, name, told or csv_lines((COLUMNS, *rows)))


def _found(
    request: OrganizationRequest, days: int, now: datetime.datetime
) -> PriceEffects:
    end = hour_after(now)
    start = end - datetime.timedelta(days=days)
    return price_effects(request.organization, start, end)


def _rows(effects: tuple[ShownEffect, ...]) -> list[tuple[Any, ...]]:
    return [
        (
            one.model.reference,
            one.change.at.isoformat(),
            month.month.start.date().isoformat()[:7],
            month.calls,
            exact_text(month.before_usd),
            exact_text(month.after_usd),
            exact_text(month.usd),
            one.price.source if one.price else "",
        )
        for one in effects
        for month in one.effect.months
    ]
