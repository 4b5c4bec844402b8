"""Votes become strengths: agreed with logistic regression on known data, said with
their certainty, and honest about what they do not tell."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.bradley_terry import FEWEST_BALLOTS, Ballot, rank, strengths

# Home and away taken together: how often the row's team beat the column's in a season.
KNOWN = np.array(
    [
        [0, 7, 9, 7, 9, 10],
        [6, 0, 7, 5, 11, 9],
        [4, 6, 0, 7, 7, 8],
        [6, 8, 6, 0, 6, 7],
        [4, 2, 6, 7, 0, 6],
        [3, 4, 5, 6, 7, 0],
    ],
    dtype=float,
)
ABC = ("a", "b", "c")


def by_regression(wins):
    """The same model as a logistic regression without intercept."""
    size = len(wins)
    rows, won, lost = [], [], []
    for one in range(size):
        for other in range(one + 1, size):
            row = np.zeros(size)
            row[one], row[other] = 1, -1
            rows.append(row[1:])
            won.append(wins[one, other])
            lost.append(wins[other, one])
    fitted = sm.GLM(
        np.column_stack([won, lost]), np.array(rows), family=sm.families.Binomial()
    ).fit()
    logs = np.concatenate([[0.0], fitted.params])
    return np.exp(logs - logs.mean())


def test_strengths_agree_with_logistic_regression():
    found = strengths(KNOWN, prior_games=0)

    assert found == pytest.approx(by_regression(KNOWN), rel=1e-5)


def test_two_models_have_their_odds():
    found = strengths(np.array([[0.0, 30.0], [10.0, 0.0]]), prior_games=0)

    assert found[0] / found[1] == pytest.approx(3)


def test_a_tie_counts_as_half_a_win_for_either():
    ties = rank([Ballot(("a", "b"))] * 20)

    assert [one.share for one in ties.strengths] == pytest.approx([0.5, 0.5])
    assert [one.wins for one in ties.strengths] == [10, 10]


def test_a_model_that_never_lost_is_not_infinitely_strong():
    ranking = rank([Ballot(("a", "b"), "a")] * 12)

    assert ranking.strengths[0].model == "a"
    assert 0.8 < ranking.strengths[0].share < 1
    assert ranking.is_settled


def test_the_best_of_three_beat_two():
    ranking = rank([Ballot(ABC, "b")] * 6)
    best, *others = ranking.strengths

    assert (best.model, best.wins, best.games) == ("b", 12, 12)
    assert [one.games for one in others] == [6, 6]


def test_the_same_votes_give_the_same_intervals():
    ballots = [Ballot(ABC, "a")] * 7 + [Ballot(ABC, "b")] * 5 + [Ballot(ABC)] * 2

    assert rank(ballots) == rank(ballots)


def test_more_votes_of_the_same_kind_narrow_the_interval():
    few = [Ballot(ABC, "a")] * 6 + [Ballot(ABC, "b")] * 4
    width = [
        one.strengths[0].high - one.strengths[0].low
        for one in (rank(few), rank(few * 8))
    ]

    assert width[1] < width[0] / 2


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(7)
    held = 0
    for _ in range(30):
        wins = random.random(40) < 0.7
        ballots = [Ballot(("a", "b"), "a" if won else "b") for won in wins]
        found = {one.model: one for one in rank(ballots, resamples=300).strengths}
        held += found["a"].low <= 0.7 <= found["a"].high

    assert held >= 25


def test_too_few_votes_are_said():
    ranking = rank([Ballot(("a", "b"), "a")] * (FEWEST_BALLOTS - 2))

    assert not ranking.has_enough
    assert ranking.verdict == "Not enough votes to rank: at least 2 more."


def test_no_votes_are_said():
    assert rank([]).verdict == "No votes yet."
    assert rank([Ballot(("a",), "a")]).strengths == ()


def test_close_models_are_told_apart_by_about_so_many_more_votes():
    ranking = rank([Ballot(("a", "b"), "a")] * 14 + [Ballot(("a", "b"), "b")] * 10)

    assert not ranking.is_settled
    assert 150 < ranking.more_votes < 500
    assert f"About {ranking.more_votes} more would settle it." in ranking.verdict


def test_equal_models_are_said_to_be_too_close():
    ranking = rank([Ballot(("a", "b"))] * 30)

    assert ranking.more_votes is None
    assert "more than 1,000" in ranking.verdict


def test_models_that_were_never_compared_stand_in_groups_of_their_own():
    ranking = rank([Ballot(("a", "b", "e"), "a")] * 8 + [Ballot(("c", "d"), "d")] * 8)

    assert ranking.groups == 2
    assert [(one.model, one.group) for one in ranking.strengths] == [
        ("a", 0),
        ("b", 0),
        ("e", 0),
        ("d", 1),
        ("c", 1),
    ]
    assert "never compared" in ranking.verdict


def test_what_only_a_third_connects_is_one_group():
    ranking = rank([Ballot(("a", "b"), "a")] * 4 + [Ballot(("b", "c"), "b")] * 4)

    assert ranking.groups == 1
    assert [one.model for one in ranking.strengths] == ["a", "b", "c"]


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from("abcd"), min_size=2), st.integers(0, 4)),
        min_size=1,
        max_size=25,
    )
)
def test_shares_are_chances_inside_their_intervals(drawn):
    ballots = []
    for names, best in drawn:
        models = tuple(sorted(names))
        ballots.append(Ballot(models, models[best] if best < len(models) else None))

    for one in rank(ballots, resamples=50).strengths:
        assert 0 < one.low <= one.share <= one.high < 1
        assert 0 <= one.wins <= one.games
