"""The analytics page: what was used, what it cost, how well it went."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, cast

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.asked import SPLITS
from analytics.forms.usage import COMPARISONS, STEPS, UsageForm
from analytics.queries.calls import has_calls
from analytics.queries.usage_answers import (
    part_names,
    series_answer,
    table_answer,
    usage_answers,
)
from analytics.readings import NAMES, ONE, SUCCESS_NAMES
from analytics.tiles import tiles
from analytics.usage_cards import (
    Answers,
    economy_cards,
    latency_cards,
    quality_cards,
    spend_card,
    split_words,
    use_cards,
)
from analytics.usage_export import csv_lines, file_name, json_pieces
from analytics.usage_table import usage_table
from analytics.views.usage_controls import chips_of, filters_of, ranges_of
from modelhub.htmx import is_fragment
from registry.access import OrganizationRequest, member_required
from registry.streams import streamed
from registry.time_zones import zone_names

PAGE = "analytics/usage.html"
BODY = "analytics/_usage.html"
RESULTS = "analytics/_usage_results.html"
TARGET = "usage"
RESULTS_TARGET = "usage-results"
FORMATS = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "json": ("application/json", json_pieces),
}


@require_GET
@member_required
def usage(request: OrganizationRequest) -> HttpResponse:
    """The page; its controls and results for a change of state; its results alone for
    what has come in since."""
    form = UsageForm(request.GET, request.organization, timezone.now())
    context = _results(request, form)
    template = RESULTS
    if not is_fragment(request, RESULTS_TARGET):
        context |= _controls(form)
        template = BODY if is_fragment(request, TARGET) else PAGE
    status = 422 if form.errors else 200
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    if template == BODY:
        response["HX-Push-Url"] = _address(form)
    return response


@require_GET
@member_required
def usage_download(
    request: OrganizationRequest, what: str, extension: str
) -> HttpResponse:
    """The table or the series as a file, streamed row by row."""
    form = UsageForm(request.GET, request.organization, timezone.now())
    asked = form.asked
    if form.errors:
        text = " ".join(str(error) for found in form.errors.values() for error in found)
        return render(request, "400.html", {"exception": text}, status=400)
    content_type, write = FORMATS[extension]
    answer = (
        table_answer(asked)
        if what == "table"
        else series_answer(asked, with_histograms=True)
    )
    names = part_names(request.organization, asked, [answer])
    lines = streamed(request, write(answer, asked, names))
    response = StreamingHttpResponse(lines, content_type=content_type)
    name = file_name(what, asked, extension)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast("HttpResponse", response)  # as good a response as any other


def _results(request: OrganizationRequest, form: UsageForm) -> dict[str, Any]:
    asked = form.asked
    found = usage_answers(asked)
    names = part_names(
        request.organization, asked, [found.parts, found.by_part, found.by_part_before]
    )
    before = found.steps_before.total if found.steps_before else None
    return {
        "form": form,
        "asked": asked,
        "query": form.query(),
        "is_unused": not found.steps.parts,
        "is_new": not found.steps.parts and not has_calls(request.organization),
        "as_of": found.steps.as_of.astimezone(asked.zone),
        "tiles": tiles(found.steps.total, before, asked.level),
        **_cards(found, lambda keys: " · ".join(names(keys))),
        **_table(form, found, names),
        "state": f"{zlib.crc32(form.query(sort='').encode()):08x}",
    }


def _cards(found: Answers, name: Callable[..., str]) -> dict[str, Any]:
    words = split_words(found.asked.split, SPLITS)
    return {
        "spend": spend_card(found, name, words),
        "cards": [
            *use_cards(found),
            *latency_cards(found),
            *quality_cards(found),
            *economy_cards(found),
        ],
    }


def _table(
    form: UsageForm, found: Answers, names: Callable[..., tuple[str, ...]]
) -> dict[str, Any]:
    asked = found.asked
    if found.by_part is None:
        return {}
    level = asked.split_level
    table = usage_table(
        found.by_part,
        found.by_part_before,
        level,
        names,
        form.cleaned_data.get("sort", ""),
    )
    one = ONE[level]
    headings = [
        *(("name", SPLITS[dimension], "") for dimension in asked.split),
        ("count", NAMES[level], ""),
        ("spend", "Spend", ""),
        ("change", "Change", "3" if asked.compared else "none"),
        ("each", f"Per {one}", "3"),
        ("success", SUCCESS_NAMES[level], "2"),
        ("p95", "p95", "2"),
        ("tokens", "Tokens", "3"),
        ("cache", "Cache", "3"),
    ]
    return {
        "split_title": split_words(asked.split, SPLITS),
        "table": table,
        "headings": [
            _heading(form, table.sort, *heading)
            for heading in headings
            if heading[2] != "none"
        ],
    }


def _heading(
    form: UsageForm, sort: str, column: str, title: str, priority: str
) -> dict[str, Any]:
    is_current = sort.removeprefix("-") == column
    is_plain = is_current and not sort.startswith("-")
    query = form.query(sort=f"-{column}" if is_plain else column)
    rises = is_current and (column == "name") == is_plain
    return {
        "title": title,
        "column": column,
        "priority": priority,
        "query": query,
        "sort": ("ascending" if rises else "descending") if is_current else "",
    }


def _controls(form: UsageForm) -> dict[str, Any]:
    asked = form.asked
    return {
        "ranges": ranges_of(form),
        "filters": filters_of(form),
        "chips": chips_of(form),
        "splits": [(one.value, text) for one, text in SPLITS.items()],
        "split_words": [*(one.value for one in asked.split), "", ""][:2],
        "steps": [(str(word), text) for word, text in STEPS.items()],
        "step_word": str(asked.wished_step or "auto"),
        "comparisons": [(str(word), text) for word, text in COMPARISONS.items()],
        "zones": zone_names(),
        "kept": form.pairs(without={"range", "since", "until"}),
    }


def _address(form: UsageForm) -> str:
    query = form.query()
    address = reverse("analytics:usage")
    return f"{address}?{query}" if query else address
