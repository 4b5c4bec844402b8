"""The scorers of a suite: adding, editing and removing one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.benchmarking.scorers import SCORER_KINDS, ScorerKind
from analytics.forms.suite_cases import ScorerForm, scorer_initial
from analytics.models import BenchmarkSuite
from analytics.services.benchmark_suites import edit_suite
from analytics.views.benchmark_suites import say_edited, suite_or_404
from registry.access import OrganizationRequest, editor_required


@require_http_methods(["GET", "POST"])
@editor_required
def scorer_add(request: OrganizationRequest, key: str) -> HttpResponse:
    """Choose a kind, then set it."""
    suite = suite_or_404(request, key)
    kind = SCORER_KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        context = {"suite": suite, "kinds": SCORER_KINDS.values()}
        return render(request, "analytics/benchmark_scorer_kinds.html", context)
    form = ScorerForm(kind, request.POST or None)
    if not form.is_valid():
        return _form(request, suite, kind, form, 422 if form.is_bound else 200)
    return _save(request, suite, form, [*suite.scorers, form.scorer])


@require_http_methods(["GET", "POST"])
@editor_required
def scorer_edit(request: OrganizationRequest, key: str, number: int) -> HttpResponse:
    suite = suite_or_404(request, key)
    said = _scorer(suite, number)
    kind = SCORER_KINDS[said["kind"]]
    if request.method == "GET":
        form = ScorerForm(kind, initial=scorer_initial(kind, said))
        return _form(request, suite, kind, form, 200)
    form = ScorerForm(kind, request.POST)
    if not form.is_valid():
        return _form(request, suite, kind, form, 422)
    scorers = list(suite.scorers)
    scorers[number - 1] = form.scorer
    return _save(request, suite, form, scorers)


@require_POST
@editor_required
def scorer_remove(request: OrganizationRequest, key: str, number: int) -> HttpResponse:
    suite = suite_or_404(request, key)
    kind = SCORER_KINDS[_scorer(suite, number)["kind"]]
    scorers = [one for place, one in enumerate(suite.scorers, 1) if place != number]
    entry = edit_suite(suite=suite, actor=request.user, scorers=scorers)
    say_edited(request, suite, entry, f"{kind.label} is removed.")
    return redirect("analytics:benchmark_suite", suite.key)


def _scorer(suite: BenchmarkSuite, number: int) -> dict[str, Any]:
    if not 1 <= number <= len(suite.scorers):
        raise Http404("There is no such scorer.")
    found: dict[str, Any] = suite.scorers[number - 1]
    return found


def _save(
    request: OrganizationRequest,
    suite: BenchmarkSuite,
    form: ScorerForm,
    scorers: list[dict[str, Any]],
) -> HttpResponse:
    try:
        entry = edit_suite(suite=suite, actor=request.user, scorers=scorers)
    except BenchmarkRefused as refused:
        form.add_error(None, str(refused))
        return _form(request, suite, form.kind, form, 422)
    say_edited(request, suite, entry, f"{form.kind.label} is saved.")
    return redirect("analytics:benchmark_suite", suite.key)


def _form(
    request: OrganizationRequest,
    suite: BenchmarkSuite,
    kind: ScorerKind,
    form: ScorerForm,
    status: int,
) -> HttpResponse:
    context = {"suite": suite, "kind": kind, "form": form}
    return render(request, "analytics/benchmark_scorer.html", context, status=status)
