"""How strong a model is, from what it was rated."""

import pytest

from registry.profiles.strengths import SCALES, strengths_of


@pytest.mark.parametrize(
    ("score", "strength"), [(1100, 0), (1325, 0.5), (1550, 1), (900, 0), (1900, 1)]
)
def test_a_strength_is_in_proportion_and_between_0_and_1(score, strength):
    assert strengths_of({"coding": score}) == {"coding": strength}


def test_what_nobody_rated_has_no_strength():
    assert strengths_of({}) == {}
    assert strengths_of(dict.fromkeys(one.category for one in SCALES.values())) == {}


@pytest.mark.parametrize("score", ["NaN", "1400", [], {}], ids=str)
def test_a_rating_that_is_no_number_speaks_of_none(score):
    assert strengths_of({"coding": score, "math": 1530}) == {"math": 1}
