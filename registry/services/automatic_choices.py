"""Saying how ModelHub chooses a feature's model for each request, and taking that
back."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.audit import record_change
from registry.automatic_choice import clean_choice
from registry.configuration.fields import FieldError
from registry.models import AuditEntry, Feature, User
from registry.services.features import StaleFeature

ACTION: Final = "feature.choice_set"


@transaction.atomic
def set_automatic_choice(
    *,
    feature: Feature,
    document: Any,
    actor: User | None,
    expected_version: int | None = None,
    actor_label: str = "",
) -> bool:
    """Whether that changed anything. None: the assignment alone decides again.

    Raises ValidationError by field of the document, and StaleFeature where somebody
    changed the feature since `expected_version` (None: whatever it is now)."""
    locked = Feature.objects.select_for_update().get(pk=feature.pk)
    after = cleaned_choice(document)
    before = locked.automatic_choice
    if after == before:
        return False
    if expected_version is not None and locked.version != expected_version:
        raise StaleFeature(Feature.objects.get(pk=feature.pk))
    locked.automatic_choice = after
    locked.version += 1
    locked.save(update_fields=["automatic_choice", "version", "updated_at"])
    record_change(
        organization=locked.organization,
        actor=actor,
        actor_label=actor_label,
        action=ACTION,
        target=locked,
        before={"automatic_choice": before},
        after={"automatic_choice": after},
    )
    feature.refresh_from_db()
    return True


@transaction.atomic
def undo_automatic_choice(
    *, feature: Feature, actor: User | None, actor_label: str = ""
) -> bool:
    """Take the last change back; once more puts it there again. False where there is
    none."""
    Feature.objects.select_for_update().get(pk=feature.pk)
    entry = last_change(feature)
    if entry is None:
        return False
    before = (entry.before or {}).get("automatic_choice")
    return set_automatic_choice(
        feature=feature, document=before, actor=actor, actor_label=actor_label
    )


def last_change(feature: Feature) -> AuditEntry | None:
    return (
        AuditEntry.objects.filter(
            organization=feature.organization,
            object_type="feature",
            object_id=str(feature.pk),
            action=ACTION,
        )
        .order_by("-at", "-pk")
        .first()
    )


def cleaned_choice(document: Any) -> dict[str, Any] | None:
    """The document as it is stored. Raises ValidationError by field."""
    try:
        return clean_choice(document)
    except FieldError as error:
        raise ValidationError(
            {str(path[0]) if path else "policy": [text] for path, text in error.wrong}
        ) from error
