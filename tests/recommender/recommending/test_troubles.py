"""What is wrong with a feature's model: shown, in doubt, or nothing."""

import datetime

import pytest

from analytics.wilson import wilson
from recommender.recommending.troubles import Condition, Kind, findings

TODAY = datetime.date(2026, 3, 1)


def seen(**facts):
    return findings(Condition(today=TODAY, **facts))


def test_a_sound_model_has_no_trouble():
    found = seen(
        retired_on=None,
        timeout_ms=1_000,
        p95_ms=900,
        p95_low_ms=800,
        timed_calls=100,
        success=wilson(990, 1_000),
        least_success=0.95,
        quality=(80, 70, 90),
        least_quality=75,
    )
    assert (found.troubles, found.doubts) == ((), ())


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-3, "was retired on 26 Feb 2026; its calls may fail any day."),
        (0, "was retired on 1 Mar 2026; its calls may fail any day."),
        (1, "is retired on 2 Mar 2026, in 1 day."),
        (60, "is retired on 30 Apr 2026, in 60 days."),
    ],
)
def test_a_model_that_goes_within_sixty_days_is_to_be_replaced(days, says):
    (trouble,) = seen(retired_on=TODAY + datetime.timedelta(days)).troubles
    assert (trouble.kind, trouble.text) == (Kind.RETIRING, says)


def test_one_that_goes_later_is_not():
    assert not seen(retired_on=TODAY + datetime.timedelta(61)).troubles


def test_calls_that_surely_fail_too_often_are_a_trouble():
    (trouble,) = seen(success=wilson(80, 100), least_success=0.95).troubles
    assert trouble.kind is Kind.QUALITY
    assert trouble.text.startswith("answered only 80.0% of 100 calls (71.1% to 86.7%)")


@pytest.mark.parametrize("success", [wilson(92, 100), wilson(0, 5)])
def test_too_few_calls_to_tell_are_a_doubt_and_no_trouble(success):
    found = seen(success=success, least_success=0.95)
    assert not found.troubles
    assert found.doubts[0].endswith("Not enough data to tell.")


def test_quality_below_its_floor_is_a_trouble_only_with_its_whole_interval():
    (trouble,) = seen(quality=(60, 50, 69), least_quality=70).troubles
    assert trouble.text == "has a quality of 60 of 100 (50 to 69); 70 are asked for."
    assert not seen(quality=(60, 50, 71), least_quality=70).troubles


def test_quality_that_nobody_knows_is_said_where_a_floor_is_asked_for():
    found = seen(quality=None, least_quality=70)
    assert found.doubts == ("Its quality is not known; 70 of 100 are asked for.",)
    assert not seen(quality=None).doubts


def test_slow_is_slow_only_beyond_chance():
    facts = {"timeout_ms": 1_000, "p95_ms": 1_500, "timed_calls": 200}
    assert seen(**facts, p95_low_ms=1_100).troubles[0].kind is Kind.LATENCY
    found = seen(**facts, p95_low_ms=900)
    assert not found.troubles
    assert found.doubts[0].startswith("It may be too slow: 1,500 ms")


def test_the_most_urgent_comes_first():
    found = seen(
        retired_on=TODAY,
        success=wilson(10, 100),
        least_success=0.95,
        timeout_ms=10,
        p95_ms=20,
        p95_low_ms=15,
        timed_calls=100,
    )
    kinds = [one.kind for one in found.troubles]
    assert kinds == [Kind.RETIRING, Kind.QUALITY, Kind.LATENCY]
