"""The experiments of a feature, for its page."""

from __future__ import annotations

from typing import Final

from django import template

from recommender.queries.experiment_lists import ListedExperiment, experiments_of
from registry.models import Feature

register = template.Library()
SHOWN: Final = 3


@register.simple_tag
def experiments_on(feature: Feature) -> list[ListedExperiment]:
    """The newest few, without their requests."""
    found = experiments_of(feature.organization, feature=feature.key)[:SHOWN]
    return [ListedExperiment(one, 0) for one in found]
