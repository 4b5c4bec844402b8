"""What every page's frame shows: navigation counts and the state of the catalogue."""

from typing import Any

from django.db.models import Func, IntegerField, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from registry.models import (
    ActivePack,
    AIModel,
    CatalogSync,
    Connection,
    Feature,
    Organization,
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
        **_counts(organization),
        "active_pack": ActivePack.objects.filter(
            organization=organization, version__isnull=False
        )
        .select_related("version__pack")
        .first(),
        "memberships": getattr(request, "memberships", []),
        "last_sync": CatalogSync.objects.exclude(finished_at=None).first(),
    }


def _counts(organization: Organization) -> dict[str, Any]:
    """One query for all: every page asks it."""
    listed = AIModel.objects.visible_to(organization).filter(is_listed=True)
    features = Feature.objects.filter(organization=organization, archived_at=None)
    connections = Connection.objects.filter(organization=organization)
    counts = Organization.objects.values(
        model_count=_count(listed),
        feature_count=_count(features),
        connection_count=_count(connections),
    ).get(pk=organization.pk)
    return {**counts}


def _count(rows: QuerySet[Any]) -> Subquery:
    number = Func("pk", function="count", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(number=number).values("number"))
