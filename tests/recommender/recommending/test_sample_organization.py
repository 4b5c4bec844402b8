"""On the sample organisation, applied recommendations save a fifth of the month with no
feature below its floors: told as before and after."""

from decimal import Decimal

import pytest

from analytics.queries.alternatives import find_alternatives
from analytics.queries.what_if import Prices, WhatIfQuestion, what_if
from analytics.services.demo_loads import claim_load, perform_load, request_load
from recommender.models import Experiment, LookState, Recommendation, RecommendationLook
from recommender.queries.before_and_after import before_and_after
from recommender.queries.experiment_drift import drift_of
from recommender.queries.experiment_results import results_of
from recommender.queries.recommendation_ground import ground_of
from recommender.queries.recommending import recommend_for_feature
from recommender.services.recommendations import apply
from registry.models import Assignment
from registry.queries.features import features_of
from tests.analytics.demo.conftest import ENDS_AT
from tests.factories import UserFactory

FLOOR = -0.02
"""Of quality, beside the model from before."""
ALL_DAYS = 30


@pytest.fixture
def sample(full_catalog, settings):
    """Eight days of about a hundred requests each, their benchmarks, and what is
    recommended. Loading takes long, so that one test tells all of it."""
    settings.MODELHUB_AFTER_SAMPLE = "recommender.services.sample_data"
    asked = request_load(
        user=UserFactory(), days=8, requests_per_day=100, seed=5, ends_at=ENDS_AT
    )
    claimed = claim_load(asked)
    return perform_load(claimed).organization


def assert_has_experiments(sample):
    """One runs and one is promoted; both arms of each had requests, whose users stayed
    in their arm."""
    found = {one.state: one for one in Experiment.objects.filter(organization=sample)}
    assert set(found) == {"running", "promoted"}
    for one in found.values():
        results = results_of(one, ENDS_AT)
        assert all(arm.figures.reading.requests > 2 for arm in results.arms)
        assert results.units.switched == 0
        assert not results.ratio.is_off
    running = found["running"]
    assert drift_of(running, list(running.arms.all())) == ""


def assigned(organization):
    rows = Assignment.objects.filter(feature__organization=organization)
    return {
        one.feature.key: one.revision.ai_model.reference
        for one in rows.select_related("feature", "revision__ai_model__provider")
    }


def month_usd(organization, models):
    """What the same calls cost with `models` by feature, at today's prices."""
    found = find_alternatives(organization, [], models)
    question = WhatIfQuestion(
        organization=organization,
        now=ENDS_AT,
        days=ALL_DAYS,
        alternatives=found.alternatives,
        prices=Prices.TODAY,
    )
    (sums,) = what_if(question).totals
    assert not sums.unpriced_calls
    return sums.usd


def test_loaded_it_shows_what_saves_a_fifth_of_the_month_above_every_floor(sample):
    assert RecommendationLook.objects.get(organization=sample).state == LookState.DONE
    assert_sensible(sample)
    assert_has_experiments(sample)
    before = assigned(sample)
    cost_before = month_usd(sample, before)

    proven = Recommendation.objects.filter(organization=sample, standing="not_worse")
    for one in proven:
        apply(recommendation=one, actor=None)

    after = assigned(sample)
    cost_after = month_usd(sample, after)
    changed = {key for key in before if before[key] != after[key]}
    print(f"before ${cost_before:.2f}, after ${cost_after:.2f}: {len(changed)} changes")  # noqa: T201
    assert len(changed) == proven.count() > 0
    assert cost_after <= cost_before * Decimal("0.8")
    assert_above_floors(sample, before, changed)
    assert before_and_after(sample, ENDS_AT).broken == 0


def assert_sensible(sample):
    """None of them is shown to be worse, and code keeps its model."""
    rows = {one.feature.key: one for one in Recommendation.objects.all()}
    assert {one.standing for one in rows.values()} == {"not_worse"}
    small = "openai/gpt-6-luna"
    assert rows["chat"].proposed_reference == small
    assert all(
        rows[key].proposed_reference != small
        for key in ("codeGenerator", "planner", "critic")
        if key in rows
    )


def assert_above_floors(sample, before, changed):
    """Every changed feature: quality by paired cases, calls that go well, and time."""
    ground = ground_of(sample, ENDS_AT)
    by_reference = {one.reference: one.pk for one in ground.pool.models}
    for feature in features_of(sample):
        if feature.key not in changed:
            continue
        now = recommend_for_feature(feature, now=ENDS_AT, ground=ground, costs={})
        model = now.current.model
        assert now.current.score.is_excluded is False, now.current.score.facts.excluded
        cases = ground.asked.for_feature(feature)
        pairing = cases.pairing(model.pk, by_reference[before[feature.key]])
        assert pairing.low > FLOOR, feature.key
        success = now.current.score.facts.success
        assert success.high >= ground.limits.least_success_percent / 100
        latency = now.current.score.facts.latency_p95_ms
        assert latency is None or latency <= 1_000 * feature.timeout_seconds
