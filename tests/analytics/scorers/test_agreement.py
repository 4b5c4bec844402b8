"""How far judges agree is said with its certainty, as statsmodels has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa, to_table

from analytics.benchmarking.agreement import (
    agreement,
    between_judges,
    preference,
    with_people,
)

LABELS = st.sampled_from(["right", "wrong", "even"])


def test_known_agreement():
    # Two raters of 50 proposals, the textbook example: 35 agreed, kappa 0.4.
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15

    found = agreement(pairs)

    assert found.kappa == pytest.approx(0.4)
    assert found.rate.share == 0.7
    assert found.words == ("They agree on 70% of 50 (95%: 56% to 81%), kappa 0.40.")


@given(st.lists(st.tuples(LABELS, LABELS), min_size=2, max_size=60))
def test_kappa_is_that_of_statsmodels(pairs):
    found = agreement(pairs)
    if found.kappa is None:
        assert len({label for pair in pairs for label in pair}) == 1
        return
    numbers = [
        [("right", "wrong", "even").index(one) for one in pair] for pair in pairs
    ]
    table, _ = to_table(numbers, bins=3)
    assert found.kappa == pytest.approx(cohens_kappa(table, return_results=False))


def test_few_pairs_are_said_to_be_few():
    assert "too few to rely on, 28 more needed" in agreement([(1, 1), (1, 0)]).words
    assert agreement([]).words == "Nothing was judged by both."


def test_one_verdict_only_leaves_kappa_unknown():
    assert agreement([(1, 1)] * 40).kappa is None


def test_judges_are_compared_where_both_told():
    def told(a: float | None, b: float | None) -> dict[str, object]:
        judges = [{"model": "a", "value": a}, {"model": "b", "value": b}]
        return {"judges": judges}

    found = between_judges([told(1, 0.9), told(0, 1), told(None, 1), {}])

    assert list(found) == [("a", "b")]
    assert found["a", "b"].count == 2
    assert found["a", "b"].rate.share == 0.5


def test_people_and_a_judge_are_compared_on_the_same_answers():
    found = with_people({1: 0.9, 2: 0.1, 3: 0.8}, {1: 1.0, 2: 1.0, 4: 0.0})

    assert (found.count, found.rate.share) == (2, 0.5)


@pytest.mark.parametrize(
    ("value", "label"), [(1.0, "right"), (0.5, "even"), (0.25, "wrong")]
)
def test_preferences_have_three_labels(value, label):
    assert preference(value) == label
