"""Filters for exact amounts, shares and changes."""

from decimal import Decimal

import pytest

from registry.money import exact_text
from registry.templatetags.display import (
    count,
    day,
    duration,
    exact,
    grouped,
    percent,
    signed_percent,
    signed_usd,
    tokens,
    usd,
)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0.00125000", "0.00125"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("0E-9", "0"),
        ("-0.0", "0"),
        ("9" * 40 + ".50", "9" * 40 + ".5"),
    ],
)
def test_an_exact_text_keeps_every_digit(amount, text):
    assert exact_text(Decimal(amount)) == text


@pytest.mark.parametrize(
    "show",
    [exact, percent, signed_percent, signed_usd, usd, tokens, duration, day, count],
)
@pytest.mark.parametrize("unknown", [None, ""], ids=["none", "not-there"])
def test_unknown_is_a_dash(show, unknown):
    assert show(unknown) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12.50", "+12.5%"),
        ("-3", "−3%"),
        ("0", "0%"),
        ("-0.04", "0%"),
        ("1234", "+1,234%"),
    ],
)
def test_a_change_in_percent_has_its_sign(value, text):
    assert signed_percent(Decimal(value)) == text


def test_a_share_has_at_most_one_decimal():
    assert percent(Decimal("33.3333")) == "33.3%"


@pytest.mark.parametrize(
    ("value", "text"), [("12.5", "+$12.50"), ("-3", "−$3.00"), ("0", "$0.00")]
)
def test_a_change_in_dollars_has_its_sign(value, text):
    assert signed_usd(Decimal(value)) == text


@pytest.mark.parametrize(
    ("typed", "shown"), [("50000", "50,000"), ("1e30", "1e30"), ("", ""), ("٣", "٣")]
)
def test_only_whole_numbers_are_grouped(typed, shown):
    assert grouped(typed) == shown
