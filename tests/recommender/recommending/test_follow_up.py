"""Seven and thirty days after: what was promised beside what came true."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import UsageRecord
from analytics.sums import Sums
from recommender.models import FollowUpVerdict, Recommendation
from recommender.services.recommendation_follow_ups import (
    follow_up_due,
    quality_lines,
)
from recommender.services.recommendations import apply
from registry.services.assignments import assign_model
from tests.analytics.rolling import rolled_up
from tests.recommender.recommending.working import called, priced


@pytest.fixture
def applied_a_week_ago(suggestion):
    """Applied, and dated back: its week is over now."""
    apply(recommendation=suggestion, actor=None)
    at = timezone.now() - datetime.timedelta(days=7, hours=1)
    Recommendation.objects.update(decided_at=at)
    first = suggestion.follow_ups.get(days=7)
    first.due_at = at + datetime.timedelta(days=7)
    first.save()
    return suggestion


def measured(one):
    follow_up_due(timezone.now())
    return one.follow_ups.get(days=7)


def test_real_calls_on_the_new_model_are_priced_on_the_old_one(
    applied_a_week_ago, support, cheap
):
    called(support, cheap, days=6, each=30)
    found = measured(applied_a_week_ago)
    # 150 calls saved 3.9 cents each in the 7 days; the rest was on the old model.
    assert float(found.real_usd) == pytest.approx(150 * 0.039 * 30 / 7, abs=0.5)
    assert found.verdict == FollowUpVerdict.HELD


def test_fewer_requests_save_less_and_that_is_not_held_against_the_model(
    applied_a_week_ago, support, cheap
):
    UsageRecord.objects.all().delete()
    called(support, cheap, days=5, each=5)
    found = measured(applied_a_week_ago)
    assert found.real_usd < found.promised_usd * Decimal("0.8")
    assert found.verdict == FollowUpVerdict.HELD
    assert found.lines[0].startswith("86 requests a month, 120 when it was found: $3.3")


def test_few_calls_say_that_nothing_can_be_said(applied_a_week_ago, support):
    UsageRecord.objects.all().delete()
    rolled_up(support.organization)
    found = measured(applied_a_week_ago)
    assert found.verdict == FollowUpVerdict.LITTLE
    assert found.real_usd is None


def test_another_model_meanwhile_is_said(organization, applied_a_week_ago, support):
    other = priced(organization, "other", "1", "1")
    assign_model(feature=support, ai_model=other, actor=None, expected_revision=2)
    assert measured(applied_a_week_ago).verdict == FollowUpVerdict.CHANGED


def test_what_is_not_due_is_not_measured(suggestion):
    apply(recommendation=suggestion, actor=None)
    assert follow_up_due(timezone.now()) == 0


def test_quality_is_told_with_its_doubt():
    before = Sums(requests=1_000, answered=990, feedback_count=10, feedback_sum=5.0)
    after = Sums(requests=1_000, answered=985, feedback_count=10, feedback_sum=6.0)
    assert list(quality_lines(before, after)) == [
        "Requests answered: 99.0% before, 98.5% now, which may be chance.",
        "Feedback (−1 to 1): +0.50 over 10 before, +0.60 over 10 now.",
    ]
