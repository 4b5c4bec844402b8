"""Paired tests, their adjustment and the cases they need agree with scipy,
statsmodels and known tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from analytics.benchmarking.statistics.pairing import (
    discordance,
    holm,
    mcnemar,
    sign_flip,
)
from analytics.benchmarking.statistics.power import (
    about,
    cases_needed,
    smallest_gap,
)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_that_of_statsmodels(a_only, b_only):
    theirs = statsmodels_mcnemar([[5, a_only], [b_only, 5]], exact=True).pvalue

    assert mcnemar(a_only, b_only) == pytest.approx(min(1.0, float(theirs)))


def test_cases_are_counted_by_who_passed():
    a = np.array([1, 1, 0, 0, 1, np.nan])
    b = np.array([1, 0, 1, 0, 0, 1])

    found = discordance(a, b)

    assert (found.both, found.a_only, found.b_only, found.neither) == (1, 2, 1, 1)
    assert found.share == pytest.approx(3 / 5)
    assert found.p_value == pytest.approx(1.0)


@pytest.mark.parametrize(("a_only", "b_only"), [(9, 1), (5, 4), (12, 0)])
def test_flipping_signs_of_passes_is_mcnemar(a_only, b_only):
    differences = np.array([1.0] * a_only + [-1.0] * b_only + [0.0] * 20)

    found = sign_flip(differences, np.ones(len(differences)))

    assert found == pytest.approx(mcnemar(a_only, b_only), abs=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.15])
def test_flipping_signs_agrees_with_scipys_permutation_test(shift):
    differences = np.random.default_rng(3).normal(shift, 0.3, 40)

    ours = sign_flip(differences, np.ones(40))
    theirs = stats.permutation_test(
        (differences, np.zeros(40)),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=4_999,
        rng=5,
    ).pvalue

    assert ours == pytest.approx(theirs, abs=0.04)


def test_of_many_cases_the_normal_stands_in():
    differences = np.random.default_rng(8).normal(0.02, 0.2, 400)

    ours = sign_flip(differences, np.ones(400))
    theirs = stats.ttest_1samp(differences, 0).pvalue

    assert ours == pytest.approx(theirs, abs=0.01)


def test_nine_cases_are_too_few_to_test():
    assert sign_flip(np.ones(9), np.ones(9)) is None
    assert sign_flip(np.zeros(10), np.ones(10)) == 1


@pytest.mark.parametrize("count", [1, 2, 7, 30])
def test_holm_is_that_of_statsmodels(count):
    p_values = np.random.default_rng(count).beta(0.3, 3, count)
    theirs = multipletests(p_values, method="holm")[1]

    assert holm(p_values.tolist()) == pytest.approx(list(theirs))


def test_holm_leaves_out_what_is_not_known():
    assert holm([0.01, None, 0.03]) == [0.02, None, 0.03]


def test_five_points_at_twenty_percent_discordance_need_about_630_cases():
    needed = cases_needed(0.05, 0.20)

    assert 620 <= needed <= 630
    assert about(needed) == 630


@pytest.mark.parametrize(("gap", "square"), [(0.05, 0.2), (0.1, 0.15), (0.2, 0.3)])
def test_so_many_cases_do_show_the_difference_four_times_in_five(gap, square):
    cases = cases_needed(gap, square)
    rng = np.random.default_rng(11)
    better, worse = (square + gap) / 2, (square - gap) / 2
    drawn = rng.multinomial(cases, [better, worse, 1 - square], size=4_000)
    spread = np.sqrt(drawn[:, 0] + drawn[:, 1])
    seen = np.abs(drawn[:, 0] - drawn[:, 1]) / spread > 1.96

    assert np.mean(seen) == pytest.approx(0.8, abs=0.05)


def test_no_difference_needs_more_cases_than_there_are():
    assert cases_needed(0.0, 0.2) is None
    assert cases_needed(0.0001, 0.2) is None


def test_more_cases_show_smaller_gaps():
    assert smallest_gap(0.2, 630) == pytest.approx(0.05, abs=0.001)
    assert smallest_gap(0.2, 2_520) == pytest.approx(0.025, abs=0.001)
    assert smallest_gap(0.2, 0) is None


@pytest.mark.parametrize(
    ("exact", "told"), [(7, 7), (19, 19), (337, 340), (626, 630), (12_345, 13_000)]
)
def test_an_estimate_is_told_with_two_figures(exact, told):
    assert about(exact) == told
