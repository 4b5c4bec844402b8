from decimal import Decimal

import pytest

from recommender.roi import Payback, return_on_investment
from recommender.words_calculator import roi_words


def roi(value, cost, setup="0", items=1000):
    return return_on_investment(
        items=items,
        value_per_item_usd=Decimal(value),
        monthly_cost_usd=Decimal(cost),
        setup_usd=Decimal(setup),
    )


def test_net_ratio_and_payback_follow_from_value_cost_and_set_up():
    result = roi("0.05", "20", "120")

    assert result.net_usd == 30
    assert result.percent == Decimal("150.0")
    assert result.payback_months == Decimal("4.0")
    assert result.first_year_net_usd == 240
    assert result.first_year_percent == Decimal("66.7")
    assert roi_words(result) == "Pays back after 4.0 months."


def test_without_set_up_it_pays_at_once():
    result = roi("0.05", "20")

    assert result.payback is Payback.AT_ONCE
    assert "no set-up" in roi_words(result)


def test_a_loss_never_pays_back():
    result = roi("0.01", "20", "100")

    assert result.net_usd == -10
    assert result.payback is Payback.NEVER
    assert "never pays back" in roi_words(result)


def test_a_month_that_brings_what_it_costs_never_earns_the_set_up():
    result = roi("0.02", "20", "100")

    assert result.payback is Payback.NEVER
    assert "never comes back" in roi_words(result)


def test_a_month_that_brings_what_it_costs_without_set_up_is_even():
    assert roi_words(roi("0.02", "20")) == "A month brings exactly what it costs."


def test_a_free_model_has_no_ratio():
    assert roi("0.02", "0").percent is None


def test_a_fast_payback_is_said_in_words():
    assert roi_words(roi("1", "0", "1")) == "Pays back within the first month."


@pytest.mark.parametrize("items", [0, 1, 10**12])
def test_value_is_exact_at_any_volume(items):
    result = roi("0.000000000001", "0", items=items)

    assert result.value_usd == Decimal("0.000000000001") * items
