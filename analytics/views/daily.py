"""The daily table: what each model did for each feature, day by day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, Final, cast

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.asked import Asked, Level
from analytics.daily_rows import (
    ASCENDING,
    column_of,
    csv_of,
    daily_page,
    json_of,
    spans,
)
from analytics.forms.usage import UsageForm
from analytics.queries.calls import has_calls
from analytics.queries.daily_table import DailyRow, daily_table
from analytics.readings import Reading
from analytics.table_files import CONTENT_TYPES
from analytics.tiles import interval_text, share_text
from analytics.views.usage_controls import chips_of, filters_of, ranges_of
from analytics.wilson import Rate
from registry.access import OrganizationRequest, member_required
from registry.models import Organization
from registry.streams import streamed_in_turns

MOST_DAYS: Final = 400
"""The page shows the last of them; a file has all."""
COLUMNS: Final = (
    (("date", "Day", "", False),),
    (("model", "Model", "", False), ("feature", "feature", "", False)),
    (("requests", "Requests", "3", True),),
    (("calls", "Calls", "2", True),),
    (("success", "Went well", "2", True),),
    (("time", "Mean time", "3", True),),
    (("confidence", "Mean confidence", "3", True),),
    (("cost", "Cost", "", True),),
)
"""What stands in each: its word in the address, heading, how soon it gives way, and
whether it is a number."""


@require_GET
@member_required
def daily(request: OrganizationRequest) -> HttpResponse:
    form = UsageForm(request.GET, request.organization, timezone.now())
    asked = form.asked
    first = max(asked.period.first, asked.period.last - _days(MOST_DAYS - 1))
    sort = form.cleaned_data.get("sort", "")
    rows = _rows(request.organization, asked, first, asked.period.last)
    page = daily_page(rows, sort, _number(request.GET.get("page", "")))
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "page": page,
        "lines": [(row, _success(row.success)) for row in page.rows],
        "whole": Reading(page.whole, Level.CALL),
        "whole_success": _success(page.whole.call_success),
        "headings": [[_heading(form, *one) for one in column] for column in COLUMNS],
        "is_new": not rows and not has_calls(request.organization),
        "is_cut": first > asked.period.first,
        "most_days": MOST_DAYS,
        "query": form.query(),
        "newer": form.query(page=str(page.number - 1)),
        "older": form.query(page=str(page.number + 1)),
        "ranges": ranges_of(form),
        "filters": [one for one in filters_of(form) if one["is_shown"]],
        "chips": chips_of(form),
        "kept": form.pairs(without={"range", "since", "until"}),
    }
    status = 422 if form.errors else 200
    response = render(request, "analytics/daily.html", context, status=status)
    response["HX-Push-Url"] = f"{reverse('analytics:daily')}?{form.query()}"
    return response


@require_GET
@member_required
def daily_download(request: OrganizationRequest, extension: str) -> HttpResponse:
    """All days of the range as a file, oldest first, made as it is sent."""
    form = UsageForm(request.GET, request.organization, timezone.now())
    asked = form.asked
    if form.errors:
        text = " ".join(str(error) for found in form.errors.values() for error in found)
        return render(request, "400.html", {"exception": text}, status=400)
    write = csv_of if extension == "csv" else json_of
    lines = write(_all_rows(request.organization, asked), request.organization.name)
    response = StreamingHttpResponse(
        streamed_in_turns(request, lines), content_type=CONTENT_TYPES[extension]
    )
    name = f"daily-{asked.period.first}-to-{asked.period.last}.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast("HttpResponse", response)  # as good a response as any other


def _all_rows(organization: Organization, asked: Asked) -> Iterator[DailyRow]:
    for first, last in spans(asked.period.first, asked.period.last):
        yield from _rows(organization, asked, first, last)


def _rows(
    organization: Organization, asked: Asked, first: datetime.date, last: datetime.date
) -> list[DailyRow]:
    return daily_table(
        organization,
        first,
        last,
        only=asked.only,
        tag_name=asked.tag_name,
        zone=asked.zone,
    )


def _success(rate: Rate | None) -> tuple[str, str] | None:
    """The rate and its interval, as text."""
    return (share_text(rate.share), interval_text(rate)) if rate else None


def _heading(
    form: UsageForm, column: str, title: str, priority: str, is_number: bool
) -> dict[str, Any]:
    current, is_reversed = column_of(form.cleaned_data.get("sort", ""))
    is_current = current == column
    turned = f"-{column}" if is_current and not is_reversed else column
    rises = (column in ASCENDING) != is_reversed
    return {
        "column": column,
        "title": title,
        "priority": priority,
        "is_number": is_number,
        "query": form.query(sort=turned),
        "sort": ("ascending" if rises else "descending") if is_current else "",
    }


def _number(text: str) -> int:
    is_whole = text.isascii() and text.isdigit() and len(text) < 7
    return int(text) if is_whole else 1


def _days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)
