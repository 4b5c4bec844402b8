"""What a new price does to the bill, and how near the end of a model is."""

import datetime
from decimal import Decimal

import pytest

from analytics.alerting.kinds import AlertKind
from analytics.alerting.limits import default_rule
from analytics.alerting.price_change import Tokens, bill_change_usd, rate_changes
from analytics.alerting.retirement import notice

TODAY = datetime.date(2026, 11, 21)
STEPS = default_rule(AlertKind.RETIREMENT)
OLD = {"standard": {"input_mtok": "1", "output_mtok": "4", "cache_read_mtok": "0.1"}}
NEW = {"standard": {"input_mtok": "1.5", "output_mtok": "3", "cache_read_mtok": "0.1"}}


@pytest.mark.parametrize(
    ("days", "step"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7)]
    + [(0, 0), (-30, 0), (-31, None)],
)
def test_the_nearest_step_is_told(days, step):
    told = notice(TODAY + datetime.timedelta(days=days), TODAY, STEPS)

    assert (told and told.step) == step


def test_each_rate_that_changed_is_told_with_its_percent():
    changes = rate_changes(OLD, NEW, Decimal(1))

    assert [(one.what, one.percent) for one in changes] == [
        ("input", Decimal(50)),
        ("output", Decimal(-25)),
    ]


def test_a_change_below_the_floor_is_none():
    tiny = {"standard": {**OLD["standard"], "input_mtok": "1.001"}}

    assert rate_changes(OLD, tiny, Decimal(1)) == []
    assert rate_changes(OLD, OLD, Decimal(0)) == []


def test_a_rate_that_appears_is_told_whatever_the_floor():
    plain = {"standard": {"input_mtok": "1", "output_mtok": "4"}}

    (change,) = rate_changes(plain, OLD, Decimal(1000))

    assert (change.what, change.before, change.after) == (
        "cache reads",
        None,
        Decimal("0.1"),
    )


def test_the_bill_is_the_tokens_at_the_difference_of_the_rates():
    tokens = Tokens(input=10_000_000, output=1_000_000, cache_read=4_000_000)

    # 6 M uncached at +0.50, 1 M output at −1.
    assert bill_change_usd(OLD, NEW, tokens) == Decimal(2)


def test_tiers_and_missing_rates_leave_the_bill_open():
    tiered = {
        "standard": {
            "input_mtok": {"base": "1", "tiers": [{"start": 200000, "price": "2"}]},
            "output_mtok": "4",
        }
    }
    no_cache = {"standard": {"input_mtok": "1", "output_mtok": "4"}}
    tokens = Tokens(input=100, cache_read=50)

    assert bill_change_usd(tiered, NEW, tokens) is None
    assert bill_change_usd(no_cache, NEW, tokens) is None
