from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.access import OrganizationRequest, member_required
from registry.models import AIModel, Feature

RESULTS = 6


@require_GET
@member_required
def palette(request: OrganizationRequest) -> HttpResponse:
    """What the search dialog offers for the words typed so far."""
    words = request.GET.get("q", "").strip().lower()[:100]
    context: dict[str, Any] = {"words": words}
    if words:
        found = AIModel.objects.visible_to(request.organization).filter(is_listed=True)
        for word in words.split():
            found = found.filter(search_text__contains=word)
        context["ai_models"] = found.select_related("provider")[:RESULTS]
        context["features"] = Feature.objects.filter(
            organization=request.organization, archived_at=None, name__icontains=words
        )[:RESULTS]
    return render(request, "registry/_palette_results.html", context)
