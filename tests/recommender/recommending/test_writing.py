"""Each night: what is recommended, kept, replaced and let go."""

import datetime

import pytest
from django.utils import timezone

from recommender.models import (
    Recommendation,
    RecommendationLimits,
    RecommendationState,
    RecommendedShare,
)
from recommender.services.recommendation_looks import look_due
from recommender.services.recommendation_writing import write_recommendations
from recommender.services.recommendations import dismiss, snooze
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import FeatureFactory
from tests.recommender.recommending.working import at_work, priced

STATE = RecommendationState


def states(organization):
    found = Recommendation.objects.filter(organization=organization).order_by("pk")
    return [(one.proposed_reference, one.state) for one in found]


def test_the_cheaper_model_that_is_as_good_is_proposed(suggestion, support, cheap):
    assert suggestion.feature == support
    assert suggestion.proposed_model == cheap
    assert suggestion.standing == "not_worse"
    assert suggestion.confidence == "medium"
    assert suggestion.saving_low_usd > 0
    assert suggestion.before_usd - suggestion.after_usd == suggestion.saving_usd
    parts = {one["name"] for one in suggestion.details["proposed"]["parts"]}
    assert parts == {"suitability", "quality", "latency", "reliability", "cost"}


def test_without_paired_cases_it_says_that_it_needs_a_benchmark(organization, support):
    write_recommendations(organization)
    one = Recommendation.objects.get()
    assert one.needs_benchmark
    assert one.confidence == "low"


def test_a_model_that_is_shown_to_be_worse_is_not_proposed(
    organization, support, dear, cheap
):
    run = a_run(a_suite(organization, 60))
    answered(run, {dear: [1.0] * 60, cheap: [0.0, 1.0] * 30})
    result = write_recommendations(organization).outcomes["support"]
    assert result.proposal is None
    assert result.is_judged
    assert not Recommendation.objects.exists()


def test_an_untested_model_that_is_rated_far_below_is_not_proposed(organization, dear):
    at_work(organization, dear)
    priced(organization, "poor", "0.01", "0.01", rating=1150)
    write_recommendations(organization)
    assert not Recommendation.objects.exists()


def test_a_saving_below_the_limit_is_not_worth_a_change(organization, support, as_good):
    RecommendationLimits.objects.create(organization=organization, least_saving_usd=99)
    write_recommendations(organization)
    assert not Recommendation.objects.exists()


def test_a_second_night_changes_the_same_row(organization, suggestion):
    write_recommendations(organization)
    assert states(organization) == [("openai/cheap", STATE.OPEN)]
    assert RecommendedShare.objects.count() == 1


def test_a_better_one_takes_its_place(organization, suggestion, dear):
    better = priced(organization, "better", "0.1", "0.2", rating=1400)
    alike = [1.0, 0.75, 0.5, 1.0] * 15
    answered(
        a_run(a_suite(organization, 60)), {dear: alike, better: [*alike[:-1], 0.95]}
    )
    write_recommendations(organization)
    assert states(organization) == [
        ("openai/cheap", STATE.OUTDATED),
        ("openai/better", STATE.OPEN),
    ]


def test_what_no_longer_holds_is_outdated(organization, suggestion, cheap):
    cheap.settings.update(is_enabled=False)
    write_recommendations(organization)
    assert states(organization) == [("openai/cheap", STATE.OUTDATED)]


def test_a_dismissed_model_is_not_proposed_again(organization, suggestion):
    dismiss(recommendation=suggestion, reason="Wrong tone", actor=None)
    result = write_recommendations(organization).outcomes["support"]
    assert result.proposal is None
    assert states(organization) == [("openai/cheap", STATE.DISMISSED)]
    assert RecommendedShare.objects.get().on_recommended == 0


def test_a_snoozed_feature_is_left_alone_until_then(organization, suggestion):
    snooze(recommendation=suggestion, days=7, actor=None)
    write_recommendations(organization)
    assert states(organization) == [("openai/cheap", STATE.SNOOZED)]
    later = timezone.now() + datetime.timedelta(days=7, minutes=1)
    write_recommendations(organization, now=later)
    assert states(organization) == [("openai/cheap", STATE.OPEN)]


def test_the_share_counts_features_that_can_be_judged(organization, suggestion, cheap):
    at_work(organization, cheap, key="titles")
    FeatureFactory(organization=organization)
    write_recommendations(organization)
    share = RecommendedShare.objects.get()
    assert (share.judged, share.on_recommended) == (2, 1)
    assert share.open_saving_usd == suggestion.saving_usd


def test_an_organisation_is_written_once_its_day_has_begun(organization, support):
    night = datetime.datetime(2026, 11, 21, 1, 0, tzinfo=datetime.UTC)
    assert look_due(night) == 0
    morning = night + datetime.timedelta(hours=3)
    assert look_due(morning) == 1
    assert look_due(morning + datetime.timedelta(hours=1)) == 0


@pytest.mark.parametrize("what", ["nothing", "a feature alone"])
def test_without_data_there_is_nothing_to_recommend(organization, what):
    if what != "nothing":
        FeatureFactory(organization=organization)
    written = write_recommendations(organization)
    assert written.judged == 0
    assert written.open_saving_usd == 0
    assert not Recommendation.objects.exists()
