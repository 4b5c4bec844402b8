"""What came of a benchmark run, two of its models against each other, and drift."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from analytics.benchmark_comparison import best_two, compared
from analytics.forms.benchmark_results import MARGINS, CompareForm
from analytics.models import BenchmarkRun
from analytics.queries.benchmark_cases import differing_page
from analytics.queries.benchmark_drift import drift, earlier_runs
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required

TARGET: Final = "benchmark-results"


def run_of(request: OrganizationRequest, number: int) -> BenchmarkRun:
    """404 for another organisation's as for none."""
    runs = BenchmarkRun.objects.select_related("suite", "organization")
    return get_object_or_404(runs, organization=request.organization, number=number)


@require_GET
@member_required
def benchmark_results(request: OrganizationRequest, number: int) -> HttpResponse:
    """The results part of the run's page, ranked as asked."""
    context = {"run": run_of(request, number)}
    page = "analytics/benchmark_results.html"
    part = "analytics/_benchmark_results.html"
    return render_page(request, page, part, TARGET, context)


@require_GET
@member_required
def benchmark_compare(request: OrganizationRequest, number: int) -> HttpResponse:
    run = run_of(request, number)
    form = CompareForm(run, request.GET)
    context: dict[str, Any] = {"run": run, "form": form, "margins": MARGINS}
    context["contenders"] = contenders = {
        one.position: one for one in run.contenders.all()
    }
    if form.is_valid():
        asked = form.cleaned_data
        first, second = best_two(run.summary) or (None, None)
        a, b = asked["a"] or first, asked["b"] or second
        context |= {"a": a, "b": b, "margin": form.asked_margin}
        if a in contenders and b in contenders and a != b:
            pair = (contenders[a], contenders[b])
            context["found"] = compared(run.summary, a, b, form.asked_margin / 100)
            context["page"] = differing_page(run, pair, form.asked_after())
    status = 422 if form.errors else 200
    return render(request, "analytics/benchmark_compare.html", context, status=status)


@require_GET
@member_required
def benchmark_drift(request: OrganizationRequest, number: int) -> HttpResponse:
    """The run against an earlier one, the latest where none is asked for."""
    run = run_of(request, number)
    earlier = earlier_runs(run)
    asked = request.GET.get("before", "")
    chosen = [one for one in earlier if asked in ("", str(one.number))]
    before = chosen[0] if chosen else None
    context = {
        "run": run,
        "earlier": earlier,
        "before": before,
        "is_unknown": bool(asked) and before is None,
        "is_scored_alike": before is not None and before.scorers == run.scorers,
        "models": drift(run, before) if before else [],
    }
    return render(request, "analytics/benchmark_drift.html", context)
