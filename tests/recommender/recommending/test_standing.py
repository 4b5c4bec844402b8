"""Whether a candidate is shown to be no worse: non-inferiority on paired cases."""

import numpy as np
import pytest

from analytics.queries.benchmark_evidence import pair_of_scores
from recommender.recommending.standing import Pairing, Standing, judge

MARGIN = 0.02


def pairing(gaps: list[float]) -> Pairing:
    """Of a candidate that does better by `gaps` than a model of 0.5 at every case."""
    mine = {str(n): (1.0, 0.5 + gap / 2) for n, gap in enumerate(gaps)}
    theirs = {str(n): (1.0, 0.5 - gap / 2) for n, gap in enumerate(gaps)}
    found = pair_of_scores(mine, theirs)
    return Pairing(
        found["cases"],
        found["difference"],
        found["low"],
        found["high"],
        found["mean_square"],
    )


def test_many_cases_won_and_lost_alike_show_that_it_is_no_worse():
    gaps = [1.0, -1.0] * 20 + [0.0] * 4_000

    assert judge(pairing(gaps), MARGIN).standing is Standing.NOT_WORSE


def test_a_case_won_among_few_does_not_show_that_none_would_be_lost():
    found = judge(pairing([1.0] + [0.0] * 19), MARGIN)

    assert found.standing is Standing.UNDECIDED


def test_three_cases_lost_of_ten_may_be_chance():
    found = judge(pairing([-1.0] * 3 + [0.0] * 7), MARGIN)

    assert found.standing is Standing.UNDECIDED


def test_most_cases_lost_show_that_it_is_worse():
    found = judge(pairing([-1.0] * 30 + [1.0] * 5 + [0.0] * 25), MARGIN)

    assert found.standing is Standing.WORSE


def test_the_cases_that_would_decide_are_those_of_the_limit_not_of_a_difference():
    """With 20 % discordant cases and no difference, about 3,900 pairs show that it is
    no worse by more than 2 points: 0.2 · (1.96 + 0.84)² / 0.02²."""
    found = judge(pairing([1.0, -1.0] * 10 + [0.0] * 80), MARGIN)

    assert found.standing is Standing.UNDECIDED
    assert found.further_cases == pytest.approx(3_925 - 100, abs=10)
    assert "About 3,900 more cases would decide it." in found.text


def test_cases_that_were_all_alike_leave_a_number_that_would_decide():
    found = judge(pairing([0.0] * 30), MARGIN)

    assert found.standing is Standing.UNDECIDED
    assert found.further_cases


def test_never_asked_the_same_is_untested():
    assert judge(None, MARGIN).standing is Standing.UNTESTED


@pytest.mark.parametrize("cases", [15, 30, 60])
def test_a_model_at_the_limit_rarely_passes_for_no_worse(cases):
    """10 points worse with a limit of 10: at most 2.5 % may pass by chance. Drawn with
    a fixed seed; the bound leaves room for the 400 draws."""
    random = np.random.default_rng(7)
    passed = sum(
        judge(
            pairing(random.choice([1.0, -1.0, 0.0], cases, p=[0.05, 0.15, 0.8])),
            0.10,
        ).standing
        is Standing.NOT_WORSE
        for _ in range(400)
    )

    assert passed / 400 < 0.045
