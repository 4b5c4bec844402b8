"""Open suggestions, for the pages of features and the overview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django import template
from django.db.models import Count, Sum

from recommender.models import (
    Recommendation,
    RecommendationState,
    RecommendedShare,
)
from registry.models import Feature, Organization

register = template.Library()


@dataclass(frozen=True)
class Waiting:
    """What the open suggestions would save a month."""

    usd: Decimal
    count: int
    share: RecommendedShare | None


@register.filter
def change(value: float) -> str:
    """Points with their sign: 0.5 → +0.5, −2 → −2.0."""
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


@register.simple_tag
def savings_waiting(organization: Organization | None) -> Waiting | None:
    """None where no suggestion is open. Two queries at most."""
    if organization is None:
        return None
    found = Recommendation.objects.filter(
        organization=organization,
        state=RecommendationState.OPEN,
        feature__archived_at=None,
    ).aggregate(usd=Sum("saving_usd"), count=Count("id"))
    if not found["count"]:
        return None
    share = (
        RecommendedShare.objects.filter(organization=organization)
        .order_by("-on")
        .first()
    )
    return Waiting(found["usd"], found["count"], share)


@register.simple_tag
def open_suggestions(organization: Organization) -> dict[int, Recommendation]:
    """By feature. One query."""
    rows = Recommendation.objects.filter(
        organization=organization, state=RecommendationState.OPEN
    ).defer("details")
    return {one.feature_id: one for one in rows}


@register.simple_tag
def suggestion_of(
    feature: Feature, known: Mapping[int, Recommendation] | str = ""
) -> Recommendation | None:
    """Of `known` where the page has them all; else asked for. `str` is what a template
    says of a name that it does not have."""
    if not isinstance(known, str):
        return known.get(feature.pk)
    return (
        Recommendation.objects.filter(feature=feature, state=RecommendationState.OPEN)
        .defer("details")
        .first()
    )
