"""The page of one model."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registry.access import OrganizationRequest, member_required
from registry.charts import price_history_figure
from registry.configuration_changes import action_words, configuration_changes
from registry.model_access import resolved
from registry.model_facts import capabilities_of, source_of
from registry.models import AIModel
from registry.queries.model_detail import model_detail as read_detail
from registry.queries.model_detail import setting_of
from registry.services.model_settings import Configuration, configuration_of


@require_GET
@member_required
def model_detail(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """Facts, prices, ratings, use and history; an alias leads to its exact version."""
    resolution = resolved(request, provider_slug, model_name)
    ai_model = resolution.ai_model
    assert ai_model is not None  # noqa: S101  # `resolved` answers 404 without one
    if resolution.alias:
        messages.info(
            request,
            f"{resolution.requested} is an alias. It means {ai_model.reference}.",
        )
        return redirect(ai_model)
    context = _context(request, ai_model)
    return render(request, "registry/model_detail.html", context)


def _context(request: OrganizationRequest, ai_model: AIModel) -> dict[str, Any]:
    now = timezone.now()
    detail = read_detail(ai_model, request.organization, now)
    stored = configuration_of(setting_of(ai_model, request.organization))
    figure = price_history_figure(detail.points, now.date())
    return {
        "detail": detail,
        "card": detail.card,
        "ai_model": ai_model,
        "url": detail.card.url,
        "reference": ai_model.reference,
        "capabilities": capabilities_of(ai_model),
        "capability_source": source_of(ai_model, "capabilities"),
        "figure": figure if detail.has_token_price else None,
        "defaults": configuration_changes(
            Configuration().as_record(), stored.as_record()
        ),
        "history": [
            (
                entry,
                action_words(entry.action),
                configuration_changes(entry.before or {}, entry.after or {}),
            )
            for entry in detail.history
        ],
        "can_edit": request.membership.can_edit,
    }
