"""Arranging features with assignments, for tests."""

from registry.models import AIModel, Feature
from registry.services.assignments import assign_model


def assigned(feature: Feature, *chain: AIModel, **more) -> Feature:
    """`feature` with the first of `chain` as its model and the rest as fallbacks, on
    top of whatever it had."""
    number = feature.revisions.count()
    assign_model(
        feature=feature,
        ai_model=chain[0],
        fallbacks=chain[1:],
        actor=None,
        expected_revision=number,
        **more,
    )
    return feature
