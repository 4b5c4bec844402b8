"""The cases of a run, one of them with all its answers, and all of it as a file."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from analytics.benchmark_export import csv_lines, json_pieces
from analytics.forms.benchmark_results import OUTCOMES, CasesForm
from analytics.models import BenchmarkCase, BenchmarkResult
from analytics.queries.benchmark_cases import (
    case_answers,
    case_page,
    export_rows,
    tags_of,
)
from analytics.queries.benchmark_verdicts import said_of
from analytics.views.benchmark_results import run_of
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.prompts.difference import difference
from registry.streams import streamed_in_turns

TARGET: Final = "benchmark-cases"


@require_GET
@member_required
def benchmark_cases(request: OrganizationRequest, number: int) -> HttpResponse:
    run = run_of(request, number)
    form = CasesForm(request.GET)
    contenders = list(run.contenders.all())
    context: dict[str, Any] = {
        "run": run,
        "form": form,
        "contenders": contenders,
        "outcomes": OUTCOMES,
        "tags": tags_of(run),
    }
    if form.is_valid():
        asked = form.cleaned_data
        chosen = [one for one in contenders if one.position == asked["model"]]
        context["page"] = case_page(
            run,
            contender=chosen[0] if chosen else None,
            tag=asked["tag"],
            outcome=asked["outcome"],
            after=form.asked_after(),
        )
        kept = {name: asked[name] for name in ("model", "tag", "outcome")}
        context["kept"] = urlencode({k: v for k, v in kept.items() if v})
    page, part = "analytics/benchmark_cases.html", "analytics/_benchmark_cases.html"
    status = 422 if form.errors else 200
    return render_page(request, page, part, TARGET, context, status)


@require_GET
@member_required
def benchmark_case(request: OrganizationRequest, number: int, pk: int) -> HttpResponse:
    """All answers to one case; `a` and `b` are the answers that are compared."""
    run = run_of(request, number)
    cases = BenchmarkCase.objects.filter(suite_id=run.suite_id)
    case = get_object_or_404(cases, pk=pk)
    answers = case_answers(run, case)
    given = [one for one in answers if one.answer]
    pair = _chosen(given, request.GET.get("a", ""), request.GET.get("b", ""))
    context = {
        "run": run,
        "case": case,
        "answers": said_of(answers, request.user),
        "given": given,
        "pair": pair,
        "difference": difference(pair[0].answer, pair[1].answer) if pair else None,
    }
    return render(request, "analytics/benchmark_case.html", context)


@require_GET
@member_required
def benchmark_download(
    request: OrganizationRequest, number: str, extension: str
) -> Any:  # a streaming answer is no HttpResponse
    run = run_of(request, int(number))
    rows = export_rows(run)
    head = {"suite": run.suite.key, "run": run.number, "state": run.state}
    lines = csv_lines(rows) if extension == "csv" else json_pieces(head, rows)
    response = StreamingHttpResponse(
        streamed_in_turns(request, lines),
        content_type="application/json" if extension == "json" else "text/csv",
    )
    name = f"{run.suite.key}-run-{run.number}.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chosen(
    given: list[BenchmarkResult], a: str, b: str
) -> tuple[BenchmarkResult, BenchmarkResult] | None:
    """The two that are asked for; else the first two that do not agree."""
    by_key = {str(one.pk): one for one in given}
    if a in by_key and b in by_key:
        return by_key[a], by_key[b]
    if len(given) < 2:
        return None
    other = next(
        (one for one in given[1:] if one.is_passed != given[0].is_passed), given[1]
    )
    return given[0], other
