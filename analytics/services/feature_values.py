"""Saying what a successful request of a feature is worth."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from analytics.models import FeatureValue
from registry.audit import record_change
from registry.models import AuditEntry, Feature, User
from registry.money import exact_text

ACTION = "feature.valued"


@transaction.atomic
def set_value(*, feature: Feature, usd: Decimal | None, actor: User | None) -> bool:
    """Whether that changed anything. None takes the value away. Raises ValidationError
    for an amount below zero."""
    Feature.objects.select_for_update().get(pk=feature.pk)
    value, _ = FeatureValue.objects.get_or_create(feature=feature)
    if value.usd == usd:
        return False
    before = value.usd
    value.usd = usd
    value.full_clean()
    value.save()
    record_change(
        organization=feature.organization,
        actor=actor,
        action=ACTION,
        target=feature,
        before={"value_usd": _text(before)},
        after={"value_usd": _text(usd)},
    )
    return True


@transaction.atomic
def undo_value(*, feature: Feature, actor: User | None) -> bool:
    """Take the last change back; once more puts it there again. False where there is
    none."""
    Feature.objects.select_for_update().get(pk=feature.pk)
    entry = (
        AuditEntry.objects.filter(
            organization=feature.organization,
            object_type="feature",
            object_id=str(feature.pk),
            action=ACTION,
        )
        .order_by("-at", "-pk")
        .first()
    )
    if entry is None:
        return False
    before = (entry.before or {}).get("value_usd")
    usd = None if before is None else Decimal(before)
    return set_value(feature=feature, usd=usd, actor=actor)


def _text(usd: Decimal | None) -> str | None:
    return None if usd is None else exact_text(usd)
