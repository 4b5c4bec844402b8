"""What a month will have cost, by feature and model."""

import datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast_words import error_words, made_words, missing_words
from analytics.forecasting.made import MonthMade, Trial
from analytics.forecasting.month import month_made
from analytics.forecasting.use import Line, Use, shared_out

AT = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
TODAY = AT.date()
DAY = datetime.timedelta(days=1)


def line(daily="10", days=28, month="205", **more):
    return Line(
        constant_usd=(Decimal(daily),) * days,
        spent_usd=(Decimal(daily),) * days,
        month_usd=Decimal(month),
        calls=days,
        **more,
    )


def use(days=28, **lines):
    """Lines named f<feature>m<model>."""
    return Use(
        dates=tuple(TODAY - (days - one) * DAY for one in range(days)),
        today=TODAY,
        today_left=0.5,
        month_end=datetime.date(2026, 11, 30),
        lines={(int(name[1]), int(name[3])): one for name, one in lines.items()},
        seed=1,
    )


def made(**lines):
    return month_made(use(**lines), AT, "UTC")


def test_the_month_costs_what_was_spent_and_what_is_left_of_it():
    """205 so far, half a day today and nine more at 10."""
    found = made(f1m1=line())

    assert found.spread.p50_usd == Decimal(300)
    assert found.spread.p10_usd == found.spread.p90_usd == Decimal(300)


def test_the_fan_grows_by_the_day():
    fan = made(f1m1=line()).fan

    assert [one.date.day for one in fan] == list(range(21, 31))
    assert [one.month.p50_usd for one in fan[:3]] == [210, 220, 230]
    assert fan[0].day.p50_usd == 5


def test_a_price_that_will_change_is_used_from_its_day_on():
    doubled = ((datetime.date(2026, 11, 26), Decimal(2)),)

    found = made(f1m1=line(steps=doubled))

    # 5 today, 4 days at 10, 5 at 20.
    assert found.spread.p50_usd == 205 + 5 + 40 + 100


def test_only_the_part_whose_price_changes_gets_dearer():
    halved = ((datetime.date(2026, 11, 26), Decimal("0.5")),)

    found = made(f1m1=line(steps=halved), f2m1=line())

    by_feature = {one.feature_id: one.expected_usd for one in found.features}
    assert by_feature[2] == pytest.approx(Decimal(300), abs=Decimal("0.001"))
    assert by_feature[1] == pytest.approx(Decimal(275), abs=Decimal("0.001"))


def test_a_day_at_an_old_price_counts_at_the_new_one():
    cheaper = Line(
        constant_usd=(Decimal(5),) * 28,
        spent_usd=(Decimal(10),) * 28,
        month_usd=Decimal(205),
    )

    found = made(f1m1=cheaper)

    assert found.spread.p50_usd == Decimal("252.5")
    assert found.days[0].spent_usd == 10
    assert found.days[0].constant_usd == 5


amounts = st.decimals(0, 500, places=4)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=15))
def test_features_and_models_add_up_to_the_total(pairs):
    lines = {
        f"f{number % 6}m{number // 6}": line(str(daily), month=str(month))
        for number, (daily, month) in enumerate(pairs)
    }

    found = made(**lines)

    total = found.spread.p50_usd
    assert sum(one.expected_usd for one in found.features) == total
    assert sum(one.expected_usd for one in found.lines) == total


def test_parts_add_up_whatever_is_shared_out():
    parts = shared_out(Decimal("100"), [Decimal(1)] * 3)

    assert sum(parts) == 100
    assert shared_out(Decimal(0), [Decimal(0)]) == [0]


def test_too_few_days_are_said_in_words():
    found = month_made(use(3, f1m1=line(days=3)), AT, "UTC")

    assert found.spread is None
    assert missing_words(found) == "Not enough data: 4 more days of use are needed."
    assert found.spent_usd == 205


def test_no_use_at_all_is_said_in_words():
    assert "no use yet" in missing_words(month_made(use(0), AT, "UTC"))


def test_what_is_kept_is_what_was_made():
    found = made(f1m1=line(), f2m3=line("0.25"))

    assert msgspec.convert(msgspec.to_builtins(found), MonthMade) == found


def test_words_say_how_it_was_made_and_how_far_it_was_off():
    tested = Trial("seasonal_naive", 4, 0.0764)

    assert error_words(tested) == "It was off by 8% on the last 4 weeks."
    assert "too few days" in error_words(Trial("trailing_mean"))
    words = made_words(made(f1m1=line(unpriced_calls=7)))
    assert words.startswith("From the mean of the last four weeks.")
    assert words.endswith("25.0% of calls have no price and are not in it.")
