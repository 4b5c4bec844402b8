"""What the calculator accepts, what it refuses, and in which words."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from recommender.forms.calculator import CalculatorForm, query_of
from recommender.workload import ImageWorkload


def form(query="", features=()):
    made = CalculatorForm(QueryDict(query), dict.fromkeys(features))
    made.is_valid()
    return made


def test_an_empty_address_has_usable_defaults():
    made = form()

    assert not made.errors
    assert made.to_request().items == 50_000


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "1e30",
        "NaN",
        "inf",
        "-inf",
        "many",
        "",
        "1.5",
        "0x10",
        "٣",
        "9" * 13,
    ],
)
def test_an_absurd_volume_has_a_message_and_keeps_the_cost_per_item(text):
    data = QueryDict(mutable=True)
    data["requests"] = text
    made = CalculatorForm(data, {})
    made.is_valid()

    assert made.errors["requests"] == [
        "Write a whole number from 0 to 1,000,000,000,000."
    ]
    assert made.to_request().items is None
    assert made.to_request().workload is not None


@pytest.mark.parametrize("text", ["1000000000000", "1,000,000,000,000", " 12 "])
def test_large_and_grouped_volumes_are_read(text):
    data = QueryDict(mutable=True)
    data["requests"] = text

    assert CalculatorForm(data, {}).errors == {}


@pytest.mark.parametrize("field", ["cache", "batch"])
@pytest.mark.parametrize("text", ["-0.1", "100.1", "101", "NaN", "half", "1e1", ""])
def test_a_share_outside_0_to_100_has_a_message(field, text):
    made = form(f"{field}={text}")

    assert "from 0 to 100 percent" in made.errors[field][0]
    assert made.to_request().workload is None


@pytest.mark.parametrize("text", ["0", "100", "12.5", "33.3333"])
def test_a_share_from_0_to_100_is_read_exactly(text):
    assert form(f"cache={text}").to_request().workload.cache_hit_percent == Decimal(
        text
    )


def test_a_share_with_endless_decimals_is_refused():
    assert form("cache=33.33333").errors["cache"] == ["At most 4 decimals."]


def test_fields_of_the_other_mode_are_not_judged():
    made = form("mode=images&requests=abc&photos=7")

    assert not made.errors
    assert made.to_request().items == 7


def test_a_photo_is_looked_at_once_for_each_feature():
    made = form("mode=images&calls=9&feature=tag&feature=ocr", ["tag", "ocr"])

    workload = made.to_request().workload
    assert isinstance(workload, ImageWorkload)
    assert workload.calls_per_item == 2


def test_a_feature_of_somebody_else_has_a_message():
    made = form("mode=images&feature=theirs", ["tag"])

    assert made.errors["feature"] == ["There is no feature “theirs”."]


def test_an_unknown_capability_has_a_message():
    assert "capability" in form("capability=telepathy").errors


def test_a_capacity_without_a_fixed_cost_asks_for_it():
    assert form("own_capacity=10").errors["own_fixed"] == [
        "Write what it costs a month, or 0."
    ]


@pytest.mark.parametrize("text", ["0", "-5", "1e9", "two"])
def test_an_impossible_capacity_takes_the_own_option_away(text):
    made = form(f"own_fixed=100&own_capacity={text}")

    assert "own_capacity" in made.errors
    assert made.to_request().own is None


def test_a_bad_set_up_cost_leaves_no_return_rather_than_a_wrong_one():
    assert form("value=1&setup=lots").to_request().value_per_item_usd is None


def test_a_nul_in_a_text_has_a_message():
    assert form("own_fixed=1&own_name=a%00b").errors["own_name"]


def test_the_address_names_only_what_differs_from_the_defaults():
    data = QueryDict("requests=50,000&cache=20&m=a/b&m=&m=c/d&utm=x&own_name=")

    assert query_of(data) == "cache=20&m=a/b&m=c/d"
