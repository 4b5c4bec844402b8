"""What the product says of an answer."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from analytics.models import Feedback, UsageRecord
from analytics.recorder import recorder
from analytics.recording.dirty_hours import mark_dirty
from analytics.usage_row import LONGEST_TAG, MOST_TAGS
from registry.audit import record_change
from registry.models import ApiToken, Feature, Organization, User
from registry.resolution.token_check import TokenRefused, only_for

PATIENCE_S: Final = 1.0
"""A request of a moment ago may still be on its way to the database."""
LOOK_EVERY_S: Final = 0.1
SCORE: Final = "score"


class UnknownRequest(LookupError):
    """The organisation has no such request; that of another one is not told apart."""


def record_feedback(
    *,
    organization: Organization,
    request_id: uuid.UUID,
    score: float | None = None,
    comment: str = "",
    tags: Mapping[str, str] | None = None,
    name: str = SCORE,
    token: ApiToken | None = None,
    actor: User | None = None,
    patience_s: float = PATIENCE_S,
) -> Feedback:
    """Keep one score (−1 to 1) of each `name` for a request. Said again it changes
    nothing; said otherwise it replaces what was said. What a person (`actor`) says
    is audited. Waits up to `patience_s` for a request that is being written. Raises
    UnknownRequest, ValidationError, and TokenRefused where `token` is for other
    features."""
    _check_score(score)
    feedback = Feedback(
        organization=organization,
        request_id=request_id,
        name=name,
        score=score,
        comment=comment,
        tags=dict(tags or {}),
        token=token,
    )
    _check_texts(name, comment, feedback.tags)
    feedback.full_clean(validate_unique=False, validate_constraints=False)
    if not _is_known(organization, request_id, patience_s):
        raise UnknownRequest("There is no such request.")
    if token is not None and token.feature_keys:
        _check_features(token, organization, request_id)
    with transaction.atomic():
        before = _said(organization, request_id, name) if actor else None
        kept, _ = Feedback.objects.update_or_create(
            organization=organization,
            request_id=request_id,
            name=name,
            defaults={
                "score": score,
                "comment": comment,
                "tags": feedback.tags,
                "token": token,
            },
        )
        _mark_answer(organization, request_id)
        if actor is not None and before != (after := _facts(kept)):
            record_change(
                organization=organization,
                actor=actor,
                action="feedback.given",
                target=kept,
                before=before,
                after=after,
            )
    return kept


def _said(
    organization: Organization, request_id: uuid.UUID, name: str
) -> dict[str, Any] | None:
    row = Feedback.objects.filter(
        organization=organization, request_id=request_id, name=name
    ).first()
    return _facts(row) if row else None


def _facts(row: Feedback) -> dict[str, Any]:
    return {"score": row.score, "comment": row.comment, "tags": row.tags}


def _check_features(
    token: ApiToken, organization: Organization, request_id: uuid.UUID
) -> None:
    rows = UsageRecord.objects.filter(
        organization_id=organization.pk, request_id=request_id
    )
    features = Feature.objects.filter(
        organization=organization, pk__in=rows.values_list("feature_id", flat=True)
    )
    if not features.filter(key__in=token.feature_keys).exists():
        raise TokenRefused("feature", only_for(token.feature_keys))


def _mark_answer(organization: Organization, request_id: uuid.UUID) -> None:
    """The score is summed up where the request was answered."""
    moments = UsageRecord.objects.filter(
        organization_id=organization.pk, request_id=request_id, answered=True
    ).values_list("organization_id", "started_at")
    with connection.cursor() as cursor:
        mark_dirty(cursor, moments)


def _check_score(score: float | None) -> None:
    if score is not None and not math.isfinite(score):
        raise ValidationError({"score": "A score is a number from −1 to 1."})


def _check_texts(name: str, comment: str, tags: Mapping[str, str]) -> None:
    """Tags as calls have them, and nothing that PostgreSQL cannot hold."""
    said = [text for pair in tags.items() for text in pair]
    if len(tags) > MOST_TAGS or any(len(text) > LONGEST_TAG for text in said):
        message = f"At most {MOST_TAGS} tags, of up to {LONGEST_TAG} characters each."
        raise ValidationError({"tags": message})
    if any("\x00" in text for text in (name, comment, *said)):
        raise ValidationError("A text holds no NUL character.")


def _is_known(
    organization: Organization, request_id: uuid.UUID, patience_s: float
) -> bool:
    rows = UsageRecord.objects.filter(
        organization_id=organization.pk, request_id=request_id
    )
    end = time.monotonic() + patience_s
    while not rows.exists():
        if time.monotonic() >= end:
            return False
        recorder().flush(LOOK_EVERY_S)
        time.sleep(LOOK_EVERY_S)
    return True
