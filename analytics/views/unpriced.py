"""Calls without a price, and what can be done about them."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analytics.forms.adjustments import SetAsideForm
from analytics.models import ModelAlias, UnpricedSetAside, UsageAdjustment
from analytics.queries.unpriced import GroupKind, group_exists, unpriced_groups
from analytics.services.adjustments import remove_mapping
from analytics.services.unpriced_set_aside import set_aside, take_back
from registry.access import OrganizationRequest, editor_required, member_required

RANGES: Final = (7, 30, 90, 365)
USUAL: Final = 90
SHOWN: Final = 50


@require_GET
@member_required
def unpriced(request: OrganizationRequest) -> HttpResponse:
    return _page(request)


@require_POST
@editor_required
def unpriced_set_aside(request: OrganizationRequest) -> HttpResponse:
    form = SetAsideForm(request.POST)
    if not form.is_valid():
        problem = " ".join(
            str(error) for found in form.errors.values() for error in found
        )
        return _page(
            request, problem=f"Say why you set it aside. {problem}", status=422
        )
    facts = form.cleaned_data
    kind = GroupKind(facts["kind"])
    if not group_exists(request.organization, kind, facts["name"]):
        raise Http404("There are no such calls.")
    set_aside(
        organization=request.organization,
        actor=request.user,
        kind=kind,
        name=facts["name"],
        reason=facts["reason"],
    )
    messages.success(request, f"{facts['name'] or 'Calls without a name'} set aside.")
    return redirect("analytics:unpriced")


@require_POST
@editor_required
def unpriced_take_back(request: OrganizationRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(UnpricedSetAside, organization=request.organization, pk=pk)
    take_back(one, actor=request.user)
    return redirect("analytics:unpriced")


@require_POST
@editor_required
def mapping_remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    found = ModelAlias.objects.select_related("ai_model__provider", "organization")
    one = get_object_or_404(found, organization=request.organization, pk=pk)
    remove_mapping(one, actor=request.user)
    messages.success(
        request, f"{one} is no longer mapped. Recorded calls stay as they are."
    )
    return redirect("analytics:unpriced")


def _page(
    request: OrganizationRequest, *, problem: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    word = request.GET.get("days", "")
    days = int(word) if word in map(str, RANGES) else USUAL
    start = now - datetime.timedelta(days=days)
    organization = request.organization
    context: dict[str, Any] = {
        "found": unpriced_groups(organization, start, now),
        "days": days,
        "ranges": RANGES,
        "problem": problem,
        "adjustments": UsageAdjustment.objects.filter(
            organization=organization
        ).select_related("created_by")[:SHOWN],
        "mappings": ModelAlias.objects.filter(organization=organization).select_related(
            "ai_model__provider", "created_by"
        )[:SHOWN],
    }
    return render(request, "analytics/unpriced.html", context, status=status)
