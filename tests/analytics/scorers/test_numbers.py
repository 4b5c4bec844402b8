"""Numbers are found in text however they are written."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.benchmarking.scorers.number_text import numbers_in
from tests.analytics.scorers.scored import scored


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It is 42.", ["42"]),
        ("$1,234.50 in all", ["1234.50"]),
        ("1,234,567", ["1234567"]),
        ("1.234.567,89", ["1234567.89"]),
        ("1.234,5", ["1234.5"]),
        ("1 234 567", ["1234567"]),
        ("1\u202f234,5", ["1234.5"]),
        ("1'234", ["1234"]),
        ("3,14", ["3.14"]),
        ("1,2, 3", ["1.2", "3"]),
        ("-5 and (-6) and −7", ["-5", "-6", "-7"]),
        ("10-20", ["10", "20"]),
        ("6.02e23", ["6.02E+23"]),
        ("5e", ["5"]),
        (".5", [".5"]),
        ("50%", ["50"]),
        ("5kg", ["5"]),
        ("CO2 and v1.2", []),
        (r"\boxed{42}", ["42"]),
        ("٣٤٫٥", ["34.5"]),
        ("\u200f٤٢\u200f", ["42"]),
        ("१२३", ["123"]),
        ("4²", ["4"]),
        ("nan, inf, none", []),
        ("", []),
        ("9" * 100, []),
    ],
)
def test_numbers_are_found_as_people_write_them(text, numbers):
    assert numbers_in(text) == [Decimal(one) for one in numbers]


@given(st.integers(-(10**30), 10**30))
def test_thousands_separators_change_nothing(number):
    assert numbers_in(f"The answer is {number:,}.") == [number]
    assert numbers_in(f"The answer is {number:_}.") == [number]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, max_value=10**9))
def test_decimals_are_read_exactly(number):
    if abs(number) < 10**20:
        assert numbers_in(f"x = {number:f} m") == [number]


@given(st.text(), st.floats())
def test_any_answer_gets_a_score_or_a_reason(text, expected):
    score = scored("number", text, expected)

    assert score.value in (0.0, 1.0, None)
    assert (score.value is None) == (not math.isfinite(expected))


@pytest.mark.parametrize(
    ("text", "expected", "fields", "value"),
    [
        ("First 3, then 4.", 4, {}, 1.0),
        ("First 3, then 4.", 3, {}, 0.0),
        ("First 3, then 4.", 3, {"which": "first"}, 1.0),
        ("First 3, then 4.", 3, {"which": "any"}, 1.0),
        ("3.10", 3.1, {}, 1.0),
        ("1,000", "1000 metres", {}, 1.0),
        ("9.9", 10, {"tolerance": 0.1}, 1.0),
        ("9.89", 10, {"tolerance": 0.1}, 0.0),
        ("-99", -100, {"relative_tolerance": 0.01}, 1.0),
        ("-98", -100, {"relative_tolerance": 0.01}, 0.0),
        ("none", 10, {}, 0.0),
        ("", 10, {}, 0.0),
        ("10", "ten", {}, None),
        ("10", True, {}, None),
        ("10", math.nan, {}, None),
        ("10", None, {}, None),
    ],
)
def test_number_within_tolerance(text, expected, fields, value):
    assert scored("number", text, expected, **fields).value == value


def test_the_note_says_both_numbers():
    assert scored("number", "It is 5.", 6).note == "It said 5; expected is 6."
