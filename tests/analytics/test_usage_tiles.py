"""The tiles: figures, changes with their base, and what is not known."""

from decimal import Decimal

import pytest

from analytics.asked import Level
from analytics.sums import Sums
from analytics.tiles import short_count, tiles
from tests.analytics.answers import took, used


def tile(label, now, before=None, level=Level.REQUEST):
    return next(one for one in tiles(now, before, level) if one.label == label)


def test_spend_is_told_with_its_change_and_base():
    found = tile("Spend", used("12"), used("10"))

    assert (found.value, found.delta.text, found.delta.icon) == (
        "$12.00",
        "20.0%",
        "up",
    )
    assert found.base == "was $10.00"
    assert found.delta.tone == ""


def test_what_is_not_priced_and_what_is_estimated_stands_beside_spend():
    sums = used("3", 200, unpriced_calls=5, estimated_usd=Decimal("0.5"))

    assert tile("Spend", sums).notes == (
        "2.5% of calls not priced",
        "$0.50 of it estimated",
    )


def test_nothing_priced_is_not_free():
    found = tile("Spend", used("0", 2, unpriced_calls=2), used("1"))

    assert (found.value, found.notes) == ("–", ("no call is priced",))


def test_a_period_without_calls_is_no_base():
    found = tile("Requests", used("1", 5), Sums())

    assert (found.delta, found.base) == (None, "nothing to compare with")


def test_a_change_within_the_intervals_has_no_tone():
    near = tile("Requests answered", used("1", 50, answered=48), used("1", 50))
    far = tile("Requests answered", used("1", 5000, answered=4000), used("1", 5000))

    assert (near.delta.icon, near.delta.tone) == ("dn", "")
    assert (far.delta.text, far.delta.tone) == ("20.00 pt", "warning")
    assert far.base == "was 100.00%"


def test_few_requests_say_that_they_are_few():
    found = tile("Requests answered", used("1", 3))

    assert found.notes[1] == "not enough data: 3 requests"


def test_a_lower_latency_is_good():
    slow, quick = used(latency=took(*[900] * 30)), used(latency=took(*[450] * 30))
    found = tile("Latency p95", quick, slow)

    assert (found.delta.icon, found.delta.tone) == ("dn", "success")
    assert tile("Latency p95", used(latency=took(1, 2))).notes == ("not enough data",)


@pytest.mark.parametrize(
    ("number", "text"),
    [(99_999, ("99,999", "")), (250_000, ("250", "k")), (4_752_310, ("4.75", "M"))],
)
def test_large_numbers_are_short(number, text):
    assert short_count(number) == text
