"""What was measured moves what ratings say, as far as it goes."""

import pytest

from recommender.routing.believing import Found, believed_chances
from recommender.scoring.evidence import Kind, Measured


def benchmark(mean, count):
    return Found((Measured(Kind.BENCHMARK, mean, count),))


def test_without_measurements_the_rating_counts():
    found = believed_chances({1: 0.7, 2: None}, {})
    assert {key: one[:2] for key, one in found.items()} == {1: (0.7, 0), 2: (None, 0)}


def test_a_model_that_does_better_than_the_others_rises_and_the_others_fall():
    documented = {1: 0.7, 2: 0.7}
    found = {1: benchmark(0.9, 100), 2: benchmark(0.5, 100)}
    believed = believed_chances(documented, found)
    assert believed[1].chance > 0.8
    assert believed[2].chance < 0.6
    assert believed[1].cases == 100


def test_an_easy_benchmark_praises_nobody():
    documented = dict.fromkeys(range(40), 0.6)
    found = {pk: benchmark(0.99, 200) for pk in range(40)}
    believed = believed_chances(documented, found)
    assert believed[0].chance == pytest.approx(0.6, abs=0.03)


def test_a_model_without_a_rating_is_known_by_its_measurements():
    believed = believed_chances({1: None}, {1: benchmark(0.9, 100)})
    assert believed[1].chance == pytest.approx(0.885, abs=0.01)


def test_few_cases_move_little():
    moved = believed_chances({1: 0.7, 2: 0.7}, {1: benchmark(0.0, 1)})
    assert 0.6 < moved[1].chance < 0.7


@pytest.mark.parametrize("mean", [float("nan"), -1, 2])
def test_what_is_no_share_says_nothing(mean):
    assert believed_chances({1: 0.7}, {1: benchmark(mean, 9)})[1][:2] == (0.7, 0)
