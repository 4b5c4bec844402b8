from decimal import Decimal

import pytest

from registry import levels


@pytest.mark.parametrize(
    ("input_usd", "output_usd", "level"),
    [
        (None, None, None),
        ("0", "0", 0),
        ("0.1", "0.2", 1),
        ("0.3", "0.3", 2),
        ("1", "1", 3),
        ("4", "4", 4),
        ("12", "12", 5),
        ("0.02", None, 1),
    ],
)
def test_a_cost_level_begins_at_its_documented_price(input_usd, output_usd, level):
    prices = [p if p is None else Decimal(p) for p in (input_usd, output_usd)]

    assert levels.cost_level(*prices) == level


def test_three_input_tokens_weigh_against_one_output_token():
    assert levels.blended_usd(Decimal(1), Decimal(5)) == 2


@pytest.mark.parametrize(
    ("score", "level"), [(1294, 1), (1295, 2), (1420, 4), (1500, 5)]
)
def test_accuracy_comes_from_the_overall_rating_and_says_so(score, level):
    shown = levels.accuracy(
        {"overall": {"score": score, "source": "Arena", "read_on": "2026-10-20"}}
    )

    assert (shown.value, shown.text) == (level, str(score))
    assert "Arena, 2026-10-20" in shown.source


def test_an_unrated_model_has_no_accuracy_level():
    assert levels.accuracy({"coding": {"score": 1400}}).value is None


def test_speed_is_never_guessed():
    assert levels.SPEED_UNKNOWN.value is None
    assert "not measured yet" in levels.SPEED_UNKNOWN.source
