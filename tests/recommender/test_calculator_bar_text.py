from decimal import Decimal

import pytest

from recommender.charts_calculator import _short_usd


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("56.125", "$56.13"),
        ("0.00012345", "$0.000123"),
        ("365.625", "$366"),
        ("128750.4", "$128,750"),
        ("0", "$0.00"),
    ],
)
def test_a_bar_says_what_the_table_says(amount, text):
    assert _short_usd(Decimal(amount)) == text
