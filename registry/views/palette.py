from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registry.access import OrganizationRequest, member_required
from registry.models import AIModel, Feature, Pack, Prompt
from registry.queries.connections import connections_of, matching
from registry.queries.model_status import statuses
from registry.queries.profiles import profiles_of

RESULTS = 6


@require_GET
@member_required
def palette(request: OrganizationRequest) -> HttpResponse:
    """What the search dialog offers for the words typed so far."""
    words = request.GET.get("q", "").replace("\x00", "").strip().lower()[:100]
    context: dict[str, Any] = {"words": words}
    if words:
        found = AIModel.objects.visible_to(request.organization).filter(is_listed=True)
        for word in words.split():
            found = found.filter(search_text__contains=word)
        models = list(found.select_related("provider")[:RESULTS])
        known = statuses(request.organization, models, timezone.now())
        context["ai_models"] = [(one, known[one.pk]) for one in models]
        context["features"] = Feature.objects.filter(
            organization=request.organization, archived_at=None, name__icontains=words
        )[:RESULTS]
        context["packs"] = Pack.objects.filter(
            Q(name__icontains=words) | Q(slug__icontains=words),
            organization=request.organization,
            archived_at=None,
        )[:RESULTS]
        context["found_profiles"] = profiles_of(request.organization).filter(
            Q(name__icontains=words) | Q(slug__icontains=words)
        )[:RESULTS]
        context["found_prompts"] = Prompt.objects.filter(
            organization=request.organization, archived_at=None, name__icontains=words
        )[:RESULTS]
        connections = connections_of(request.organization)
        context["connections"] = matching(connections, words)[:RESULTS]
    return render(request, "registry/_palette_results.html", context)
