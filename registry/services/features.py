"""Creating, editing, archiving and restoring features."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.audit import record_change
from registry.models import Feature, Organization, User

EDITABLE = (
    "name",
    "description",
    "required_capabilities",
    "min_context_tokens",
    "accuracy_level",
    "urgency",
    "budget_sensitivity",
    "stream_guarantee",
    "timeout_seconds",
    "hedge_after_ms",
)
"""The key is not among them: the product calls the feature by it."""

DESCRIPTION_LENGTH = 2_000
RESERVED_KEYS = frozenset({"new"})
"""Words that stand in the place of a key in an address."""


class StaleFeature(Exception):
    """Someone else edited the feature meanwhile; nothing was changed."""

    def __init__(self, current: Feature) -> None:
        self.current = current
        super().__init__(f"{current.key} was edited meanwhile.")


@transaction.atomic
def create_feature(
    *,
    organization: Organization,
    actor: User | None,
    key: str,
    name: str,
    actor_label: str = "",
    **facts: Any,
) -> Feature:
    """Add a feature without a model yet. `facts` are further fields of `EDITABLE`.
    Raises ValidationError by field; a key is used once per organisation."""
    if key in RESERVED_KEYS:
        raise ValidationError({"key": f"“{key}” is a page here. Choose another key."})
    feature = Feature(organization=organization, key=key, name=name, **_known(facts))
    _validate(feature)
    try:
        feature.save(force_insert=True)
    except IntegrityError as error:
        # Someone else took the key between the check and here.
        raise ValidationError({"key": f"“{key}” is taken already."}) from error
    record_change(
        organization=organization,
        actor=actor,
        actor_label=actor_label,
        action="feature.created",
        target=feature,
        before=None,
        after={"key": key, **_facts(feature)},
    )
    return feature


@transaction.atomic
def edit_feature(
    *,
    feature: Feature,
    actor: User | None,
    expected_version: int,
    actor_label: str = "",
    **facts: Any,
) -> bool:
    """Set the given fields. `expected_version` is the version the person saw.

    Returns whether anything changed. Raises StaleFeature, and ValidationError by field.
    """
    locked = Feature.objects.select_for_update().get(pk=feature.pk)
    before = _facts(locked)
    for field, value in _known(facts).items():
        setattr(locked, field, value)
    after = _facts(locked)
    changed = [field for field in EDITABLE if before[field] != after[field]]
    if not changed:
        return False
    if locked.version != expected_version:
        raise StaleFeature(Feature.objects.get(pk=feature.pk))
    _validate(locked)
    locked.version += 1
    locked.save()
    record_change(
        organization=locked.organization,
        actor=actor,
        actor_label=actor_label,
        action="feature.edited",
        target=locked,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
    )
    feature.refresh_from_db()
    return True


def archive_feature(
    *, feature: Feature, actor: User | None, actor_label: str = ""
) -> bool:
    """Hide the feature from lists; nothing is lost. Returns False if it was already."""
    return _set_archived(feature, actor, actor_label, archive=True)


def restore_feature(
    *, feature: Feature, actor: User | None, actor_label: str = ""
) -> bool:
    """Take an archived feature back. Returns False if it was not archived."""
    return _set_archived(feature, actor, actor_label, archive=False)


@transaction.atomic
def _set_archived(
    feature: Feature, actor: User | None, actor_label: str, *, archive: bool
) -> bool:
    now = timezone.now()
    changed = Feature.objects.filter(pk=feature.pk, archived_at__isnull=archive).update(
        archived_at=now if archive else None, updated_at=now
    )
    if not changed:
        return False
    record_change(
        organization=feature.organization,
        actor=actor,
        actor_label=actor_label,
        action="feature.archived" if archive else "feature.restored",
        target=feature,
        before={"archived": not archive},
        after={"archived": archive},
    )
    feature.refresh_from_db()
    return True


def _validate(feature: Feature) -> None:
    feature.full_clean()
    errors = {}
    # Django checks a text field's length in forms only.
    if len(feature.description) > DESCRIPTION_LENGTH:
        errors["description"] = (
            f"At most {DESCRIPTION_LENGTH:,} characters; "
            f"these are {len(feature.description):,}."
        )
    if feature.min_context_tokens == 0:
        errors["min_context_tokens"] = "A window has at least one token."
    if feature.hedge_after_ms == 0:
        errors["hedge_after_ms"] = "At least one millisecond; empty for never."
    if errors:
        raise ValidationError(errors)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(facts) - set(EDITABLE))
    if unknown:
        message = f"A feature has no {', '.join(unknown)} to edit."
        raise TypeError(message)
    return facts


def _facts(feature: Feature) -> dict[str, Any]:
    return {field: getattr(feature, field) for field in EDITABLE}
