"""Writes audit entries. Call it inside the transaction of the change itself."""

from typing import Any

from django.db import models

from registry.acting import SYSTEM, actor_name
from registry.models import AuditEntry, Organization, User

__all__ = ["SYSTEM", "change_entry", "record_change"]


def record_change(
    *,
    organization: Organization | None,
    actor: User | None,
    action: str,
    target: models.Model,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    note: str = "",
    actor_label: str = "",
) -> AuditEntry:
    """Add one audit entry. `before` and `after` are JSON-ready and hold only what
    the change touched; `action` reads noun.verb, e.g. `feature.edited`."""
    entry = change_entry(
        organization=organization,
        actor=actor,
        action=action,
        target=target,
        before=before,
        after=after,
        note=note,
        actor_label=actor_label,
    )
    entry.save(force_insert=True)
    return entry


def change_entry(
    *,
    organization: Organization | None,
    actor: User | None,
    action: str,
    target: models.Model,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    note: str = "",
    actor_label: str = "",
) -> AuditEntry:
    """The same entry, not stored yet: for changes that are written many at once."""
    return AuditEntry(
        organization=organization,
        actor=actor,
        actor_label=actor_name(actor, actor_label),
        action=action,
        object_type=target._meta.model_name or "",
        object_id=str(target.pk),
        object_label=str(target)[:400],
        before=before,
        after=after,
        note=note,
    )
