"""What was applied: the month's cost before and after, and whether floors are kept."""

import pytest
from django.utils import timezone

from recommender.queries.before_and_after import before_and_after
from recommender.services.recommendations import apply
from tests.recommender.recommending.working import called, refused

URL = "/recommendations/?state=applied"


@pytest.fixture
def applied(suggestion):
    apply(recommendation=suggestion, actor=None)
    return suggestion


def picture(organization):
    return before_and_after(organization, timezone.now())


def test_nothing_applied_is_no_picture(organization, suggestion):
    assert picture(organization) is None


def test_the_month_before_and_after_and_quality_with_its_interval(
    organization, applied
):
    found = picture(organization)
    assert found.before_usd == applied.before_usd
    assert found.after_usd == applied.after_usd
    assert found.percent > 20
    (row,) = found.rows
    assert row.quality.is_kept
    assert "points (" in row.quality.text
    assert row.success.is_kept is None
    assert found.broken == 0


def test_own_calls_since_then_tell_success_and_time(
    organization, applied, support, cheap
):
    called(support, cheap)
    (row,) = picture(organization).rows
    assert row.is_measured
    assert row.success.is_kept
    assert row.latency.is_kept


def test_calls_that_fail_break_the_floor(organization, applied, support, cheap):
    refused(support, cheap, 40)
    found = picture(organization)
    assert found.rows[0].success.is_kept is False
    assert found.broken == 1


def test_the_page_of_what_was_applied_shows_it(editor, applied):
    page = editor.get(URL).text
    assert "Before and after" in page
    assert "no feature is shown to be below its floors" in page
    assert "Before and after" not in editor.get("/recommendations/").text
