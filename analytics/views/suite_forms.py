"""Making and editing a suite, its scorers included."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.forms.benchmark_suites import NewSuiteForm, SuiteForm, suite_initial
from analytics.forms.scorers import ScorersPart
from analytics.models import BenchmarkSuite
from analytics.services.benchmark_suites import create_suite, edit_suite
from analytics.views.benchmark_suites import say_edited, suite_or_404
from registry.access import OrganizationRequest, analyst_required

FIRST_SCORERS: Final = ({"kind": "contains"},)
"""What a new suite begins with: chatty models pass it too."""


@require_http_methods(["GET", "POST"])
@analyst_required
def suite_create(request: OrganizationRequest) -> HttpResponse:
    if request.method == "GET":
        return _form(request, NewSuiteForm(), ScorersPart.of(FIRST_SCORERS))
    part = ScorersPart.posted(request.POST)
    if part.is_changing:
        return _form(request, NewSuiteForm(initial=request.POST.dict()), part)
    form = NewSuiteForm(request.POST)
    # Both are asked, so that each shows what is wrong with it.
    if not all([form.is_valid(), part.is_valid()]):
        return _form(request, form, part)
    try:
        suite = create_suite(
            organization=request.organization,
            actor=request.user,
            key=form.cleaned_data["key"],
            scorers=part.values,
            **form.facts(),
        )
    except BenchmarkRefused as refused:
        form.refuse(refused.problems)
        return _form(request, form, part)
    messages.success(request, f"{suite.name} is made. Add its cases.")
    return redirect("analytics:benchmark_suite", suite.key)


@require_http_methods(["GET", "POST"])
@analyst_required
def suite_edit(request: OrganizationRequest, key: str) -> HttpResponse:
    suite = suite_or_404(request, key)
    if request.method == "GET":
        form = SuiteForm(initial=suite_initial(suite))
        return _form(request, form, ScorersPart.of(suite.scorers), suite)
    part = ScorersPart.posted(request.POST)
    if part.is_changing:
        return _form(request, SuiteForm(initial=request.POST.dict()), part, suite)
    form = SuiteForm(request.POST)
    if not all([form.is_valid(), part.is_valid()]):
        return _form(request, form, part, suite)
    try:
        entry = edit_suite(
            suite=suite,
            actor=request.user,
            scorers=part.values,
            **form.facts(suite),
        )
    except BenchmarkRefused as refused:
        form.refuse(refused.problems)
        return _form(request, form, part, suite)
    say_edited(request, suite, entry, f"{suite.name} is saved.")
    return redirect("analytics:benchmark_suite", suite.key)


def _form(
    request: OrganizationRequest,
    form: SuiteForm,
    part: ScorersPart,
    suite: BenchmarkSuite | None = None,
) -> HttpResponse:
    wrong = len(form.errors) + part.wrong
    context: dict[str, Any] = {
        "form": form,
        "part": part,
        "suite": suite,
        "wrong": wrong,
    }
    return render(
        request,
        "analytics/benchmark_suite_form.html",
        context,
        status=422 if wrong else 200,
    )
