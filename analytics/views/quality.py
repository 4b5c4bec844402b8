"""Data quality: what figures leave out, count twice or cannot know."""

from __future__ import annotations

from typing import Any, Final

import defusedcsv.csv
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from analytics.charts_quality import invoice_figure, shares_figure
from analytics.forms.quality import RANGES, quality_range
from analytics.queries import data_quality
from analytics.queries.invoice_differences import days_of
from analytics.queries.quality_tables import (
    TABLES,
    calls_by_day,
    invoices,
    shares_of,
    told_twice,
)
from analytics.sums import total
from registry.access import OrganizationRequest, member_required

SHOWN: Final = 60


@require_GET
@member_required
def quality(request: OrganizationRequest) -> HttpResponse:
    asked = quality_range(request.organization, request.GET.get("days", ""))
    organization, start = asked.organization, asked.start
    parts = calls_by_day(asked.organization, start, asked.now, asked.zone)
    found = invoices(organization, asked.first, asked.now)
    context: dict[str, Any] = {
        "days": asked.days,
        "ranges": RANGES,
        "sums": total(part.sums for part in parts),
        "shares": shares_figure([shares_of(part) for part in parts]),
        "twice": told_twice(organization, start, asked.now),
        "arrivals": data_quality.arrivals(organization, start),
        "refusals": data_quality.refusals(organization, start, settings.MODELHUB_SPOOL),
        "findings": data_quality.findings(organization, start),
        "invoices": found[:SHOWN],
        "invoices_more": max(0, len(found) - SHOWN),
        "invoice_figure": invoice_figure(days_of(found)),
        "metrics": data_quality.metrics_and_spans(organization, start, asked.now),
    }
    return render(request, "analytics/quality.html", context)


@require_GET
@member_required
def quality_download(request: OrganizationRequest, section: str) -> HttpResponse:
    """One section as CSV."""
    if section not in TABLES:
        raise Http404("There is no such section.")
    asked = quality_range(request.organization, request.GET.get("days", ""))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"data-quality-{section}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    heading, rows = TABLES[section]
    writer = defusedcsv.csv.writer(response)
    writer.writerow(heading)
    writer.writerows(
        rows(asked.organization, asked.start, asked.now, settings.MODELHUB_SPOOL)
    )
    return response
