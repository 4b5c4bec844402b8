"""Why the cost of a period differs from that of the period it is compared with."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.asked import Asked
from analytics.charts_cost_change import readable, waterfall
from analytics.forms.usage import UsageForm
from analytics.queries.cost_change import cost_change
from registry.access import OrganizationRequest, member_required


@require_GET
@member_required
def cost_change_show(request: OrganizationRequest) -> HttpResponse:
    """Into the analytics page, or a page of its own."""
    form = UsageForm(request.GET, request.organization, timezone.now())
    context = {"form": form, "asked": form.asked, "query": form.query()}
    context |= _explained(form.asked)
    is_swap = bool(getattr(request, "htmx", False))
    template = "_cost_change.html" if is_swap else "cost_change.html"
    return render(request, f"analytics/{template}", context)


def _explained(asked: Asked) -> dict[str, Any]:
    compared = asked.compared
    if compared is None:
        return {"refusal": "Choose a period to compare with, and its steps stand here."}
    try:
        found = cost_change(
            asked.organization_id,
            (compared.start, compared.until),
            (asked.period.start, asked.period.until),
            asked.only,
        )
    except ValueError:
        return {
            "refusal": "A change is explained by feature, model, provider, connection "
            "and source. Take the other filters away to see it."
        }
    change = readable(found)
    return {"change": change, "figure": waterfall(change)}
