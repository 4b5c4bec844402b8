"""Saving a question of the playground as a benchmark case."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from analytics.benchmarking.case_content import BenchmarkRefused
from recommender.forms.playground_answers import CaseForm
from recommender.services.playground_answers import own_answer
from recommender.services.playground_cases import save_as_case
from registry.access import OrganizationRequest, analyst_required


@require_http_methods(["GET", "POST"])
@analyst_required
def answer_case(request: OrganizationRequest, answer_id: uuid.UUID) -> HttpResponse:
    """The choice of a suite; then the case, and its suite's page."""
    answer = own_answer(request.organization, request.user, answer_id)
    if answer is None or answer.run.hides_names:
        raise Http404
    form = CaseForm(
        request.organization, request.POST if request.method == "POST" else None
    )
    if form.is_bound and form.is_valid():
        try:
            case = save_as_case(answer=answer, actor=request.user, **form.cleaned_data)
        except BenchmarkRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Saved as a case of {case.suite.name}.")
            place = reverse("analytics:benchmark_suite", args=[case.suite.key])
            if getattr(request, "htmx", None):
                return HttpResponseClientRedirect(place)
            return HttpResponseRedirect(place)
    return render(
        request,
        "recommender/_playground_case.html",
        {"answer": answer, "form": form},
        status=422 if form.errors else 200,
    )
