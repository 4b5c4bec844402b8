"""Capability probes of a model: what is known, ask again, look on."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analytics.forms.capability_probes import ProbeForm
from analytics.queries.capability_probes import (
    Place,
    capability_lines,
    evidence_of,
    probe_connections,
    probed_places,
)
from analytics.queries.probe_estimates import estimate_probes
from analytics.services.capability_probes import (
    ProbesRefused,
    cancel_probes,
    check_probes,
    request_probes,
)
from registry.access import OrganizationRequest, analyst_required, member_required
from registry.model_access import exact_model
from registry.models import AIModel, Connection

PAGE = "analytics/probes.html"


@require_GET
@member_required
def probe_list(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    ai_model = exact_model(request, provider_slug, model_name)
    return _page(request, ai_model, ProbeForm(request.organization, ai_model))


@require_GET
@member_required
def probe_results(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """What the page shows of the probes, for as long as some are under way."""
    context = _context(request, exact_model(request, provider_slug, model_name))
    return render(request, "analytics/_probes_results.html", context)


@require_GET
@member_required
def probe_card(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """Documented against verified, for the page of the model."""
    context = _context(request, exact_model(request, provider_slug, model_name))
    return render(request, "analytics/_probes_card.html", context)


@require_GET
@member_required
def connection_probes(request: OrganizationRequest, pk: int) -> HttpResponse:
    """What was probed at a connection, for its page."""
    connection = get_object_or_404(Connection, pk=pk, organization=request.organization)
    places = probed_places(request.organization, connection)
    return render(request, "analytics/_connection_probes.html", {"places": places})


@require_POST
@analyst_required
def probe_start(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """Show what the chosen probes would cost; with `confirmed`, ask for them."""
    ai_model = exact_model(request, provider_slug, model_name)
    form = ProbeForm(request.organization, ai_model, request.POST)
    if not form.is_valid():
        return _page(request, ai_model, form, status=422)
    chosen = {"ai_model": ai_model, **form.cleaned_data}
    organization = request.organization
    try:
        if "confirmed" in request.POST:
            request_probes(organization=organization, actor=request.user, **chosen)
            return redirect("analytics:probe_list", provider_slug, model_name)
        # Nobody is shown what it costs and refused afterwards.
        check_probes(organization, **chosen)
    except ProbesRefused as error:
        form.add_error(None, str(error))
        return _page(request, ai_model, form, status=422)
    estimate = estimate_probes(organization, at=timezone.now(), **chosen)
    return _page(request, ai_model, form, estimate=estimate)


@require_POST
@analyst_required
def probe_cancel(
    request: OrganizationRequest, provider_slug: str, model_name: str, batch: uuid.UUID
) -> HttpResponse:
    exact_model(request, provider_slug, model_name)
    count = cancel_probes(
        organization=request.organization, batch=batch, actor=request.user
    )
    said = f"{count} probes were cancelled." if count else "They were done already."
    messages.info(request, said)
    return redirect("analytics:probe_list", provider_slug, model_name)


def _page(
    request: OrganizationRequest,
    ai_model: AIModel,
    form: ProbeForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {**_context(request, ai_model), "form": form, **more}
    return render(request, PAGE, context, status=status)


def _context(request: OrganizationRequest, ai_model: AIModel) -> dict[str, Any]:
    places = [
        Place(one, capability_lines(one, ai_model))
        for one in probe_connections(request.organization, ai_model)
    ]
    lines = [line for place in places for line in place.lines]
    open_lines = [line.open for line in lines if line.open]
    return {
        "ai_model": ai_model,
        "places": places,
        "by_capability": list(zip(*(one.lines for one in places), strict=True)),
        "is_enabled": ai_model.settings.filter(
            organization=request.organization, is_enabled=True
        ).exists(),
        "history": evidence_of(request.organization, ai_model, lines),
        "under_way": open_lines,
        "batches": {one.batch for one in open_lines},
    }
