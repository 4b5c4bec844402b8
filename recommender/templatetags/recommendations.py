"""Open suggestions, for the pages of features and the overview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django import template
from django.db.models import Count, Q, Sum

from recommender.models import (
    Recommendation,
    RecommendationKind,
    RecommendationState,
    RecommendedShare,
)
from recommender.recommending.feature_use_case import DEFAULT, use_case_named
from registry.automatic_choice import POOLS, ChoiceRules, clean_choice
from registry.configuration.fields import FieldError
from registry.models import Feature, Organization
from registry.templatetags.display import usd

register = template.Library()


@dataclass(frozen=True)
class Waiting:
    """What the open suggestions would save a month, None where no price is known, and
    how many of them mend something."""

    usd: Decimal | None
    count: int
    urgent: int
    share: RecommendedShare | None


@register.filter
def kind_of_work(key: str) -> str:
    """What a kind of work is called; a key that nobody knows stays as it is."""
    found = use_case_named(key or DEFAULT)
    return found.label if found else key


@register.filter
def change(value: float) -> str:
    """Points with their sign: 0.5 → +0.5, −2 → −2.0."""
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


@dataclass(frozen=True)
class ChoiceSummary:
    """How a feature's model is chosen, in words."""

    label: str
    among: str
    limits: str


@register.simple_tag
def choice_of(feature: Feature) -> ChoiceSummary | None:
    """None where the assignment alone decides. Asks nothing."""
    try:
        document = clean_choice(feature.automatic_choice)
    except FieldError:
        return None
    if document is None:
        return None
    rules = ChoiceRules.of(document)
    among = POOLS[rules.pool].lower()
    if rules.models:
        among = ", ".join(rules.models[:3])
        more = len(rules.models) - 3
        among += f" and {more} more" if more > 0 else ""
    limits = []
    if rules.max_request_usd is not None:
        limits.append(f"at most {usd(rules.max_request_usd)} a request")
    if rules.max_latency_ms is not None:
        limits.append(f"at most {rules.max_latency_ms:,} ms")
    if rules.tried_percent:
        limits.append(f"{rules.tried_percent:f} % of requests try little known models")
    said = "; ".join(limits)
    return ChoiceSummary(rules.label, among, said[:1].upper() + said[1:])


@register.simple_tag
def savings_waiting(organization: Organization | None) -> Waiting | None:
    """None where no suggestion is open. Two queries at most."""
    if organization is None:
        return None
    found = Recommendation.objects.filter(
        organization=organization,
        state=RecommendationState.OPEN,
        feature__archived_at=None,
    ).aggregate(
        usd=Sum("saving_usd"),
        count=Count("id"),
        urgent=Count("id", filter=~Q(kind=RecommendationKind.SAVING)),
    )
    if not found["count"]:
        return None
    share = (
        RecommendedShare.objects.filter(organization=organization)
        .order_by("-on")
        .first()
    )
    return Waiting(found["usd"], found["count"], found["urgent"], share)


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
