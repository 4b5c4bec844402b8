"""Capability probes of a model: what is known, ask again, look on."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analytics.forms.capability_probes import ProbeForm
from analytics.queries.capability_probes import (
    SHOWN_HISTORY,
    capability_lines,
    estimate_probes,
    probe_connections,
    probes_of,
)
from analytics.services.capability_probes import (
    ProbesRefused,
    cancel_probes,
    request_probes,
)
from registry.access import OrganizationRequest, editor_required, member_required
from registry.model_access import exact_model
from registry.models import AIModel

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


@require_POST
@editor_required
def probe_start(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """Show what the chosen probes would cost; with `confirmed`, ask for them."""
    ai_model = exact_model(request, provider_slug, model_name)
    form = ProbeForm(request.organization, ai_model, request.POST)
    if not form.is_valid():
        return _page(request, ai_model, form, status=422)
    chosen = form.cleaned_data
    if "confirmed" not in request.POST:
        estimate = estimate_probes(
            request.organization,
            ai_model,
            chosen["capabilities"],
            chosen["limit_tokens"],
            timezone.now(),
        )
        return _page(request, ai_model, form, estimate=estimate)
    try:
        request_probes(
            organization=request.organization,
            actor=request.user,
            ai_model=ai_model,
            **chosen,
        )
    except ProbesRefused as error:
        form.add_error(None, str(error))
        return _page(request, ai_model, form, status=422)
    return redirect("analytics:probe_list", provider_slug, model_name)


@require_POST
@editor_required
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
        (one, capability_lines(one, ai_model))
        for one in probe_connections(request.organization, ai_model)
    ]
    open_lines = [line.open for _, lines in places for line in lines if line.open]
    return {
        "ai_model": ai_model,
        "places": places,
        "history": probes_of(request.organization, ai_model)[:SHOWN_HISTORY],
        "under_way": open_lines,
        "batches": {one.batch for one in open_lines},
    }
