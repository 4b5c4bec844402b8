"""People mark the answers of a run right or wrong."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from analytics.services.benchmark_verdicts import NotAnswered, say_of
from analytics.views.benchmark_results import run_of
from registry.access import OrganizationRequest, analyst_required

SAID: Final = {"right": True, "wrong": False, "nothing": None}


@require_POST
@analyst_required
def benchmark_verdict(
    request: OrganizationRequest, number: int, pk: int
) -> HttpResponse:
    """`verdict` is right, wrong, or nothing, which takes back what was said."""
    run = run_of(request, number)
    result = get_object_or_404(run.results, pk=pk)
    said = request.POST.get("verdict", "")
    if said not in SAID:
        messages.error(request, "Say whether the answer is right or wrong.")
    else:
        try:
            say_of(result=result, person=request.user, is_right=SAID[said])
        except NotAnswered as error:
            messages.error(request, str(error))
    page = reverse("analytics:benchmark_case", args=[run.number, result.case_id])
    return redirect(f"{page}#answer-{result.pk}")
