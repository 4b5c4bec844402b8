"""The weights and limits that an organisation set, or the ones that ModelHub has."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.models import RecommendationLimits, ScoringWeights
from recommender.recommending.feature_use_case import BY_KEY
from recommender.scoring.weights import DEFAULT, USE_CASE_WEIGHTS, Weights, bent
from registry.models import Organization


def own_weights(organization: Organization) -> dict[str, Weights]:
    """By the key of a use case, those that were changed."""
    rows = ScoringWeights.objects.filter(organization=organization)
    return {row.use_case: row.weights for row in rows}


def weights_in_force(organization: Organization) -> dict[str, Weights]:
    """Of every use case."""
    own = own_weights(organization)
    return {key: own.get(key) or USE_CASE_WEIGHTS.get(key, DEFAULT) for key in BY_KEY}


def weights_of(
    own: Mapping[str, Weights],
    use_case: str,
    accuracy: str = "",
    urgency: str = "",
    budget: str = "",
) -> Weights:
    """Bent by what a feature says of itself."""
    base = own.get(use_case) or USE_CASE_WEIGHTS.get(use_case, DEFAULT)
    return bent(base, accuracy, urgency, budget)


def limits_of(organization: Organization) -> RecommendationLimits:
    """Unsaved with the defaults where nobody set any."""
    found = RecommendationLimits.objects.filter(organization=organization).first()
    return found or RecommendationLimits(organization=organization)
