"""What plans are measured with: as many models and features as were promised."""

from modelhub.bench.resolution import FEATURES, MODELS, OWNER, large_snapshot
from registry.resolution.plan import Selection
from registry.resolution.resolving import resolve


def test_every_feature_has_a_plan_with_and_without_the_profile():
    found = large_snapshot()

    plan = resolve(found, OWNER, Selection(feature=f"feature-{FEATURES - 1}"))
    careful = resolve(found, OWNER, Selection(feature="feature-0", profile="careful"))

    assert len(found.catalog.models) == MODELS
    assert len(plan.candidates) == 3
    assert careful.candidates[0].source == "profile"
