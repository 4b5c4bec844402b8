"""Takes the sample organisation away with everything that belongs to it."""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.db import connection, models, transaction

from registry.models import Organization

OWN_APPS: Final = ("registry", "analytics", "recommender")
PLAIN: Final = "organization_id"
"""Tables that outlive what they name know the organisation by its number alone."""


@transaction.atomic
def remove_organization(organization: Organization) -> int:
    """Delete a sample organisation and all its rows; how many there were. Raises
    ValueError for one that is real."""
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    if not locked.is_sample:
        raise ValueError("Only sample data is removed like this.")
    with connection.cursor() as cursor:
        # What names another row of it is deleted in the same transaction.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    ways = ways_to_organization()
    # Those farthest away first: they are found by way of the others.
    order = sorted(ways, key=lambda model: -max(map(_distance, ways[model])))
    removed = 0
    for model in order:
        # One way after the other: a join of all of them would be planned badly.
        for way in ways[model]:
            rows = model._base_manager.filter(**{way: locked.pk})
            removed += rows._raw_delete(using=rows.db)
    mine = Organization.objects.filter(pk=locked.pk)
    mine._raw_delete(using=mine.db)
    return removed


def ways_to_organization() -> dict[type[models.Model], list[str]]:
    """Every table that belongs to organisations, with the ways from a row to its
    organisation in Django's words: one is enough."""
    tables = [
        model
        for app in OWN_APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model is not Organization
    ]
    found = {model: _ways_of(model) for model in tables}
    return {model: ways for model, ways in found.items() if ways}


def _ways_of(model: type[models.Model]) -> list[str]:
    fields = model._meta.concrete_fields
    if PLAIN in {field.name for field in fields}:
        return [PLAIN]
    ways = []
    for field in fields:
        owner = field.related_model
        if not isinstance(field, models.ForeignKey) or owner is model:
            continue
        if owner is Organization:
            return [field.name]
        if not field.null and isinstance(owner, type):
            ways += [f"{field.name}__{way}" for way in _ways_of(owner)]
    return ways


def _distance(way: str) -> int:
    return way.count("__")
