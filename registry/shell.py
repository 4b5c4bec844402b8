"""What every page's frame shows: navigation counts and the state of the catalogue."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from registry.models import (
    ActivePack,
    AIModel,
    CatalogSync,
    Connection,
    Feature,
    Membership,
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`. Lazy: a fragment that shows no frame asks nothing."""
    organization = getattr(request, "organization", None)
    return {
        "organization": organization,
        "membership": getattr(request, "membership", None),
        "theme": request.COOKIES.get("theme", ""),
        "shell": SimpleLazyObject(lambda: _frame(request)),
    }


def _frame(request: HttpRequest) -> dict[str, Any]:
    organization = getattr(request, "organization", None)
    if organization is None:
        return {}
    return {
        "model_count": AIModel.objects.visible_to(organization)
        .filter(is_listed=True)
        .count(),
        "feature_count": Feature.objects.filter(
            organization=organization, archived_at=None
        ).count(),
        "connection_count": Connection.objects.filter(
            organization=organization
        ).count(),
        "active_pack": ActivePack.objects.filter(
            organization=organization, version__isnull=False
        )
        .select_related("version__pack")
        .first(),
        "memberships": Membership.objects.filter(
            user_id=request.user.pk or 0
        ).select_related("organization"),
        "last_sync": CatalogSync.objects.exclude(finished_at=None).first(),
    }
