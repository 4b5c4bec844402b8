"""Setting what counts how much, and what is asked of a recommendation."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from recommender.models import ScoringWeights
from recommender.queries.scoring_rules import limits_of
from recommender.scoring.weights import DEFAULT, USE_CASE_WEIGHTS, Weights
from registry.audit import record_change
from registry.models import Organization, User

LIMITS = (
    "margin_points",
    "least_success_percent",
    "least_quality",
    "least_saving_usd",
)


@transaction.atomic
def set_weights(
    *, organization: Organization, use_case: str, weights: Weights, actor: User | None
) -> bool:
    """Whether anything changed. Weights cannot all be 0 (`Weights` refuses that)."""
    before = _in_force(organization, use_case)
    if before == weights:
        return False
    ScoringWeights.objects.update_or_create(
        organization=organization, use_case=use_case, defaults=weights.by_name
    )
    _record(organization, use_case, before, weights, actor)
    return True


@transaction.atomic
def reset_weights(
    *, organization: Organization, use_case: str, actor: User | None
) -> bool:
    """Back to those of ModelHub; whether there were others."""
    before = _in_force(organization, use_case)
    gone, _ = ScoringWeights.objects.filter(
        organization=organization, use_case=use_case
    ).delete()
    if gone:
        usual = USE_CASE_WEIGHTS.get(use_case, DEFAULT)
        _record(organization, use_case, before, usual, actor)
    return bool(gone)


@transaction.atomic
def set_limits(
    *, organization: Organization, actor: User | None, **limits: Any
) -> bool:
    """Whether anything changed. Raises ValidationError."""
    row = limits_of(organization)
    before = {name: str(getattr(row, name)) for name in LIMITS}
    for name in LIMITS:
        setattr(row, name, limits[name])
    row.full_clean(validate_unique=False)
    after = {name: str(getattr(row, name)) for name in LIMITS}
    if before == after:
        return False
    row.save()
    record_change(
        organization=organization,
        actor=actor,
        action="recommendation_limits.changed",
        target=row,
        before=before,
        after=after,
    )
    return True


def _in_force(organization: Organization, use_case: str) -> Weights:
    row = ScoringWeights.objects.filter(
        organization=organization, use_case=use_case
    ).first()
    return row.weights if row else USE_CASE_WEIGHTS.get(use_case, DEFAULT)


def _record(
    organization: Organization,
    use_case: str,
    before: Weights,
    after: Weights,
    actor: User | None,
) -> None:
    record_change(
        organization=organization,
        actor=actor,
        action="scoring_weights.changed",
        target=ScoringWeights(organization=organization, use_case=use_case),
        before=before.by_name,
        after=after.by_name,
    )
