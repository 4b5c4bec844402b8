"""The split as planned, or not."""

import numpy as np
import pytest
from scipy.stats import chisquare

from recommender.experimenting.sample_ratio import SplitVerdict, sample_ratio


@pytest.mark.parametrize(
    ("planned", "counted"),
    [
        ({"a": 75, "b": 25}, {"a": 13_124, "b": 4_388}),
        ({"a": 0.5, "b": 0.5}, {"a": 530, "b": 470}),
        ({"a": 1, "b": 1, "c": 2}, {"a": 300, "b": 290, "c": 700}),
    ],
)
def test_it_agrees_with_scipy(planned, counted):
    whole, total = sum(planned.values()), sum(counted.values())

    found = sample_ratio(planned, counted)

    told = chisquare(
        [counted[key] for key in planned],
        [share / whole * total for share in planned.values()],
    )
    assert found.chi_squared == pytest.approx(told.statistic)
    assert found.p_value == pytest.approx(told.pvalue)


def test_a_split_as_planned_says_so():
    found = sample_ratio({"a": 75, "b": 25}, {"a": 13_124, "b": 4_388})

    assert found.verdict == SplitVerdict.AS_PLANNED
    assert found.text == "Split as planned, p = 0.86."
    assert not found.is_off


def test_lost_requests_hide_the_results():
    found = sample_ratio({"a": 50, "b": 50}, {"a": 5_000, "b": 4_600})

    assert found.is_off
    assert "less than once in" in found.text
    assert found.seen["b"] == pytest.approx(47.92, abs=0.01)


def test_a_fair_split_is_hardly_ever_called_off():
    random = np.random.default_rng(3)
    off = sum(
        sample_ratio({"a": 3, "b": 1}, {"a": int(one), "b": 2_000 - int(one)}).is_off
        for one in random.binomial(2_000, 0.75, 2_000)
    )

    assert off <= 8


@pytest.mark.parametrize("counted", [{}, {"a": 1, "b": 0}, {"a": 90, "b": 3}])
def test_few_requests_tell_nothing(counted):
    found = sample_ratio({"a": 95, "b": 5}, counted, "conversation")

    assert found.verdict == SplitVerdict.TOO_FEW
    assert "100 are needed" in found.text
    assert found.p_value is None


def test_an_arm_that_was_to_get_nothing_is_a_mismatch():
    found = sample_ratio({"a": 100, "b": 0}, {"a": 900, "b": 3})

    assert found.is_off
    assert "b got traffic" in found.text


@pytest.mark.parametrize(
    "planned", [{}, {"a": 0, "b": 0}, {"a": float("nan"), "b": 1}, {"a": -1, "b": 2}]
)
def test_shares_that_are_none_are_said_to_be(planned):
    found = sample_ratio(planned, {"a": 500, "b": 500})

    assert found.verdict == SplitVerdict.UNKNOWN
    assert not found.is_off
