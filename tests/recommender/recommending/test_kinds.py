"""Proposals that mend something: urgent first, whatever they cost."""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from recommender.models import (
    FollowUpVerdict,
    Recommendation,
    RecommendationKind,
    RecommendationState,
)
from recommender.queries.recommendation_lists import recommendations_of
from recommender.services.recommendation_follow_ups import follow_up_due
from recommender.services.recommendation_writing import write_recommendations
from recommender.services.recommendations import apply, snooze
from registry.services.assignments import assign_model
from tests.factories import FeatureFactory
from tests.recommender.recommending.working import at_work, called, priced, refused

KIND = RecommendationKind


def retires(ai_model, days):
    ai_model.retired_on = timezone.now().date() + datetime.timedelta(days=days)
    ai_model.save()


def is_fast(organization, ai_model):
    """By calls of another feature."""
    elsewhere = FeatureFactory(organization=organization, key="elsewhere")
    called(elsewhere, ai_model, each=8, latency_ms=200)


def only(organization):
    write_recommendations(organization)
    return Recommendation.objects.get(state=RecommendationState.OPEN)


@pytest.fixture
def dearer(organization):
    """What saves nothing, and is as good as known."""
    return priced(organization, "dearer", "9", "30", rating=1410)


def test_a_model_that_retires_is_replaced_even_where_that_costs_more(
    organization, dear, dearer
):
    at_work(organization, dear)
    retires(dear, 20)
    one = only(organization)
    assert one.kind == KIND.RETIRING
    assert one.proposed_model == dearer
    assert one.due_on == dear.retired_on
    assert one.saving_usd < 0
    assert one.costs_more
    assert "in 20 days" in one.trouble


def test_a_model_without_a_call_is_replaced_too_and_its_cost_is_not_known(
    organization, dear, dearer
):
    feature = FeatureFactory(organization=organization, key="quiet")
    assign_model(feature=feature, ai_model=dear, actor=None, expected_revision=0)
    retires(dear, -1)
    one = only(organization)
    assert one.kind == KIND.RETIRING
    assert one.saving_usd is None


def test_what_retires_soon_itself_is_proposed_for_nothing(
    organization, support, dear, cheap
):
    retires(cheap, 30)
    write_recommendations(organization)
    assert not Recommendation.objects.exists()


def test_without_a_successor_it_says_so(organization, dear):
    at_work(organization, dear)
    retires(dear, 5)
    (result,) = write_recommendations(organization).outcomes.values()
    assert result.proposal is None
    assert "None of the enabled models mends it" in result.notes[0]


def test_a_model_too_slow_for_its_feature_gives_way_to_one_known_to_be_fast(
    organization, dear, dearer
):
    slow = at_work(organization, dear, "slow", timeout_seconds=1)
    called(slow, dear, each=8, latency_ms=3_000)
    is_fast(organization, dearer)
    one = only(organization)
    assert (one.feature, one.kind) == (slow, KIND.LATENCY)
    assert one.proposed_model == dearer


def test_nothing_is_proposed_for_speed_that_nobody_measured(organization, dear, dearer):
    slow = at_work(organization, dear, "slow", timeout_seconds=1)
    called(slow, dear, each=8, latency_ms=3_000)
    write_recommendations(organization)
    assert not Recommendation.objects.filter(kind=KIND.LATENCY).exists()


def test_a_model_whose_calls_fail_gives_way_to_one_whose_calls_go_well(
    organization, dear, dearer
):
    failing = at_work(organization, dear, "failing")
    refused(failing, dear, 120)
    called(at_work(organization, dearer, "well"), dearer, each=8)
    one = only(organization)
    assert (one.feature, one.kind) == (failing, KIND.QUALITY)
    assert one.proposed_model == dearer


def test_what_is_urgent_stands_first(organization, suggestion, dear, dearer):
    old = priced(organization, "old", "1", "1", rating=1300)
    other = at_work(organization, old, "other")
    retires(old, 3)
    write_recommendations(organization)
    found = list(recommendations_of(organization))
    assert [one.feature for one in found] == [other, suggestion.feature]


def test_a_retirement_wakes_what_was_snoozed_as_a_saving(
    organization, suggestion, dear
):
    snooze(recommendation=suggestion, days=90, actor=None)
    retires(dear, 10)
    one = only(organization)
    assert one.kind == KIND.RETIRING
    assert one.pk != suggestion.pk


def test_seven_days_later_it_is_measured_by_what_was_promised(
    organization, dear, dearer
):
    slow = at_work(organization, dear, "slow", timeout_seconds=1)
    called(slow, dear, each=8, latency_ms=3_000)
    is_fast(organization, dearer)
    one = only(organization)
    apply(recommendation=one, actor=None)
    at = timezone.now() - datetime.timedelta(days=7, hours=1)
    Recommendation.objects.update(decided_at=at)
    one.follow_ups.filter(days=7).update(due_at=at + datetime.timedelta(days=7))
    called(slow, dearer, each=12, latency_ms=5_000)
    follow_up_due(timezone.now())
    found = one.follow_ups.get(days=7)
    assert found.verdict == FollowUpVerdict.MISSED
    assert "still above the limit of 1,000" in found.lines[0]


def test_page_download_and_api_tell_the_kind(organization, editor, dear, dearer):
    at_work(organization, dear)
    retires(dear, 20)
    one = only(organization)
    page = editor.get(reverse("recommender:recommendation_list")).content.decode()
    assert "Retiring" in page
    assert "more a month" in page
    filtered = editor.get(
        reverse("recommender:recommendation_list"), {"kind": "saving"}
    )
    assert "Nothing matches." in filtered.content.decode()
    told = json.loads(
        editor.get(reverse("recommender:recommendation_export", args=["json"])).content
    )
    assert told[0]["kind"] == "retiring"
    assert told[0]["due_on"] == one.due_on.isoformat()
    (listed,) = editor.get("/api/recommendations?kind=retiring").json()["items"]
    assert listed["trouble"] == one.trouble
    assert editor.get("/api/recommendations?kind=saving").json()["items"] == []
