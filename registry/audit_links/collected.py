"""The links of all rooms together. The rooms to the right of the registry are named in
the settings, so that the registry imports none of them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import F, Func, Max, TextField, Value

from registry.audit_links.offer import Undo, pages_by_row
from registry.models import AuditEntry


def pages_for(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """The address of each object's own page, by entry, where it has one."""
    found: dict[int, str] = {}
    for room in _rooms():
        for one in entries:
            if one.object_type in room.PAGES:
                found[one.pk] = str(room.PAGES[one.object_type](one))
        found |= pages_by_row(entries, room.ROWS)
    return {pk: page for pk, page in found.items() if page}


def offers_for(entries: Sequence[AuditEntry]) -> dict[int, Undo]:
    """What of these entries, all of one organisation, can be taken back. Only the
    newest change of its kind to an object: what stood before an older one is not what
    stands before it now."""
    last = _newest(entries)
    newest = [one for one in entries if one.pk in last]
    offers: dict[int, Undo] = {}
    for room in _rooms() if newest else ():
        offers |= room.offers(newest)
    return offers


def _newest(entries: Sequence[AuditEntry]) -> set[int]:
    """By object and noun: an edit of a feature does not overtake its assignment."""
    if not entries:
        return set()
    noun = Func(
        F("action"),
        Value("."),
        Value(1),
        function="split_part",
        output_field=TextField(),
    )
    rows = (
        AuditEntry.objects.filter(
            organization=entries[0].organization_id,
            object_type__in={one.object_type for one in entries},
            object_id__in={one.object_id for one in entries},
        )
        .order_by()
        .values("object_type", "object_id", noun=noun)
        .annotate(newest=Max("pk"))
    )
    return {row["newest"] for row in rows}


def _rooms() -> list[Any]:
    """Modules with `PAGES`, `ROWS` and `offers`."""
    return [import_module(name) for name in settings.MODELHUB_AUDIT_LINKS]
