"""The first page: what exists so far and what needs a look."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registry.access import OrganizationRequest, member_required
from registry.queries.overview import load_overview


@require_GET
@member_required
def overview(request: OrganizationRequest) -> HttpResponse:
    context = {"overview": load_overview(request.organization, timezone.now())}
    return render(request, "registry/overview.html", context)
