"""Benchmarks: the list, one suite, and copying, archiving and taking back."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.forms.benchmark_suites import SuiteListForm
from analytics.forms.suite_cases import CaseListForm
from analytics.models import BenchmarkSuite
from analytics.queries.benchmark_run_lists import run_lines, runs_of
from analytics.queries.benchmark_suites import suite_named, suite_rows
from analytics.queries.suite_cases import cases_page, scorer_lines
from analytics.queries.suite_judges import unknown_judges
from analytics.services.benchmark_suites import (
    archive_suite,
    copy_suite,
    restore_suite,
    undo_edit,
)
from analytics.services.shipped_suites import missing_shipped
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, analyst_required, member_required
from registry.models import AuditEntry

RESULTS: Final = "suites-results"
CASES: Final = "cases-results"
RUNS_SHOWN: Final = 20


@require_GET
@member_required
def benchmark_list(request: OrganizationRequest) -> HttpResponse:
    """All suites, and the latest runs."""
    form = SuiteListForm(request.GET)
    form.is_valid()
    words = form.cleaned_data.get("q", "")
    is_archived = form.cleaned_data.get("state") == "archived"
    context = {
        "form": form,
        "rows": suite_rows(request.organization, words, is_archived=is_archived),
        "words": words,
        "is_archived": is_archived,
        "runs": run_lines(runs_of(request.organization)[:RUNS_SHOWN]),
        "missing": missing_shipped(request.organization),
    }
    return render_page(
        request,
        "analytics/benchmarks.html",
        "analytics/_benchmark_suites_results.html",
        RESULTS,
        context,
    )


@require_GET
@member_required
def suite_show(request: OrganizationRequest, key: str) -> HttpResponse:
    """Its cases, searched and by tag; its scorers and runs."""
    suite = suite_or_404(request, key)
    form = CaseListForm(request.GET)
    form.is_valid()
    said = form.cleaned_data
    words, tag = said.get("q", ""), said.get("tag", "")
    context: dict[str, Any] = {
        "suite": suite,
        "form": form,
        "words": words,
        "tag": tag,
        # The place of a case among those found says nothing of its place in the suite.
        "can_move": not words and not tag,
        "cases": cases_page(suite, words, tag, said.get("page") or 1),
        "scorers": scorer_lines(suite.scorers),
        "strange_judges": unknown_judges(request.organization, suite.scorers),
        "runs": run_lines(runs_of(request.organization, suite)[:RUNS_SHOWN]),
    }
    return render_page(
        request,
        "analytics/benchmark_suite.html",
        "analytics/_suite_cases_results.html",
        CASES,
        context,
    )


@require_POST
@analyst_required
def suite_copy(request: OrganizationRequest, key: str) -> HttpResponse:
    suite = suite_or_404(request, key)
    try:
        copy = copy_suite(suite=suite, actor=request.user)
    except BenchmarkRefused as refused:
        messages.error(request, str(refused))
        return redirect("analytics:benchmark_suite", suite.key)
    messages.success(request, f"{copy.name} is made, with the same cases.")
    return redirect("analytics:benchmark_suite", copy.key)


@require_POST
@analyst_required
def suite_archive(request: OrganizationRequest, key: str) -> HttpResponse:
    suite = suite_or_404(request, key)
    archive_suite(suite=suite, actor=request.user)
    messages.success(
        request,
        f"{suite.name} is archived. Its runs stay.",
        extra_tags=reverse("analytics:benchmark_suite_restore", args=[suite.key]),
    )
    return redirect("analytics:benchmark_list")


@require_POST
@analyst_required
def suite_restore(request: OrganizationRequest, key: str) -> HttpResponse:
    suite = suite_named(request.organization, key, is_archived=True)
    if suite is None:
        raise Http404("There is no such archived suite.")
    try:
        restore_suite(suite=suite, actor=request.user)
    except BenchmarkRefused as refused:
        messages.error(request, f"Not restored. {refused}")
        return redirect("analytics:benchmark_list")
    messages.success(request, f"{suite.name} is back.")
    return redirect("analytics:benchmark_suite", suite.key)


@require_POST
@analyst_required
def suite_undo(request: OrganizationRequest, key: str, entry_id: int) -> HttpResponse:
    suite = suite_or_404(request, key)
    entry = get_object_or_404(
        AuditEntry,
        pk=entry_id,
        organization=request.organization,
        object_type="benchmarksuite",
        object_id=str(suite.pk),
    )
    try:
        is_done = undo_edit(entry=entry, suite=suite, actor=request.user)
    except BenchmarkRefused as refused:
        messages.error(request, f"Not taken back. {refused}")
        return redirect("analytics:benchmark_suite", key)
    if is_done:
        messages.success(request, f"{suite.name} is as it was before.")
    else:
        messages.error(request, "Not taken back: it was changed again since.")
    return redirect("analytics:benchmark_suite", key)


def suite_or_404(request: OrganizationRequest, key: str) -> BenchmarkSuite:
    suite = suite_named(request.organization, key)
    if suite is None:
        raise Http404("There is no such suite.")
    return suite


def say_edited(
    request: OrganizationRequest,
    suite: BenchmarkSuite,
    entry: AuditEntry | None,
    text: str,
) -> None:
    undo = ""
    if entry is not None:
        undo = reverse("analytics:benchmark_suite_undo", args=[suite.key, entry.pk])
    messages.success(request, text, extra_tags=undo)
