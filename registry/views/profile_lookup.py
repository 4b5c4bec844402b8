"""A profile of the asker's organisation, and its page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from registry.access import OrganizationRequest
from registry.models import Profile
from registry.queries.profile_pages import (
    explained,
    feature_choices,
    profile_page,
)
from registry.queries.profiles import profiles_of


def profile_or_404(
    request: OrganizationRequest, slug: str, *, is_deleted: bool = False
) -> Profile:
    return get_object_or_404(
        Profile.objects.select_related("organization"),
        organization=request.organization,
        slug=slug.replace("\x00", ""),
        archived_at__isnull=not is_deleted,
    )


def render_profile(
    request: OrganizationRequest, profile: Profile, status: int = 200, **extra: Any
) -> HttpResponse:
    """`?feature=` asks what a call of that feature would do under the profile."""
    key = request.GET.get("feature", "").replace("\x00", "")
    features = feature_choices(request.organization)
    context = {
        "page": profile_page(profile),
        "profile": profile,
        "profiles": profiles_of(request.organization),
        "features": features,
        "explained_key": key,
        "explanation": explained(profile, key) if key else None,
        **extra,
    }
    return render(request, "registry/profile_detail.html", context, status=status)
