"""A link to the results of a run, and the page behind it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from analytics.models import BenchmarkRun
from analytics.services.benchmark_sharing import share_run, withdraw_run
from analytics.views.benchmark_results import run_of
from registry.access import OrganizationRequest, editor_required


@require_POST
@editor_required
def benchmark_share(request: OrganizationRequest, number: int) -> HttpResponse:
    if share_run(run=run_of(request, number), actor=request.user):
        messages.success(request, "The link works now.")
    return redirect("analytics:benchmark_results", number)


@require_POST
@editor_required
def benchmark_unshare(request: OrganizationRequest, number: int) -> HttpResponse:
    if withdraw_run(run=run_of(request, number), actor=request.user):
        messages.success(request, "The link leads nowhere from now on.")
    return redirect("analytics:benchmark_results", number)


@login_not_required
@require_GET
def benchmark_shared(request: HttpRequest, share_key: uuid.UUID) -> HttpResponse:
    """For whoever has the link: nothing to change, no answers, no keys."""
    runs = BenchmarkRun.objects.select_related("suite", "organization")
    run = get_object_or_404(runs, share_key=share_key)
    response = render(request, "analytics/benchmark_shared.html", {"run": run})
    # The address is the key: it must reach neither other sites nor search engines.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
